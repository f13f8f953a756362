"""Exercise 2, wrong and right: right ones are called right_*, all others must be rejected."""

import numpy as np


def right_loop(x, n):
    return np.array([x[i : i + n].mean() for i in range(len(x) - n + 1)])


def right_running_sum(x, n):
    total = np.concatenate([[0.0], np.cumsum(x)])
    return (total[n:] - total[:-n]) / n


def right_windows(x, n):
    return np.lib.stride_tricks.sliding_window_view(x, n).mean(axis=1)


def right_shifted_copies(x, n):
    count = len(x) - n + 1
    return sum(x[i : i + count] for i in range(n)) / n


def forgets_to_return(x, n):
    np.convolve(x, np.ones(n) / n, "valid")


def forgets_to_divide(x, n):
    return np.convolve(x, np.ones(n), "valid")


def divides_whole(x, n):
    return np.convolve(x, np.ones(n), "valid") // n


def mode_same(x, n):
    return np.convolve(x, np.ones(n) / n, mode="same")


def mode_full(x, n):
    return np.convolve(x, np.ones(n) / n)


def default_of_correlate_with_full_length(x, n):
    return np.convolve(x, np.ones(n) / n)[: len(x)]


def one_too_few(x, n):
    return np.array([x[i : i + n].mean() for i in range(len(x) - n)])


def runs_over_the_end(x, n):
    return np.array([x[i : i + n].mean() for i in range(len(x))])


def looks_back(x, n):
    return np.array([x[max(0, i - n + 1) : i + 1].mean() for i in range(len(x))])


def window_one_too_short(x, n):
    return np.array([x[i : i + n - 1].sum() / n for i in range(len(x) - n + 1)])


def divides_by_one_less(x, n):
    return np.convolve(x, np.ones(n), "valid") / max(n - 1, 1)


def always_two(x, n):
    return (x[1:] + x[:-1]) / 2


def odd_windows_only(x, n):
    half = n // 2
    return np.array([x[i - half : i + half + 1].mean() for i in range(half, len(x) - half)])


def blocks(x, n):
    """Averages of neighbouring blocks in place of sliding windows."""
    return np.array([x[i : i + n].mean() for i in range(0, len(x) - n + 1, n)])


def integer_buffer(x, n):
    out = np.zeros(len(x) - n + 1, x.dtype)
    for i in range(len(out)):
        out[i] = x[i : i + n].mean()
    return out


def in_float32(x, n):
    return np.convolve(x.astype(np.float32), np.ones(n, np.float32) / n, "valid")


def median(x, n):
    return np.array([np.median(x[i : i + n]) for i in range(len(x) - n + 1)])


def in_place(x, n):
    for i in range(len(x) - n + 1):
        x[i] = x[i : i + n].mean()
    return x[: len(x) - n + 1].copy()


def a_list(x, n):
    return [x[i : i + n].mean() for i in range(len(x) - n + 1)]


def running_sum_without_the_first(x, n):
    total = np.cumsum(x)
    return (total[n:] - total[:-n]) / n


def the_example(x, n):
    return np.array([1.5, 2.5, 4.5])
