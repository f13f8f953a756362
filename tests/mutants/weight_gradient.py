"""Sheet 02, exercise 6: right ones are called right_*, all others must be rejected."""

import numpy as np


def _padded(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def _windows(padded, w_shape, stride, dy):
    """All windows: (N, C, P, Q, R, S)."""
    view = np.lib.stride_tricks.sliding_window_view(padded, w_shape[2:], (2, 3))
    return view[:, :, ::stride, ::stride][:, :, : dy.shape[2], : dy.shape[3]]


def _gradient(dy, x, w_shape, stride, padding):
    windows = _windows(_padded(x, padding), w_shape, stride, dy)
    return np.einsum("nkpq,ncpqrs->kcrs", dy, windows)


def right_loops_over_the_output(dy, x, w_shape, stride=1, padding=0):
    padded, dw, (R, S) = _padded(x, padding), np.zeros(w_shape), w_shape[2:]
    for n, k, p, q in np.ndindex(dy.shape):
        window = padded[n, :, p * stride : p * stride + R, q * stride : q * stride + S]
        dw[k] += dy[n, k, p, q] * window
    return dw


def right_loops_over_the_weights(dy, x, w_shape, stride=1, padding=0):
    padded, dw, (P, Q) = _padded(x, padding), np.zeros(w_shape), dy.shape[2:]
    for k, c, r, s in np.ndindex(*w_shape):
        met = padded[:, c, r::stride, s::stride][:, :P, :Q]
        dw[k, c, r, s] = (dy[:, k] * met).sum()
    return dw


def right_matrix_product(dy, x, w_shape, stride=1, padding=0):
    windows = _windows(_padded(x, padding), w_shape, stride, dy)
    columns = windows.transpose(0, 2, 3, 1, 4, 5).reshape(
        -1, np.prod(w_shape[1:])
    )  # (N P Q, C R S)
    rows = dy.swapaxes(0, 1).reshape(dy.shape[1], -1)
    return (rows @ columns).reshape(w_shape)


def right_dilated_correlation(dy, x, w_shape, stride=1, padding=0):
    """dy, its pixels `stride` apart, slides over the images."""
    (N, K, P, Q), (R, S) = dy.shape, w_shape[2:]
    spread = np.zeros((N, K, (P - 1) * stride + 1, (Q - 1) * stride + 1))
    spread[:, :, ::stride, ::stride] = dy
    padded = _padded(x, padding)
    high, wide = spread.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(padded, (high, wide), (2, 3))
    return np.einsum("nkhw,ncrshw->kcrs", spread, windows[:, :, :R, :S])


def right_from_small_differences(dy, x, w_shape, stride=1, padding=0):
    """y is linear in w, so that one weight set to 1 shows its gradient."""
    dw = np.zeros(w_shape)
    windows = _windows(_padded(x, padding), w_shape, stride, dy)
    for place in np.ndindex(*w_shape):
        w = np.zeros(w_shape)
        w[place] = 1
        dw[place] = (dy * np.einsum("ncpqrs,kcrs->nkpq", windows, w)).sum()
    return dw


def forgets_to_return(dy, x, w_shape, stride=1, padding=0):
    _gradient(dy, x, w_shape, stride, padding)


def averages_over_the_images(dy, x, w_shape, stride=1, padding=0):
    return _gradient(dy, x, w_shape, stride, padding) / len(x)


def averages_over_the_output(dy, x, w_shape, stride=1, padding=0):
    return _gradient(dy, x, w_shape, stride, padding) / (dy.shape[2] * dy.shape[3])


def last_image_only(dy, x, w_shape, stride=1, padding=0):
    return _gradient(dy[-1:], x[-1:], w_shape, stride, padding)


def one_gradient_for_all_images(dy, x, w_shape, stride=1, padding=0):
    return _gradient(dy.sum(0, keepdims=True), x.sum(0, keepdims=True), w_shape, stride, padding)


def turns_the_taps(dy, x, w_shape, stride=1, padding=0):
    return _gradient(dy, x, w_shape, stride, padding)[:, :, ::-1, ::-1]


def turns_the_gradient(dy, x, w_shape, stride=1, padding=0):
    return _gradient(dy[:, :, ::-1, ::-1], x, w_shape, stride, padding)


def transposes_the_taps(dy, x, w_shape, stride=1, padding=0):
    return _gradient(dy, x, w_shape, stride, padding).swapaxes(2, 3)


def channels_before_filters(dy, x, w_shape, stride=1, padding=0):
    return _gradient(dy, x, w_shape, stride, padding).swapaxes(0, 1)


def ignores_padding(dy, x, w_shape, stride=1, padding=0):
    dw, (P, Q) = np.zeros(w_shape), dy.shape[2:]
    for r, s in np.ndindex(w_shape[2:]):
        met = x[:, :, r::stride, s::stride][:, :, :P, :Q]
        used = dy[:, :, : met.shape[2], : met.shape[3]]
        dw[:, :, r, s] = np.einsum("nkpq,ncpq->kc", used, met)
    return dw


def pads_with_the_edge(dy, x, w_shape, stride=1, padding=0):
    edge = padding, padding
    padded = np.pad(x, ((0, 0), (0, 0), edge, edge), mode="edge")
    return _gradient(dy, padded, w_shape, stride, 0)


def ignores_stride(dy, x, w_shape, stride=1, padding=0):
    return _gradient(dy, x, w_shape, 1, padding)


def stride_on_the_taps(dy, x, w_shape, stride=1, padding=0):
    padded, dw, (P, Q) = _padded(x, padding), np.zeros(w_shape), dy.shape[2:]
    for r, s in np.ndindex(w_shape[2:]):
        met = padded[:, :, r * stride : r * stride + P, s * stride : s * stride + Q]
        used = dy[:, :, : met.shape[2], : met.shape[3]]
        dw[:, :, r, s] = np.einsum("nkpq,ncpq->kc", used, met)
    return dw


def overwrites_by_image(dy, x, w_shape, stride=1, padding=0):
    for n in range(len(x)):
        dw = _gradient(dy[n : n + 1], x[n : n + 1], w_shape, stride, padding)
    return dw


def filters_mixed(dy, x, w_shape, stride=1, padding=0):
    total = _gradient(dy.sum(1, keepdims=True), x, (1, *w_shape[1:]), stride, padding)
    return np.repeat(total, w_shape[0], 0)


def channels_mixed(dy, x, w_shape, stride=1, padding=0):
    total = _gradient(dy, x.sum(1, keepdims=True), (w_shape[0], 1, *w_shape[2:]), stride, padding)
    return np.repeat(total, w_shape[1], 1)


def without_the_gradient(dy, x, w_shape, stride=1, padding=0):
    return _gradient(np.ones(dy.shape), x, w_shape, stride, padding)


def opposite_sign(dy, x, w_shape, stride=1, padding=0):
    return -_gradient(dy, x, w_shape, stride, padding)


def size_from_the_shapes(dy, x, w_shape, stride=1, padding=0):
    """Works the size of the filters out, which stride 2 does not allow."""
    sides = zip(x.shape[2:], dy.shape[2:], strict=True)
    R, S = (n + 2 * padding - (p - 1) * stride for n, p in sides)
    windows = _windows(_padded(x, padding), (0, 0, R, S), stride, dy)
    return np.einsum("nkpq,ncpqrs->kcrs", dy, windows)


def slice_one_too_short(dy, x, w_shape, stride=1, padding=0):
    padded, dw = _padded(x, padding), np.zeros(w_shape)
    high, wide = ((n - 1) * stride for n in dy.shape[2:])
    for r, s in np.ndindex(w_shape[2:]):
        met = padded[:, :, r : r + high : stride, s : s + wide : stride]
        used = dy[:, :, : met.shape[2], : met.shape[3]]
        dw[:, :, r, s] = np.einsum("nkpq,ncpq->kc", used, met)
    return dw


def type_of_the_images(dy, x, w_shape, stride=1, padding=0):
    return _gradient(dy, x, w_shape, stride, padding).astype(x.dtype)


def in_float32(dy, x, w_shape, stride=1, padding=0):
    return _gradient(dy.astype(np.float32), x.astype(np.float32), w_shape, stride, padding)


def the_example(dy, x, w_shape, stride=1, padding=0):
    return np.array([[[[12, 23]]]])
