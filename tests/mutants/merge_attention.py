"""Sheet 09, exercise 9, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np


def right_logaddexp(out_a, log_a, out_b, log_b):
    log = np.logaddexp(log_a, log_b)
    return np.exp(log_a - log)[:, None] * out_a + np.exp(log_b - log)[:, None] * out_b, log


def right_stacked(out_a, log_a, out_b, log_b):
    logs, outs = np.stack([log_a, log_b]), np.stack([out_a, out_b])
    highest = logs.max(axis=0)
    shares = np.exp(logs - highest)
    total = shares.sum(axis=0)
    return (shares[..., None] * outs).sum(axis=0) / total[:, None], highest + np.log(total)


def right_query_by_query(out_a, log_a, out_b, log_b):
    out, log = np.empty(out_a.shape), np.empty(len(log_a))
    for i in range(len(log_a)):
        top = max(log_a[i], log_b[i])
        a, b = np.exp(log_a[i] - top), np.exp(log_b[i] - top)
        out[i] = (a * out_a[i] + b * out_b[i]) / (a + b)
        log[i] = top + np.log(a + b)
    return out, log


def right_by_the_sigmoid(out_a, log_a, out_b, log_b):
    share = (1 / (1 + np.exp(log_b - log_a)))[:, None]
    return share * out_a + (1 - share) * out_b, np.logaddexp(log_a, log_b)


def forgets_to_return(out_a, log_a, out_b, log_b):
    right_logaddexp(out_a, log_a, out_b, log_b)


def overflows(out_a, log_a, out_b, log_b):
    a, b = np.exp(log_a), np.exp(log_b)
    return (a[:, None] * out_a + b[:, None] * out_b) / (a + b)[:, None], np.log(a + b)


def the_mean(out_a, log_a, out_b, log_b):
    return (out_a + out_b) / 2, np.logaddexp(log_a, log_b)


def the_sum(out_a, log_a, out_b, log_b):
    return out_a + out_b, np.logaddexp(log_a, log_b)


def the_heavier_one(out_a, log_a, out_b, log_b):
    return np.where((log_a > log_b)[:, None], out_a, out_b), np.maximum(log_a, log_b)


def weighs_by_the_logarithms(out_a, log_a, out_b, log_b):
    total = log_a + log_b
    out = (log_a[:, None] * out_a + log_b[:, None] * out_b) / total[:, None]
    return out, np.logaddexp(log_a, log_b)


def adds_the_logarithms(out_a, log_a, out_b, log_b):
    return right_logaddexp(out_a, log_a, out_b, log_b)[0], log_a + log_b


def gives_the_highest(out_a, log_a, out_b, log_b):
    return right_logaddexp(out_a, log_a, out_b, log_b)[0], np.maximum(log_a, log_b)


def forgets_to_put_the_highest_back(out_a, log_a, out_b, log_b):
    out, log = right_logaddexp(out_a, log_a, out_b, log_b)
    return out, log - np.maximum(log_a, log_b)


def forgets_to_divide(out_a, log_a, out_b, log_b):
    highest = np.maximum(log_a, log_b)
    a, b = np.exp(log_a - highest), np.exp(log_b - highest)
    return a[:, None] * out_a + b[:, None] * out_b, highest + np.log(a + b)


def swaps_the_shares(out_a, log_a, out_b, log_b):
    return right_logaddexp(out_b, log_a, out_a, log_b)


def rescales_the_old_one_only(out_a, log_a, out_b, log_b):
    log = np.logaddexp(log_a, log_b)
    return np.exp(log_a - log)[:, None] * out_a + out_b, log


def one_highest_for_all(out_a, log_a, out_b, log_b):
    highest = max(log_a.max(), log_b.max())
    a, b = np.exp(log_a - highest), np.exp(log_b - highest)
    out = (a[:, None] * out_a + b[:, None] * out_b) / (a + b)[:, None]
    return out, highest + np.log(a + b)


def takes_the_first_parts_highest(out_a, log_a, out_b, log_b):
    a, b = np.ones(len(log_a)), np.exp(log_b - log_a)
    out = (a[:, None] * out_a + b[:, None] * out_b) / (a + b)[:, None]
    return out, log_a + np.log(a + b)


def takes_the_lower_one(out_a, log_a, out_b, log_b):
    lowest = np.minimum(log_a, log_b)
    a, b = np.exp(log_a - lowest), np.exp(log_b - lowest)
    out = (a[:, None] * out_a + b[:, None] * out_b) / (a + b)[:, None]
    return out, lowest + np.log(a + b)


def along_the_wrong_axis(out_a, log_a, out_b, log_b):
    log = np.logaddexp(log_a, log_b)
    return np.exp(log_a - log) * out_a + np.exp(log_b - log) * out_b, log


def the_output_only(out_a, log_a, out_b, log_b):
    return right_logaddexp(out_a, log_a, out_b, log_b)[0]


def the_logarithm_first(out_a, log_a, out_b, log_b):
    return right_logaddexp(out_a, log_a, out_b, log_b)[::-1]


def a_little_more_to_be_safe(out_a, log_a, out_b, log_b):
    highest = np.maximum(log_a, log_b)
    a, b = np.exp(log_a - highest), np.exp(log_b - highest)
    total = a + b + 1e-6
    return (a[:, None] * out_a + b[:, None] * out_b) / total[:, None], highest + np.log(total)


def cuts_large_ones_off(out_a, log_a, out_b, log_b):
    return overflows(out_a, np.clip(log_a, -700, 700), out_b, np.clip(log_b, -700, 700))


def softmax_of_the_outputs(out_a, log_a, out_b, log_b):
    a, b = np.exp(out_a), np.exp(out_b)
    return (a * out_a + b * out_b) / (a + b), np.logaddexp(log_a, log_b)
