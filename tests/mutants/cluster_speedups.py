"""Sheet 08, exercise 10, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np


def _wait(messages, hidden=1.3e-3, times=31):
    return np.where(messages > hidden, times * (messages - hidden), messages)


def _times(sub_batches, messages, step, dense, wait=_wait):
    return step - dense + dense * 12288 / sub_batches + wait(messages)


def right_in_a_loop(sub_batches, messages, step, dense):
    found = []
    for size, message in zip(sub_batches, messages, strict=True):
        time = step - dense + 12288 / size * dense
        if message <= 1.3e-3:
            time += message
        else:
            time += 31 * (message - 1.3e-3)
        found.append(96 * step / time)
    return np.array(found)


def right_masked(sub_batches, messages, step, dense):
    long = messages > 0.0013
    wait = messages.copy()
    wait[long] = 31 * (messages[long] - 0.0013)
    return 96 / ((step + dense * (12288 / sub_batches - 1) + wait) / step)


def right_by_truth_values(sub_batches, messages, step, dense):
    long = messages > 1.3e-3
    wait = long * 31 * (messages - 1.3e-3) + ~long * messages
    return step / _times(sub_batches, wait, step, dense, wait=lambda seconds: seconds) * 96


def forgets_to_return(sub_batches, messages, step, dense):
    96 * step / _times(sub_batches, messages, step, dense)


def times_not_speedups(sub_batches, messages, step, dense):
    return _times(sub_batches, messages, step, dense)


def upside_down(sub_batches, messages, step, dense):
    return _times(sub_batches, messages, step, dense) / (96 * step)


def of_one_gpu(sub_batches, messages, step, dense):
    return step / _times(sub_batches, messages, step, dense)


def nothing_hides(sub_batches, messages, step, dense):
    return 96 * step / _times(sub_batches, messages, step, dense, lambda t: 31 * t)


def waited_for_once(sub_batches, messages, step, dense):
    return 96 * step / _times(sub_batches, messages, step, dense, lambda t: t)


def short_ones_are_free(sub_batches, messages, step, dense):
    wait = lambda t: 31 * np.maximum(t - 1.3e-3, 0)  # noqa: E731
    return 96 * step / _times(sub_batches, messages, step, dense, wait)


def both_parts(sub_batches, messages, step, dense):
    wait = lambda t: t + 31 * np.maximum(t - 1.3e-3, 0)  # noqa: E731
    return 96 * step / _times(sub_batches, messages, step, dense, wait)


def all_that_is_long_31_times(sub_batches, messages, step, dense):
    wait = lambda t: np.where(t > 1.3e-3, 31 * t, t)  # noqa: E731
    return 96 * step / _times(sub_batches, messages, step, dense, wait)


def thirty_two_times(sub_batches, messages, step, dense):
    wait = lambda t: _wait(t, times=32)  # noqa: E731
    return 96 * step / _times(sub_batches, messages, step, dense, wait)


def limit_in_milliseconds(sub_batches, messages, step, dense):
    wait = lambda t: _wait(t, hidden=1.3)  # noqa: E731
    return 96 * step / _times(sub_batches, messages, step, dense, wait)


def conditions_swapped(sub_batches, messages, step, dense):
    wait = lambda t: np.where(t > 1.3e-3, t, 31 * (t - 1.3e-3))  # noqa: E731
    return 96 * step / _times(sub_batches, messages, step, dense, wait)


def the_longest_decides_for_all(sub_batches, messages, step, dense):
    long = messages.max() > 1.3e-3
    wait = lambda t: 31 * (t - 1.3e-3) if long else t  # noqa: E731
    return 96 * step / _times(sub_batches, messages, step, dense, wait)


def if_on_an_array(sub_batches, messages, step, dense):
    wait = lambda t: 31 * (t - 1.3e-3) if t > 1.3e-3 else t  # noqa: E731
    return 96 * step / _times(sub_batches, messages, step, dense, wait)


def dense_once(sub_batches, messages, step, dense):
    return 96 * step / (step + _wait(messages))


def dense_twice(sub_batches, messages, step, dense):
    return 96 * step / (_times(sub_batches, messages, step, dense) + dense)


def message_for_every_sub_batch(sub_batches, messages, step, dense):
    rounds = 12288 / sub_batches
    return 96 * step / (step - dense + rounds * (dense + _wait(messages)))


def whole_step_for_every_sub_batch(sub_batches, messages, step, dense):
    return 96 * step / (step * 12288 / sub_batches + _wait(messages))


def sub_batches_of_128(sub_batches, messages, step, dense):
    return 96 * step / _times(np.full(len(sub_batches), 128), messages, step, dense)


def dense_grows_with_the_sub_batch(sub_batches, messages, step, dense):
    return 96 * step / (step - dense + dense * sub_batches / 128 + _wait(messages))


def sub_batch_and_count_swapped(sub_batches, messages, step, dense):
    return 96 * step / (step - dense + dense * sub_batches + _wait(messages))


def dense_shared_by_all(sub_batches, messages, step, dense):
    time = step - dense + dense * 12288 / sub_batches / 96 + _wait(messages)
    return 96 * step / time


def the_best(sub_batches, messages, step, dense):
    return float(np.max(96 * step / _times(sub_batches, messages, step, dense)))


def rounded(sub_batches, messages, step, dense):
    return np.round(96 * step / _times(sub_batches, messages, step, dense), 1)


def a_list(sub_batches, messages, step, dense):
    return (96 * step / _times(sub_batches, messages, step, dense)).tolist()
