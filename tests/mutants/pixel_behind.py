"""Sheet 02, exercise 2: right ones are called right_*, all others must be rejected."""

import numpy as np


def _across(x_shape, size, stride, padding):
    return (x_shape[2] + 2 * padding - size[1]) // stride + 1


def _down(x_shape, size, stride, padding):
    return (x_shape[1] + 2 * padding - size[0]) // stride + 1


def _pixel(row, column, x_shape, size, stride, padding, Q=None):
    Q = Q or _across(x_shape, size, stride, padding)
    c, r, s = row // (size[0] * size[1]), row // size[1] % size[0], row % size[1]
    return c, column // Q * stride + r - padding, column % Q * stride + s - padding


def right_formula(row, column, x_shape, size, stride=1, padding=0):
    R, S = size
    Q = _across(x_shape, size, stride, padding)
    h = column // Q * stride + row // S % R - padding
    return row // (R * S), h, column % Q * stride + row % S - padding


def right_unravelled(row, column, x_shape, size, stride=1, padding=0):
    out = _down(x_shape, size, stride, padding), _across(x_shape, size, stride, padding)
    c, r, s = np.unravel_index(row, (x_shape[0], *size))
    p, q = np.unravel_index(column, out)
    return c, p * stride + r - padding, q * stride + s - padding


def right_lists_of_all(row, column, x_shape, size, stride=1, padding=0):
    """Writes down where every row and every column begins."""
    C, H, W = x_shape
    taps = [(c, r, s) for c in range(C) for r in range(size[0]) for s in range(size[1])]
    tops = range(-padding, H + padding - size[0] + 1, stride)
    lefts = range(-padding, W + padding - size[1] + 1, stride)
    corners = [(top, left) for top in tops for left in lefts]
    (c, r, s), (top, left) = taps[row], corners[column]
    return c, top + r, left + s


def right_from_a_map_of_coordinates(row, column, x_shape, size, stride=1, padding=0):
    _, H, W = x_shape
    R, S = size
    h, w = np.mgrid[-padding : H + padding, -padding : W + padding]
    windows = np.lib.stride_tricks.sliding_window_view([h, w], size, (1, 2))
    windows = windows[:, ::stride, ::stride].reshape(2, -1, R * S)
    return row // (R * S), windows[0, column, row % (R * S)], windows[1, column, row % (R * S)]


def forgets_to_return(row, column, x_shape, size, stride=1, padding=0):
    _pixel(row, column, x_shape, size, stride, padding)


def forgets_the_padding(row, column, x_shape, size, stride=1, padding=0):
    c, h, w = _pixel(row, column, x_shape, size, stride, padding)
    return c, h + padding, w + padding


def output_without_padding(row, column, x_shape, size, stride=1, padding=0):
    Q = max(1, _across(x_shape, size, stride, 0))
    return _pixel(row, column, x_shape, size, stride, padding, Q)


def output_as_wide_as_the_image(row, column, x_shape, size, stride=1, padding=0):
    return _pixel(row, column, x_shape, size, stride, padding, x_shape[2])


def output_at_stride_one(row, column, x_shape, size, stride=1, padding=0):
    return _pixel(row, column, x_shape, size, stride, padding, _across(x_shape, size, 1, padding))


def counts_columns_by_height(row, column, x_shape, size, stride=1, padding=0):
    P = _down(x_shape, size, stride, padding)
    return _pixel(row, column, x_shape, size, stride, padding, P)


def output_column_by_column(row, column, x_shape, size, stride=1, padding=0):
    P, (c, r, s) = _down(x_shape, size, stride, padding), np.unravel_index(row, (99, *size))
    return c, column % P * stride + r - padding, column // P * stride + s - padding


def ignores_stride(row, column, x_shape, size, stride=1, padding=0):
    Q = _across(x_shape, size, stride, padding)
    return _pixel(row, column, x_shape, size, 1, padding, Q)


def stride_on_the_taps(row, column, x_shape, size, stride=1, padding=0):
    """A dilation in place of a stride."""
    Q = _across(x_shape, size, stride, padding)
    c, r, s = np.unravel_index(row, (x_shape[0], *size))
    return c, column // Q + r * stride - padding, column % Q + s * stride - padding


def padding_strides_too(row, column, x_shape, size, stride=1, padding=0):
    Q = _across(x_shape, size, stride, padding)
    c, r, s = np.unravel_index(row, (x_shape[0], *size))
    return c, (column // Q - padding) * stride + r, (column % Q - padding) * stride + s


def taps_by_height(row, column, x_shape, size, stride=1, padding=0):
    return _pixel(row, column, x_shape, size[::-1], stride, padding)


def taps_column_by_column(row, column, x_shape, size, stride=1, padding=0):
    c, h, w = _pixel(0, column, x_shape, size, stride, padding)
    c, tap = divmod(row, size[0] * size[1])
    return c, h + tap % size[0], w + tap // size[0]


def channels_last(row, column, x_shape, size, stride=1, padding=0):
    tap, c = divmod(row, x_shape[0])
    _, h, w = _pixel(tap, column, x_shape, size, stride, padding)
    return c, h, w


def first_channel_only(row, column, x_shape, size, stride=1, padding=0):
    R, S = size
    return (0, *_pixel(row % (R * S), column, x_shape, size, stride, padding)[1:])


def flips_the_taps(row, column, x_shape, size, stride=1, padding=0):
    R, S = size
    c, tap = divmod(row, R * S)
    return c, *_pixel(R * S - 1 - tap, column, x_shape, size, stride, padding)[1:]


def width_before_height(row, column, x_shape, size, stride=1, padding=0):
    c, h, w = _pixel(row, column, x_shape, size, stride, padding)
    return c, w, h


def transposed_matrix(row, column, x_shape, size, stride=1, padding=0):
    return _pixel(column, row, x_shape, size, stride, padding)


def none_in_the_padding(row, column, x_shape, size, stride=1, padding=0):
    c, h, w = _pixel(row, column, x_shape, size, stride, padding)
    return (c, h, w) if 0 <= h < x_shape[1] and 0 <= w < x_shape[2] else None


def stops_at_the_edge(row, column, x_shape, size, stride=1, padding=0):
    c, h, w = _pixel(row, column, x_shape, size, stride, padding)
    return c, min(max(h, 0), x_shape[1] - 1), min(max(w, 0), x_shape[2] - 1)


def number_of_the_pixel(row, column, x_shape, size, stride=1, padding=0):
    c, h, w = _pixel(row, column, x_shape, size, stride, padding)
    return (c * x_shape[1] + h) * x_shape[2] + w


def the_example(row, column, x_shape, size, stride=1, padding=0):
    return 0, 2, 0
