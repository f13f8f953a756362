"""Sheet 07, exercise 8, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np


def right_polyfit(sizes, seconds):
    beta, alpha = np.polyfit(sizes, seconds, 1, w=1 / seconds)
    return np.array([alpha, beta])


def right_normal_equations(sizes, seconds):
    a, b = 1 / seconds, sizes / seconds
    left = np.array([[a @ a, a @ b], [a @ b, b @ b]])
    return np.linalg.solve(left, [a.sum(), b.sum()])


def right_weighted_means(sizes, seconds):
    w = seconds**-2 / np.sum(seconds**-2)
    n, t = w @ sizes, w @ seconds
    beta = w @ ((sizes - n) * (seconds - t)) / (w @ (sizes - n) ** 2)
    return np.array([t - beta * n, beta])


def right_qr(sizes, seconds):
    q, r = np.linalg.qr(np.column_stack([1 / seconds, sizes / seconds]))
    return np.linalg.solve(r, q.sum(axis=0))


def forgets_to_return(sizes, seconds):
    right_polyfit(sizes, seconds)


def ordinary(sizes, seconds):
    return np.polyfit(sizes, seconds, 1)[::-1]


def beta_first(sizes, seconds):
    return right_polyfit(sizes, seconds)[::-1]


def bandwidth_instead_of_beta(sizes, seconds):
    alpha, beta = right_polyfit(sizes, seconds)
    return np.array([alpha, 1 / beta])


def square_roots(sizes, seconds):
    return np.polyfit(sizes, seconds, 1, w=seconds**-0.5)[::-1]


def squared_twice(sizes, seconds):
    return np.polyfit(sizes, seconds, 1, w=seconds**-2)[::-1]


def multiplied(sizes, seconds):
    return np.polyfit(sizes, seconds, 1, w=seconds)[::-1]


def weighted_by_size(sizes, seconds):
    return np.polyfit(sizes, seconds, 1, w=1 / sizes)[::-1]


def first_and_last(sizes, seconds):
    beta = (seconds[-1] - seconds[0]) / (sizes[-1] - sizes[0])
    return np.array([seconds[0] - beta * sizes[0], beta])


def shortest_and_longest(sizes, seconds):
    return np.array([seconds.min(), seconds[-1] / sizes[-1]])


def through_the_origin(sizes, seconds):
    b = sizes / seconds
    return np.array([0.0, b.sum() / (b @ b)])


def logarithms(sizes, seconds):
    slope, start = np.polyfit(np.log(sizes), np.log(seconds), 1)
    return np.array([np.exp(start), slope])


def seconds_on_the_right_side(sizes, seconds):
    columns = np.column_stack([1 / seconds, sizes / seconds])
    return np.linalg.lstsq(columns, seconds, rcond=None)[0]


def columns_not_divided(sizes, seconds):
    columns = np.column_stack([np.ones(len(sizes)), sizes])
    return np.linalg.lstsq(columns, np.ones(len(sizes)), rcond=None)[0]


def one_column_divided(sizes, seconds):
    columns = np.column_stack([np.ones(len(sizes)), sizes / seconds])
    return np.linalg.lstsq(columns, np.ones(len(sizes)), rcond=None)[0]


def never_below_zero_by_force(sizes, seconds):
    return np.maximum(np.polyfit(sizes, seconds, 1)[::-1], 0)


def in_microseconds(sizes, seconds):
    return right_polyfit(sizes, seconds) * 1e6


def a_tuple(sizes, seconds):
    alpha, beta = right_polyfit(sizes, seconds)
    return alpha, beta


def medians(sizes, seconds):
    beta = np.median(np.diff(seconds) / np.diff(sizes))
    return np.array([np.median(seconds - beta * sizes), beta])
