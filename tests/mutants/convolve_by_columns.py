"""Sheet 02, exercise 3: right ones are called right_*, all others must be rejected."""

import numpy as np


def _windows(x, w, stride, padding):
    """All windows: (N, C, P, Q, R, S)."""
    edge = padding, padding
    padded = np.pad(x, ((0, 0), (0, 0), edge, edge))
    view = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], (2, 3))
    return view[:, :, ::stride, ::stride]


def _columns(x, w, stride, padding):
    """(N, C R S, P Q)."""
    windows = _windows(x, w, stride, padding)
    N, C, P, Q, R, S = windows.shape
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(N, C * R * S, P * Q), (P, Q)


def _convolve(x, w, stride, padding):
    columns, size = _columns(x, w, stride, padding)
    return (w.reshape(len(w), -1) @ columns).reshape(len(x), len(w), *size)


def right_all_images_at_once(x, w, stride=1, padding=0):
    windows = _windows(x, w, stride, padding)
    N, _, P, Q = windows.shape[:4]
    columns = windows.transpose(1, 4, 5, 0, 2, 3).reshape(-1, N * P * Q)
    return (w.reshape(len(w), -1) @ columns).reshape(-1, N, P, Q).swapaxes(0, 1)


def right_windows_as_rows(x, w, stride=1, padding=0):
    windows = _windows(x, w, stride, padding).transpose(0, 2, 3, 1, 4, 5)
    N, P, Q = windows.shape[:3]
    rows = windows.reshape(N * P * Q, -1)
    return (rows @ w.reshape(len(w), -1).T).reshape(N, P, Q, -1).transpose(0, 3, 1, 2)


def right_einsum(x, w, stride=1, padding=0):
    return np.einsum("ncpqrs,kcrs->nkpq", _windows(x, w, stride, padding), w)


def right_tap_by_tap(x, w, stride=1, padding=0):
    edge = padding, padding
    padded = np.pad(x, ((0, 0), (0, 0), edge, edge))
    P, Q = (n - k + 1 for n, k in zip(padded.shape[2:], w.shape[2:], strict=True))
    met = [padded[:, :, r : r + P, s : s + Q] for r, s in np.ndindex(w.shape[2:])]
    columns = np.stack([m[:, :, ::stride, ::stride] for m in met], axis=2)  # (N, C, R S, P, Q)
    return np.tensordot(w.reshape(*w.shape[:2], -1), columns, ([1, 2], [1, 2])).swapaxes(0, 1)


def right_seven_loops(x, w, stride=1, padding=0):
    (N, _, H, W), (K, _, R, S) = x.shape, w.shape
    P, Q = (H + 2 * padding - R) // stride + 1, (W + 2 * padding - S) // stride + 1
    y = np.zeros((N, K, P, Q))
    for n, k, p, q in np.ndindex(y.shape):
        for c, r, s in np.ndindex(w.shape[1:]):
            i, j = p * stride + r - padding, q * stride + s - padding
            if 0 <= i < H and 0 <= j < W:
                y[n, k, p, q] += x[n, c, i, j] * w[k, c, r, s]
    return y


def forgets_to_return(x, w, stride=1, padding=0):
    _convolve(x, w, stride, padding)


def ignores_stride(x, w, stride=1, padding=0):
    return _convolve(x, w, 1, padding)


def ignores_padding(x, w, stride=1, padding=0):
    return _convolve(x, w, stride, 0)


def pads_images_and_channels_too(x, w, stride=1, padding=0):
    return _convolve(np.pad(x, padding)[: len(x), : x.shape[1]], w, stride, 0)


def pads_one_end(x, w, stride=1, padding=0):
    return _convolve(np.pad(x, ((0, 0), (0, 0), (padding, 0), (padding, 0))), w, stride, 0)


def pads_with_the_edge(x, w, stride=1, padding=0):
    edge = padding, padding
    return _convolve(np.pad(x, ((0, 0), (0, 0), edge, edge), mode="edge"), w, stride, 0)


def flips(x, w, stride=1, padding=0):
    return _convolve(x, w[:, :, ::-1, ::-1], stride, padding)


def flips_all_axes_but_the_first(x, w, stride=1, padding=0):
    return _convolve(x, w[:, ::-1, ::-1, ::-1], stride, padding)


def transposes_the_filters(x, w, stride=1, padding=0):
    columns, (P, Q) = _columns(x, w, stride, padding)
    rows = w.swapaxes(2, 3).reshape(len(w), -1)
    return (rows @ columns).reshape(len(x), len(w), P, Q)


def channels_last_in_the_columns(x, w, stride=1, padding=0):
    windows = _windows(x, w, stride, padding)
    N, C, P, Q, R, S = windows.shape
    columns = windows.transpose(0, 4, 5, 1, 2, 3).reshape(N, C * R * S, P * Q)
    return (w.reshape(len(w), -1) @ columns).reshape(N, len(w), P, Q)


def reshapes_windows_without_moving_axes(x, w, stride=1, padding=0):
    windows = _windows(x, w, stride, padding)
    N, C, P, Q, R, S = windows.shape
    columns = windows.reshape(N, C * R * S, P * Q)
    return (w.reshape(len(w), -1) @ columns).reshape(N, len(w), P, Q)


def reshapes_the_product_without_moving_axes(x, w, stride=1, padding=0):
    columns, (P, Q) = _columns(x, w, stride, padding)
    product = w.reshape(len(w), -1) @ np.concatenate(list(columns), axis=1)
    return product.reshape(len(x), len(w), P, Q)


def leaves_filters_before_images(x, w, stride=1, padding=0):
    return _convolve(x, w, stride, padding).swapaxes(0, 1)


def width_before_height(x, w, stride=1, padding=0):
    columns, (P, Q) = _columns(x, w, stride, padding)
    return (w.reshape(len(w), -1) @ columns).reshape(len(x), len(w), Q, P)


def first_image_only(x, w, stride=1, padding=0):
    return _convolve(x[:1], w, stride, padding)


def first_channel_only(x, w, stride=1, padding=0):
    return _convolve(x[:, :1], w[:, :1], stride, padding)


def averages_the_channels(x, w, stride=1, padding=0):
    return _convolve(x, w, stride, padding) / x.shape[1]


def all_images_like_the_last(x, w, stride=1, padding=0):
    return np.repeat(_convolve(x[-1:], w, stride, padding), len(x), 0)


def as_many_decimals_as_the_images(x, w, stride=1, padding=0):
    return _convolve(x, w, stride, padding).astype(x.dtype)


def in_float32(x, w, stride=1, padding=0):
    return _convolve(x.astype(np.float32), w.astype(np.float32), stride, padding)


def still_a_matrix(x, w, stride=1, padding=0):
    columns, _ = _columns(x, w, stride, padding)
    return w.reshape(len(w), -1) @ columns


def squares_only(x, w, stride=1, padding=0):
    columns, (P, _) = _columns(x, w, stride, padding)
    return (w.reshape(len(w), -1) @ columns).reshape(len(x), len(w), P, P)


def leaves_out_the_last_row(x, w, stride=1, padding=0):
    y = _convolve(x, w, stride, padding)
    y[:, :, -1] = 0
    return y


def the_example(x, w, stride=1, padding=0):
    return np.array([[[[-4, -4]]]])
