"""Sheet 02, exercise 1: right ones are called right_*, all others must be rejected."""

from math import ceil, prod

import numpy as np


def _layer(x_shape, w_shape, stride=1, padding=0):
    (N, C, H, W), (K, C, R, S) = x_shape, w_shape
    P = (H + 2 * padding - R) // stride + 1
    Q = (W + 2 * padding - S) // stride + 1
    return N, C, K, P, Q, R, S


def right_by_counting_places(x_shape, w_shape, stride=1, padding=0):
    N, K = x_shape[0], w_shape[0]
    sides = zip(x_shape[2:], w_shape[2:], strict=True)
    P, Q = (len(range(0, n + 2 * padding - k + 1, stride)) for n, k in sides)
    return N, K, P, Q, prod(w_shape) + K, 2 * N * P * Q * prod(w_shape)


def right_by_making_the_arrays(x_shape, w_shape, stride=1, padding=0):
    edge = padding, padding
    x, w, b = np.zeros(x_shape), np.zeros(w_shape), np.zeros(w_shape[0])
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(x, ((0, 0), (0, 0), edge, edge)), w.shape[2:], (2, 3)
    )[:, :, ::stride, ::stride]
    N, _, P, Q = windows.shape[:4]
    return N, len(w), P, Q, w.size + b.size, 2 * N * P * Q * w.size


def right_multiplications_and_additions_apart(x_shape, w_shape, stride=1, padding=0):
    N, C, K, P, Q, R, S = _layer(x_shape, w_shape, stride, padding)
    multiplications = C * R * S
    additions = (C * R * S - 1) + 1
    parameters = sum(C * R * S + 1 for _ in range(K))
    return N, K, P, Q, parameters, N * K * P * Q * (multiplications + additions)


def right_numpy_integers(x_shape, w_shape, stride=1, padding=0):
    n, k = np.array(x_shape), np.array(w_shape)
    P, Q = (n[2:] + 2 * padding - k[2:]) // stride + 1
    return n[0], k[0], P, Q, k.prod() + k[0], 2 * n[0] * P * Q * k.prod()


def forgets_to_return(x_shape, w_shape, stride=1, padding=0):
    _layer(x_shape, w_shape, stride, padding)


def forgets_the_biases(x_shape, w_shape, stride=1, padding=0):
    N, C, K, P, Q, R, S = _layer(x_shape, w_shape, stride, padding)
    return N, K, P, Q, K * C * R * S, 2 * N * K * P * Q * C * R * S


def one_bias_for_all(x_shape, w_shape, stride=1, padding=0):
    N, C, K, P, Q, R, S = _layer(x_shape, w_shape, stride, padding)
    return N, K, P, Q, K * C * R * S + 1, 2 * N * K * P * Q * C * R * S


def a_bias_for_each_channel(x_shape, w_shape, stride=1, padding=0):
    N, C, K, P, Q, R, S = _layer(x_shape, w_shape, stride, padding)
    return N, K, P, Q, K * C * (R * S + 1), 2 * N * K * P * Q * C * R * S


def multiplications_only(x_shape, w_shape, stride=1, padding=0):
    N, C, K, P, Q, R, S = _layer(x_shape, w_shape, stride, padding)
    return N, K, P, Q, K * (C * R * S + 1), N * K * P * Q * C * R * S


def forgets_to_add_the_bias(x_shape, w_shape, stride=1, padding=0):
    N, C, K, P, Q, R, S = _layer(x_shape, w_shape, stride, padding)
    return N, K, P, Q, K * (C * R * S + 1), N * K * P * Q * (2 * C * R * S - 1)


def adds_the_bias_twice(x_shape, w_shape, stride=1, padding=0):
    N, C, K, P, Q, R, S = _layer(x_shape, w_shape, stride, padding)
    return N, K, P, Q, K * (C * R * S + 1), N * K * P * Q * (2 * C * R * S + 1)


def flop_of_one_image(x_shape, w_shape, stride=1, padding=0):
    N, C, K, P, Q, R, S = _layer(x_shape, w_shape, stride, padding)
    return N, K, P, Q, K * (C * R * S + 1), 2 * K * P * Q * C * R * S


def flop_at_every_input_pixel(x_shape, w_shape, stride=1, padding=0):
    N, C, K, P, Q, R, S = _layer(x_shape, w_shape, stride, padding)
    H, W = x_shape[2:]
    return N, K, P, Q, K * (C * R * S + 1), 2 * N * K * H * W * C * R * S


def filters_without_channels(x_shape, w_shape, stride=1, padding=0):
    N, _, K, P, Q, R, S = _layer(x_shape, w_shape, stride, padding)
    return N, K, P, Q, K * (R * S + 1), 2 * N * K * P * Q * R * S


def keeps_the_channels(x_shape, w_shape, stride=1, padding=0):
    N, C, K, P, Q, R, S = _layer(x_shape, w_shape, stride, padding)
    return N, C, P, Q, K * (C * R * S + 1), 2 * N * K * P * Q * C * R * S


def pads_one_end(x_shape, w_shape, stride=1, padding=0):
    (N, C, H, W), (K, C, R, S) = x_shape, w_shape
    P, Q = (H + padding - R) // stride + 1, (W + padding - S) // stride + 1
    return N, K, P, Q, K * (C * R * S + 1), 2 * N * K * P * Q * C * R * S


def rounds_up(x_shape, w_shape, stride=1, padding=0):
    (N, C, H, W), (K, C, R, S) = x_shape, w_shape
    P, Q = (ceil((n + 2 * padding - k) / stride) + 1 for n, k in ((H, R), (W, S)))
    return N, K, P, Q, K * (C * R * S + 1), 2 * N * K * P * Q * C * R * S


def fractions(x_shape, w_shape, stride=1, padding=0):
    (N, C, H, W), (K, C, R, S) = x_shape, w_shape
    P, Q = (H + 2 * padding - R) / stride + 1, (W + 2 * padding - S) / stride + 1
    return N, K, P, Q, K * (C * R * S + 1), 2 * N * K * P * Q * C * R * S


def ignores_stride(x_shape, w_shape, stride=1, padding=0):
    N, C, K, P, Q, R, S = _layer(x_shape, w_shape, 1, padding)
    return N, K, P, Q, K * (C * R * S + 1), 2 * N * K * P * Q * C * R * S


def squares_only(x_shape, w_shape, stride=1, padding=0):
    N, C, K, P, _, R, _ = _layer(x_shape, w_shape, stride, padding)
    return N, K, P, P, K * (C * R * R + 1), 2 * N * K * P * P * C * R * R


def width_before_height(x_shape, w_shape, stride=1, padding=0):
    N, C, K, P, Q, R, S = _layer(x_shape, w_shape, stride, padding)
    return N, K, Q, P, K * (C * R * S + 1), 2 * N * K * P * Q * C * R * S


def shape_as_a_tuple_of_its_own(x_shape, w_shape, stride=1, padding=0):
    N, C, K, P, Q, R, S = _layer(x_shape, w_shape, stride, padding)
    return (N, K, P, Q), K * (C * R * S + 1), 2 * N * K * P * Q * C * R * S


def the_example(x_shape, w_shape, stride=1, padding=0):
    return 1, 2, 2, 3, 10, 96
