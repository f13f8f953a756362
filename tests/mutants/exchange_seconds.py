"""Sheet 08, exercise 4, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np


def _ring(n, p, pace):
    return 2 * (p - 1) / p * n / pace


def _both(n, nodes, gpus, network, inside, pairs=None, ring=_ring):
    """All to all with `pairs` messages over the card of a node among several; and a ring."""
    p, pace = nodes * gpus, inside if nodes == 1 else network
    pairs = (nodes - 1) * gpus**2 if pairs is None else pairs
    messages = gpus - 1 if nodes == 1 else pairs
    return np.array([messages * n / pace, ring(n, p, pace)])


def right_the_longer_of_two(gradient_bytes, nodes, gpus, network, inside):
    message, p = gradient_bytes / network, nodes * gpus
    across = (nodes - 1) * gpus * message * gpus
    within = (gpus - 1) * gradient_bytes / inside
    slowest = min(inside, network) if nodes > 1 else inside
    return np.array([max(across, within), 2 * (p - 1) * gradient_bytes / p / slowest])


def right_peer_by_peer(gradient_bytes, nodes, gpus, network, inside):
    ranks = range(nodes * gpus)
    card = sum(gradient_bytes / network for i in ranks[:gpus] for j in ranks if j // gpus > 0)
    link = sum(gradient_bytes / inside for j in ranks[1:gpus])
    step = gradient_bytes / len(ranks) / (network if nodes > 1 else inside)
    return np.array([card or link, 2 * (len(ranks) - 1) * step])


def right_in_one_line(gradient_bytes, nodes, gpus, network, inside):
    if nodes > 1:
        return _both(gradient_bytes, nodes, gpus, network, inside)
    return np.array([gpus - 1, 2 * (gpus - 1) / gpus]) * (gradient_bytes / inside)


def forgets_to_return(gradient_bytes, nodes, gpus, network, inside):
    _both(gradient_bytes, nodes, gpus, network, inside)


def card_for_each_gpu(gradient_bytes, nodes, gpus, network, inside):
    return _both(gradient_bytes, nodes, gpus, network, inside, pairs=(nodes - 1) * gpus)


def one_message_a_node(gradient_bytes, nodes, gpus, network, inside):
    return _both(gradient_bytes, nodes, gpus, network, inside, pairs=nodes - 1)


def neighbours_over_the_card(gradient_bytes, nodes, gpus, network, inside):
    pairs = gpus * (nodes * gpus - 1)
    return _both(gradient_bytes, nodes, gpus, network, inside, pairs=pairs)


def itself_among_the_peers(gradient_bytes, nodes, gpus, network, inside):
    return _both(gradient_bytes, nodes, gpus, network, inside, pairs=nodes * gpus**2)


def neighbours_afterwards(gradient_bytes, nodes, gpus, network, inside):
    both = _both(gradient_bytes, nodes, gpus, network, inside)
    both[0] += (nodes > 1) * (gpus - 1) * gradient_bytes / inside
    return both


def all_messages_over_one_card(gradient_bytes, nodes, gpus, network, inside):
    pairs = nodes * (nodes - 1) * gpus**2
    return _both(gradient_bytes, nodes, gpus, network, inside, pairs=pairs)


def both_ways_one_after_the_other(gradient_bytes, nodes, gpus, network, inside):
    pairs = 2 * (nodes - 1) * gpus**2
    return _both(gradient_bytes, nodes, gpus, network, inside, pairs=pairs)


def one_node_over_the_card(gradient_bytes, nodes, gpus, network, inside):
    return _both(gradient_bytes, nodes, gpus, network, network)


def one_node_shares_its_links(gradient_bytes, nodes, gpus, network, inside):
    both = _both(gradient_bytes, nodes, gpus, network, inside)
    both[0] *= gpus if nodes == 1 else 1
    return both


def one_node_is_free(gradient_bytes, nodes, gpus, network, inside):
    return (nodes > 1) * _both(gradient_bytes, nodes, gpus, network, inside)


def ring_inside_all_the_way(gradient_bytes, nodes, gpus, network, inside):
    both = _both(gradient_bytes, nodes, gpus, network, inside)
    both[1] = _ring(gradient_bytes, nodes * gpus, inside)
    return both


def ring_of_nodes(gradient_bytes, nodes, gpus, network, inside):
    both = _both(gradient_bytes, nodes, gpus, network, inside)
    both[1] = _ring(gradient_bytes, nodes, network) if nodes > 1 else both[1]
    return both


def ring_shares_the_card(gradient_bytes, nodes, gpus, network, inside):
    both = _both(gradient_bytes, nodes, gpus, network, inside)
    both[1] *= gpus if nodes > 1 else 1
    return both


def ring_once_around(gradient_bytes, nodes, gpus, network, inside):
    ring = lambda n, p, pace: (p - 1) / p * n / pace  # noqa: E731
    return _both(gradient_bytes, nodes, gpus, network, inside, ring=ring)


def ring_sends_all_each_step(gradient_bytes, nodes, gpus, network, inside):
    ring = lambda n, p, pace: 2 * (p - 1) * n / pace  # noqa: E731
    return _both(gradient_bytes, nodes, gpus, network, inside, ring=ring)


def ring_of_p_steps(gradient_bytes, nodes, gpus, network, inside):
    ring = lambda n, p, pace: 2 * n / pace  # noqa: E731
    return _both(gradient_bytes, nodes, gpus, network, inside, ring=ring)


def bits_not_bytes(gradient_bytes, nodes, gpus, network, inside):
    return 8 * _both(gradient_bytes, nodes, gpus, network, inside)


def milliseconds(gradient_bytes, nodes, gpus, network, inside):
    return 1000 * _both(gradient_bytes, nodes, gpus, network, inside)


def ring_first(gradient_bytes, nodes, gpus, network, inside):
    return _both(gradient_bytes, nodes, gpus, network, inside)[::-1]


def a_tuple(gradient_bytes, nodes, gpus, network, inside):
    return tuple(_both(gradient_bytes, nodes, gpus, network, inside).tolist())
