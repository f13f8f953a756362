"""Sheet 02, exercise 9: right ones are called right_*, all others must be rejected."""

import numpy as np

_G = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
_B = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
_A = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])


def _tiles(x, fill=0):
    """Tiles (T, 4), the row lengthened as far as the last one needs."""
    padded = np.append(x, fill) if len(x) % 2 else x
    return np.lib.stride_tricks.sliding_window_view(padded, 4)[::2]


def _row(x, w, B=_B, G=_G, A=_A):
    return (((_tiles(x) @ B.T) * (G @ w)) @ A.T).ravel()[: len(x) - 2]


def right_matrices(x, w):
    v = _G @ w
    return np.concatenate([_A @ (v * (_B @ d)) for d in _tiles(x)])[: len(x) - 2]


def right_loop(x, w):
    v, y = _G @ w, np.zeros(len(x) + len(x) % 2 - 2)
    padded = np.zeros(len(x) + 1, dtype=x.dtype)
    padded[: len(x)] = x
    for i in range(0, len(x) - 2, 2):
        d0, d1, d2, d3 = padded[i : i + 4]
        m = (d0 - d2) * v[0], (d1 + d2) * v[1], (d2 - d1) * v[2], (d1 - d3) * v[3]
        y[i], y[i + 1] = m[0] + m[1] + m[2], m[1] - m[2] - m[3]
    return y[: len(x) - 2]


def right_slices(x, w):
    count = len(x) - 2
    x = np.pad(x, (0, count % 2))
    d0, d1, d2, d3 = x[0:-3:2], x[1:-2:2], x[2:-1:2], x[3::2]
    half = w[1] / 2
    outer = (w[0] + w[2]) / 2
    m1, m2 = (d1 + d2) * (outer + half), (d2 - d1) * (outer - half)
    y = np.empty(len(x) - 2, dtype=m1.dtype)
    y[0::2] = (d0 - d2) * w[0] + m1 + m2
    y[1::2] = m1 - m2 - (d1 - d3) * w[2]
    return y[:count].astype(float)


def right_last_output_by_itself(x, w):
    """Tiles as far as they go; an odd output is three products more."""
    v, y = _G @ w, []
    for i in range(0, len(x) - 3, 2):
        y += list(_A @ (v * (_B @ x[i : i + 4])))
    if len(x) % 2:
        y.append(x[-3] * w[0] + x[-2] * w[1] + x[-1] * w[2])
    return np.array(y)


def right_last_tile_overlaps(x, w):
    """The last tile of an odd row begins one pixel earlier, so that it needs no zero."""
    if len(x) == 3:
        return np.array([x @ w])
    v, y = _G @ w, np.zeros(len(x) - 2)
    for i in range(0, len(x) - 2, 2):
        i = min(i, len(x) - 4)
        y[i : i + 2] = _A @ (v * (_B @ x[i : i + 4]))
    return y


def forgets_to_return(x, w):
    _row(x, w)


def by_definition(x, w):
    return np.correlate(x, w, "valid")


def by_definition_in_a_loop(x, w):
    y = np.zeros(len(x) - 2)
    for i in range(len(y)):
        y[i] = x[i] * w[0] + x[i + 1] * w[1] + x[i + 2] * w[2]
    return y


def by_windows(x, w):
    return np.lib.stride_tricks.sliding_window_view(x, 3) @ w


def by_shifts(x, w):
    return sum(w[i] * x[i : i + len(x) - 2] for i in range(3))


def a_tile_for_each_output(x, w):
    """Right, but tiles overlap by three: four products for one output."""
    padded = np.append(x, 0)
    v = _G @ w
    return np.array([(_A @ (v * (_B @ padded[i : i + 4])))[0] for i in range(len(x) - 2)])


def two_products_of_a_difference(x, w):
    """(d0 - d2) v0 multiplied out: fewer brackets, more products."""
    v = _G @ w
    d0, d1, d2, d3 = _tiles(x).T
    m0, m1 = d0 * v[0] - d2 * v[0], d1 * v[1] + d2 * v[1]
    m2, m3 = d2 * v[2] - d1 * v[2], d1 * v[3] - d3 * v[3]
    return np.column_stack([m0 + m1 + m2, m1 - m2 - m3]).ravel()[: len(x) - 2]


def drops_the_odd_output(x, w):
    tiles = np.lib.stride_tricks.sliding_window_view(np.append(x, 0), 4)[: len(x) - 3 : 2]
    return (((tiles @ _B.T) * (_G @ w)) @ _A.T).ravel()


def keeps_the_extra_output(x, w):
    return (((_tiles(x) @ _B.T) * (_G @ w)) @ _A.T).ravel()


def even_rows_only(x, w):
    tiles = np.lib.stride_tricks.sliding_window_view(x, 4)[::2]
    return (((tiles @ _B.T) * (_G @ w)) @ _A.T).ravel()


def zero_in_front(x, w):
    padded = np.append(0, x) if len(x) % 2 else x
    tiles = np.lib.stride_tricks.sliding_window_view(padded, 4)[::2]
    return (((tiles @ _B.T) * (_G @ w)) @ _A.T).ravel()[: len(x) - 2]


def tiles_do_not_overlap(x, w):
    padded = np.append(x, np.zeros(-len(x) % 4, x.dtype)).reshape(-1, 4)
    return (((padded @ _B.T) * (_G @ w)) @ _A.T).ravel()[: len(x) - 2]


def all_first_outputs_first(x, w):
    m = (_tiles(x) @ _B.T) * (_G @ w)
    return (_A @ m.T).ravel()[: len(x) - 2]


def flips(x, w):
    return _row(x, w[::-1])


def halves_missing(x, w):
    return _row(x, w, G=_G * [[1], [2], [2], [1]])


def sign_in_the_tile(x, w):
    return _row(x, w, B=abs(_B))


def sign_of_the_last_pixel(x, w):
    B = _B.copy()
    B[3] *= -1
    return _row(x, w, B=B)


def sign_in_the_outputs(x, w):
    A = _A.copy()
    A[1, 3] = 1
    return _row(x, w, A=A)


def sum_of_all_products(x, w):
    return _row(x, w, A=np.array([[1, 1, 1, 1], [0, 1, -1, -1]]))


def transposed_transform(x, w):
    return _row(x, w, B=_B.T)


def type_of_the_pixels(x, w):
    return _row(x, w).astype(x.dtype)


def in_float32(x, w):
    return _row(x.astype(np.float32), w.astype(np.float32), _B.astype("f"), _G.astype("f"))


def a_row_of_tiles(x, w):
    return ((_tiles(x) @ _B.T) * (_G @ w)) @ _A.T


def single_tile(x, w):
    return _A @ ((_B @ np.append(x, 0)[:4]) * (_G @ w))[: len(x) - 2]


def padded_as_same(x, w):
    return np.correlate(x, w, "same")
