"""Exercise 4, wrong and right: right ones are called right_*, all others must be rejected."""

from math import ceil, floor

import numpy as np


def right_range(n, k, stride=1, padding=0):
    return len(range(0, n + 2 * padding - k + 1, stride))


def right_floor(n, k, stride=1, padding=0):
    return floor((n + 2 * padding - k) / stride) + 1


def right_ceiling(n, k, stride=1, padding=0):
    return ceil((n + 2 * padding - k + 1) / stride)


def right_one_at_a_time(n, k, stride=1, padding=0):
    start, places = -padding, 0
    while start + k <= n + padding:
        start, places = start + stride, places + 1
    return places


def right_by_doing_it(n, k, stride=1, padding=0):
    windows = np.lib.stride_tricks.sliding_window_view(np.zeros(n + 2 * padding), k)
    return len(windows[::stride])


def forgets_to_return(n, k, stride=1, padding=0):
    (n + 2 * padding - k) // stride + 1


def posts_without_the_last(n, k, stride=1, padding=0):
    return (n + 2 * padding - k) // stride


def pads_one_end(n, k, stride=1, padding=0):
    return (n + padding - k) // stride + 1


def ignores_padding(n, k, stride=1, padding=0):
    return (n - k) // stride + 1


def ignores_stride(n, k, stride=1, padding=0):
    return n + 2 * padding - k + 1


def rounds_up(n, k, stride=1, padding=0):
    return ceil((n + 2 * padding - k) / stride) + 1


def rounds_to_nearest(n, k, stride=1, padding=0):
    return round((n + 2 * padding - k) / stride) + 1


def adds_before_dividing(n, k, stride=1, padding=0):
    return (n + 2 * padding - k + 1) // stride


def fractions(n, k, stride=1, padding=0):
    return (n + 2 * padding - k) / stride + 1


def whole_but_float(n, k, stride=1, padding=0):
    return np.floor((n + 2 * padding - k) / stride) + 1


def same_as_input(n, k, stride=1, padding=0):
    return ceil(n / stride)


def divides_the_parts(n, k, stride=1, padding=0):
    return n // stride + 2 * padding // stride - k // stride + 1


def adds_the_kernel(n, k, stride=1, padding=0):
    return (n + 2 * padding + k) // stride - 1


def odd_kernels_only(n, k, stride=1, padding=0):
    return (n + 2 * padding - 2 * (k // 2) - 1) // stride + 1


def stride_on_the_padding(n, k, stride=1, padding=0):
    return (n - k) // stride + 2 * padding + 1


def tiles(n, k, stride=1, padding=0):
    """As if the kernel always moved by its own length."""
    return (n + 2 * padding) // k


def never_more_than_the_input(n, k, stride=1, padding=0):
    return min(n, (n + 2 * padding - k) // stride + 1)


def an_array(n, k, stride=1, padding=0):
    return np.array([(n + 2 * padding - k) // stride + 1])


def words(n, k, stride=1, padding=0):
    return str((n + 2 * padding - k) // stride + 1)


def the_example(n, k, stride=1, padding=0):
    return 4
