"""Sheet 02, exercise 7: right ones are called right_*, all others must be rejected."""

import numpy as np


def _spread(dy, w, x_shape, stride, padding, add=True):
    """What each window hands back, on the padded image."""
    (N, C, H, W), (R, S) = x_shape, w.shape[2:]
    padded = np.zeros((N, C, H + 2 * padding, W + 2 * padding))
    for p, q in np.ndindex(dy.shape[2:]):
        place = np.s_[:, :, p * stride : p * stride + R, q * stride : q * stride + S]
        padded[place] = padded[place] * add + np.einsum("nk,kcrs->ncrs", dy[:, :, p, q], w)
    return padded


def _gradient(dy, w, x_shape, stride=1, padding=0):
    H, W = x_shape[2:]
    padded = _spread(dy, w, x_shape, stride, padding)
    return padded[:, :, padding : padding + H, padding : padding + W]


def right_loops(dy, w, x_shape, stride=1, padding=0):
    dx, (H, W) = np.zeros(x_shape), x_shape[2:]
    for n, k, p, q in np.ndindex(dy.shape):
        for c, r, s in np.ndindex(w.shape[1:]):
            h, v = p * stride + r - padding, q * stride + s - padding
            if 0 <= h < H and 0 <= v < W:
                dx[n, c, h, v] += dy[n, k, p, q] * w[k, c, r, s]
    return dx


def right_full_convolution(dy, w, x_shape, stride=1, padding=0):
    """dy, its pixels `stride` apart, convolved with the turned filters."""
    (N, _, H, W), (K, _, R, S), (P, Q) = x_shape, w.shape, dy.shape[2:]
    rest = H + 2 * padding + R - 1, W + 2 * padding + S - 1
    room = np.zeros((N, K, *rest))
    room[:, :, R - 1 :, S - 1 :][:, :, : P * stride : stride, : Q * stride : stride] = dy
    windows = np.lib.stride_tricks.sliding_window_view(room, (R, S), (2, 3))
    dx = np.einsum("nkhwrs,kcrs->nchw", windows, w[:, :, ::-1, ::-1])
    return dx[:, :, padding : padding + H, padding : padding + W]


def right_columns_back(dy, w, x_shape, stride=1, padding=0):
    """im2col backwards: the filters, transposed, times dy, then the columns are added up."""
    (N, C, H, W), (K, _, R, S), (P, Q) = x_shape, w.shape, dy.shape[2:]
    columns = w.reshape(K, -1).T @ dy.reshape(N, K, -1)
    columns = columns.reshape(N, C, R, S, P, Q)
    dx = np.zeros((N, C, H + 2 * padding, W + 2 * padding))
    for r, s in np.ndindex(R, S):
        dx[:, :, r::stride, s::stride][:, :, :P, :Q] += columns[:, :, r, s]
    return dx[:, :, padding : H + padding, padding : W + padding]


def right_linear(dy, w, x_shape, stride=1, padding=0):
    """y is linear in x, so that one pixel set to 1 shows its gradient."""
    dx, edge = np.zeros(x_shape), (padding, padding)
    for n, c, h, v in np.ndindex(*x_shape):
        x = np.zeros(x_shape[1:])
        x[c, h, v] = 1
        padded = np.pad(x, ((0, 0), edge, edge))
        view = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], (1, 2))
        y = np.einsum("cpqrs,kcrs->kpq", view[:, ::stride, ::stride], w)
        dx[n, c, h, v] = (dy[n] * y).sum()
    return dx


def forgets_to_return(dy, w, x_shape, stride=1, padding=0):
    _gradient(dy, w, x_shape, stride, padding)


def keeps_the_padding(dy, w, x_shape, stride=1, padding=0):
    return _spread(dy, w, x_shape, stride, padding)


def cuts_one_end_only(dy, w, x_shape, stride=1, padding=0):
    H, W = x_shape[2:]
    return _spread(dy, w, x_shape, stride, padding)[:, :, :H, :W]


def minus_zero_is_zero(dy, w, x_shape, stride=1, padding=0):
    """padding : -padding is empty where there is no padding."""
    return _spread(dy, w, x_shape, stride, padding)[:, :, padding:-padding, padding:-padding]


def ignores_padding(dy, w, x_shape, stride=1, padding=0):
    N, C, H, W = x_shape
    padded = _spread(dy, w, (N, C, H + 2 * padding, W + 2 * padding), stride, 0)
    return padded[:, :, :H, :W]


def overwrites(dy, w, x_shape, stride=1, padding=0):
    H, W = x_shape[2:]
    padded = _spread(dy, w, x_shape, stride, padding, add=False)
    return padded[:, :, padding : padding + H, padding : padding + W]


def turns_the_filters(dy, w, x_shape, stride=1, padding=0):
    return _gradient(dy, w[:, :, ::-1, ::-1], x_shape, stride, padding)


def turns_one_axis(dy, w, x_shape, stride=1, padding=0):
    return _gradient(dy, w[:, :, ::-1], x_shape, stride, padding)


def transposes_the_taps(dy, w, x_shape, stride=1, padding=0):
    return _gradient(dy, w.swapaxes(2, 3), x_shape, stride, padding)


def ignores_stride(dy, w, x_shape, stride=1, padding=0):
    return _gradient(dy, w, x_shape, 1, padding)


def stride_on_the_taps(dy, w, x_shape, stride=1, padding=0):
    (N, C, H, W), (P, Q) = x_shape, dy.shape[2:]
    room = 99, 99
    dx = np.zeros((N, C, *room))
    for r, s in np.ndindex(w.shape[2:]):
        part = np.einsum("nkpq,kc->ncpq", dy, w[:, :, r, s])
        dx[:, :, r * stride : r * stride + P, s * stride : s * stride + Q] += part
    return dx[:, :, padding : padding + H, padding : padding + W]


def first_filter_only(dy, w, x_shape, stride=1, padding=0):
    return _gradient(dy[:, :1], w[:1], x_shape, stride, padding)


def averages_over_the_filters(dy, w, x_shape, stride=1, padding=0):
    return _gradient(dy, w, x_shape, stride, padding) / len(w)


def averages_over_the_images(dy, w, x_shape, stride=1, padding=0):
    return _gradient(dy, w, x_shape, stride, padding) / x_shape[0]


def all_channels_alike(dy, w, x_shape, stride=1, padding=0):
    mean = np.repeat(w.sum(1, keepdims=True), w.shape[1], 1)
    return _gradient(dy, mean, x_shape, stride, padding)


def all_images_alike(dy, w, x_shape, stride=1, padding=0):
    total = np.repeat(dy.sum(0, keepdims=True), len(dy), 0)
    return _gradient(total, w, x_shape, stride, padding)


def convolves_forward_again(dy, w, x_shape, stride=1, padding=0):
    """The filters as they are, sliding over dy in a ring of zeros."""
    (_, _, H, W), (R, S) = x_shape, w.shape[2:]
    room = np.pad(dy, ((0, 0), (0, 0), (R - 1, R - 1), (S - 1, S - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(room, (R, S), (2, 3))
    dx = np.einsum("nkhwrs,kcrs->nchw", windows, w)
    return dx[:, :, padding : padding + H, padding : padding + W]


def size_from_the_shapes(dy, w, x_shape, stride=1, padding=0):
    """Leaves out the pixels that no window reached."""
    sides = zip(dy.shape[2:], w.shape[2:], strict=True)
    H, W = ((p - 1) * stride + k - 2 * padding for p, k in sides)
    return _gradient(dy, w, (*x_shape[:2], H, W), stride, padding)


def without_the_gradient(dy, w, x_shape, stride=1, padding=0):
    return _gradient(np.ones(dy.shape), w, x_shape, stride, padding)


def opposite_sign(dy, w, x_shape, stride=1, padding=0):
    return -_gradient(dy, w, x_shape, stride, padding)


def type_of_the_gradient(dy, w, x_shape, stride=1, padding=0):
    return _gradient(dy, w, x_shape, stride, padding).astype(dy.dtype)


def in_float32(dy, w, x_shape, stride=1, padding=0):
    return _gradient(dy, w, x_shape, stride, padding).astype(np.float32)


def the_example(dy, w, x_shape, stride=1, padding=0):
    return np.array([[[[20, 32, 3]]]])
