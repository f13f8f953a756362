"""Sheet 08, exercise 6, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np


def _ends(backward, messages, first=0.0):
    """When backward and the network have ended."""
    ready, busy = 0.0, first
    for compute, message in zip(backward[::-1], messages[::-1], strict=True):
        ready += compute
        busy = max(busy, ready) + message
    return ready, busy


def right_second_by_second(backward, messages):
    """What waits to be sent, and what of it is sent while the next layer computes."""
    waiting = 0.0
    for compute, message in zip(backward[::-1], messages[::-1], strict=True):
        waiting = max(waiting - compute, 0) + message
    return waiting


def right_longest_chain(backward, messages):
    layers = range(len(backward))
    chains = [backward[i:].sum() + messages[: i + 1].sum() for i in layers]
    return float(max(chains) - backward.sum())


def right_with_an_if(backward, messages):
    time, free = 0, 0
    for i in range(len(backward) - 1, -1, -1):
        time = time + backward[i]
        begin = time if time > free else free
        free = begin + messages[i]
    return float(free - time)


def forgets_to_return(backward, messages):
    _ends(backward, messages)


def first_layer_first(backward, messages):
    ready, busy = _ends(backward[::-1], messages[::-1])
    return busy - ready


def messages_the_other_way_round(backward, messages):
    ready, busy = _ends(backward, messages[::-1])
    return busy - ready


def all_at_once(backward, messages):
    ready = np.cumsum(backward[::-1])
    return float(max(ready + messages[::-1]) - ready[-1])


def nothing_hides(backward, messages):
    return float(messages.sum())


def everything_hides_that_can(backward, messages):
    return float(max(0, messages.sum() - backward.sum()))


def all_but_the_first_layers(backward, messages):
    return float(messages[0])


def all_but_the_last_layers(backward, messages):
    return float(messages[-1])


def hides_behind_the_rest(backward, messages):
    """All layers but the last compute while messages travel, if they come in time or not."""
    return float(max(messages[0], messages.sum() - backward[:-1].sum()))


def each_behind_the_next_layer(backward, messages):
    visible = np.maximum(messages[1:] - backward[:-1], 0)
    return float(visible.sum() + messages[0])


def when_the_last_message_ends(backward, messages):
    return _ends(backward, messages)[1]


def when_backward_ends(backward, messages):
    return _ends(backward, messages)[0]


def what_hides(backward, messages):
    ready, busy = _ends(backward, messages)
    return float(messages.sum() - (busy - ready))


def sets_off_when_its_layer_begins(backward, messages):
    ready, busy = 0.0, 0.0
    for compute, message in zip(backward[::-1], messages[::-1], strict=True):
        busy = max(busy, ready) + message
        ready += compute
    return max(busy - ready, 0.0)


def sets_off_one_layer_late(backward, messages):
    ready, busy = 0.0, 0.0
    following = np.append(backward[::-1][1:], 0.0)
    for compute, later, message in zip(backward[::-1], following, messages[::-1], strict=True):
        ready += compute
        busy = max(busy, ready + later) + message
    return busy - ready


def does_not_wait_for_its_gradient(backward, messages):
    ready, busy = 0.0, backward[-1]
    for compute, message in zip(backward[::-1], messages[::-1], strict=True):
        ready += compute
        busy += message
    return float(max(busy - ready, 0))


def does_not_wait_for_the_network(backward, messages):
    ready, busy = 0.0, 0.0
    for compute, message in zip(backward[::-1], messages[::-1], strict=True):
        ready += compute
        busy = ready + message
    return busy - ready


def backward_waits_for_the_network(backward, messages):
    ready, busy = 0.0, 0.0
    for compute, message in zip(backward[::-1], messages[::-1], strict=True):
        ready = max(ready, busy) + compute
        busy = ready + message
    return busy - backward.sum()


def adds_up_what_messages_wait(backward, messages):
    ready, busy, waited = 0.0, 0.0, 0.0
    for compute, message in zip(backward[::-1], messages[::-1], strict=True):
        ready += compute
        waited += max(busy - ready, 0)
        busy = max(busy, ready) + message
    return waited


def a_share(backward, messages):
    ready, busy = _ends(backward, messages)
    return (busy - ready) / max(messages.sum(), 1)


def an_array(backward, messages):
    ready, busy = _ends(backward, messages)
    return np.array([busy - ready])


def leaves_out_layers_without_weights(backward, messages):
    """Their seconds, too."""
    ready, busy = _ends(backward[messages > 0], messages[messages > 0])
    return busy - ready
