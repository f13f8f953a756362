"""Sheet 02, exercise 4: right ones are called right_*, all others must be rejected."""

from math import ceil, log2

import numpy as np


def _work(x_shape, w_shape):
    """FLOP and bytes of each method, as the exercise has them."""
    (N, C, H, W), (K, C, R, S) = x_shape, w_shape
    P, Q = H - R + 1, W - S + 1
    F, T = H * (W // 2 + 1), N * ceil(P / 2) * ceil(Q / 2)
    direct = 2 * N * K * P * Q * C * R * S
    transforms = 2.5 * H * W * log2(H * W) * N * (C + K)
    work = {
        "im2col": [direct, 8 * N * P * Q * C * R * S],
        "taps": [direct, 16 * N * K * P * Q * R * S],
        "fft": [8 * F * N * C * K + transforms, 8 * F * (2 * N * C + 2 * N * K + C * K)],
    }
    if (R, S) == (3, 3):
        flop = 32 * T * C * K + T * (32 * C + 24 * K)
        work["winograd"] = [flop, 64 * (2 * T * (C + K) + C * K)]
    return work


def _best(work, flop_per_s, bytes_per_s):
    seconds = {name: f / flop_per_s + b / bytes_per_s for name, (f, b) in work.items()}
    return min(seconds, key=seconds.get)


def right_sorted(x_shape, w_shape, flop_per_s, bytes_per_s):
    work = _work(x_shape, w_shape)
    times = sorted((f / flop_per_s + b / bytes_per_s, name) for name, (f, b) in work.items())
    return times[0][1]


def right_in_bytes(x_shape, w_shape, flop_per_s, bytes_per_s):
    """All times multiplied by bytes_per_s: the same order."""
    ratio = bytes_per_s / flop_per_s
    costs = {f * ratio + b: name for name, (f, b) in _work(x_shape, w_shape).items()}
    return costs[min(costs)]


def right_infinite_where_it_does_not_apply(x_shape, w_shape, flop_per_s, bytes_per_s):
    work = {"winograd": (np.inf, np.inf), **_work(x_shape, w_shape)}
    names = list(work)
    times = [work[name][0] / flop_per_s + work[name][1] / bytes_per_s for name in names]
    return names[int(np.argmin(times))]


def right_without_a_dict(x_shape, w_shape, flop_per_s, bytes_per_s):
    best, shortest = None, float("inf")
    for name, (flop, size) in _work(x_shape, w_shape).items():
        seconds = flop / flop_per_s + size / bytes_per_s
        if seconds < shortest:
            best, shortest = name, seconds
    return best


def forgets_to_return(x_shape, w_shape, flop_per_s, bytes_per_s):
    _best(_work(x_shape, w_shape), flop_per_s, bytes_per_s)


def slowest(x_shape, w_shape, flop_per_s, bytes_per_s):
    work = {name: (-f, -b) for name, (f, b) in _work(x_shape, w_shape).items()}
    return _best(work, flop_per_s, bytes_per_s)


def arithmetic_only(x_shape, w_shape, flop_per_s, bytes_per_s):
    return _best(_work(x_shape, w_shape), flop_per_s, np.inf)


def memory_only(x_shape, w_shape, flop_per_s, bytes_per_s):
    return _best(_work(x_shape, w_shape), np.inf, bytes_per_s)


def both_at_once(x_shape, w_shape, flop_per_s, bytes_per_s):
    """The longer of the two times in place of their sum."""
    work = _work(x_shape, w_shape)
    seconds = {name: max(f / flop_per_s, b / bytes_per_s) for name, (f, b) in work.items()}
    return min(seconds, key=seconds.get)


def speeds_changed_places(x_shape, w_shape, flop_per_s, bytes_per_s):
    return _best(_work(x_shape, w_shape), bytes_per_s, flop_per_s)


def times_speed(x_shape, w_shape, flop_per_s, bytes_per_s):
    work = _work(x_shape, w_shape)
    return _best(work, 1 / flop_per_s, 1 / bytes_per_s)


def adds_flop_and_bytes(x_shape, w_shape, flop_per_s, bytes_per_s):
    return _best(_work(x_shape, w_shape), 1, 1)


def winograd_never(x_shape, w_shape, flop_per_s, bytes_per_s):
    work = _work(x_shape, w_shape)
    work.pop("winograd", None)
    return _best(work, flop_per_s, bytes_per_s)


def winograd_always(x_shape, w_shape, flop_per_s, bytes_per_s):
    K, C = w_shape[:2]
    work = _work(x_shape, (K, C, 3, 3)) if min(x_shape[2:]) >= 3 else {}
    return _best({**work, **_work(x_shape, w_shape)}, flop_per_s, bytes_per_s)


def winograd_where_three_rows(x_shape, w_shape, flop_per_s, bytes_per_s):
    (N, C, H, W), (K, C, R, S) = x_shape, w_shape
    work = _work(x_shape, w_shape)
    if R == 3:
        T = N * ceil((H - 2) / 2) * ceil((W - S + 1) / 2)
        flop = 32 * T * C * K + T * (32 * C + 24 * K)
        work["winograd"] = [flop, 64 * (2 * T * (C + K) + C * K)]
    return _best(work, flop_per_s, bytes_per_s)


def output_as_large_as_the_image(x_shape, w_shape, flop_per_s, bytes_per_s):
    (N, C, H, W), (R, S) = x_shape, w_shape[2:]
    work = _work((N, C, H + R - 1, W + S - 1), w_shape)
    work["fft"] = _work(x_shape, w_shape)["fft"]
    return _best(work, flop_per_s, bytes_per_s)


def one_image(x_shape, w_shape, flop_per_s, bytes_per_s):
    return _best(_work((1, *x_shape[1:]), w_shape), flop_per_s, bytes_per_s)


def channels_and_filters_change_places(x_shape, w_shape, flop_per_s, bytes_per_s):
    (N, C, H, W), (K, C, R, S) = x_shape, w_shape
    return _best(_work((N, K, H, W), (C, K, R, S)), flop_per_s, bytes_per_s)


def columns_written_only(x_shape, w_shape, flop_per_s, bytes_per_s):
    work = _work(x_shape, w_shape)
    work["im2col"][1] /= 2
    return _best(work, flop_per_s, bytes_per_s)


def taps_as_bytes_of_one(x_shape, w_shape, flop_per_s, bytes_per_s):
    work = _work(x_shape, w_shape)
    work["taps"][1] /= w_shape[2] * w_shape[3]
    return _best(work, flop_per_s, bytes_per_s)


def complex_numbers_of_four_bytes(x_shape, w_shape, flop_per_s, bytes_per_s):
    work = _work(x_shape, w_shape)
    work["fft"][1] /= 2
    return _best(work, flop_per_s, bytes_per_s)


def all_frequencies(x_shape, w_shape, flop_per_s, bytes_per_s):
    work = _work(x_shape, w_shape)
    work["fft"] = [2 * number for number in work["fft"]]
    return _best(work, flop_per_s, bytes_per_s)


def natural_logarithm(x_shape, w_shape, flop_per_s, bytes_per_s):
    (N, C, H, W), K = x_shape, w_shape[0]
    work = _work(x_shape, w_shape)
    work["fft"][0] -= 2.5 * H * W * (log2(H * W) - np.log(H * W)) * N * (C + K)
    return _best(work, flop_per_s, bytes_per_s)


def transforms_for_nothing(x_shape, w_shape, flop_per_s, bytes_per_s):
    (N, C, H, W), K = x_shape, w_shape[0]
    work = _work(x_shape, w_shape)
    work["fft"][0] = 8 * H * (W // 2 + 1) * N * C * K
    return _best(work, flop_per_s, bytes_per_s)


def whole_tiles_only(x_shape, w_shape, flop_per_s, bytes_per_s):
    (N, C, H, W), K = x_shape, w_shape[0]
    work = _work(x_shape, w_shape)
    if "winograd" in work:
        T = N * ((H - 2) // 2) * ((W - 2) // 2)
        flop = 32 * T * C * K + T * (32 * C + 24 * K)
        work["winograd"] = [flop, 64 * (2 * T * (C + K) + C * K)]
    return _best(work, flop_per_s, bytes_per_s)


def seconds_in_place_of_the_name(x_shape, w_shape, flop_per_s, bytes_per_s):
    return min(f / flop_per_s + b / bytes_per_s for f, b in _work(x_shape, w_shape).values())


def name_and_seconds(x_shape, w_shape, flop_per_s, bytes_per_s):
    work = _work(x_shape, w_shape)
    return min((f / flop_per_s + b / bytes_per_s, name) for name, (f, b) in work.items())[::-1]


def capitals(x_shape, w_shape, flop_per_s, bytes_per_s):
    return _best(_work(x_shape, w_shape), flop_per_s, bytes_per_s).upper()


def the_example(x_shape, w_shape, flop_per_s, bytes_per_s):
    return "winograd"
