"""Sheet 02, exercise 8: right ones are called right_*, all others must be rejected."""

import numpy as np

_G = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])


def right_matrix(w):
    return _G @ w


def right_by_polynomial(w):
    """The values of w0 + w1 t + w2 t^2 at 0, 1, -1 and infinity, two of them halved."""
    at = [sum(tap * t**i for i, tap in enumerate(w)) for t in (0, 1, -1)]
    return np.array([at[0], at[1] / 2, at[2] / 2, w[2]])


def right_by_equations(w):
    equations = np.array([[1, 0, 0, 0], [0, 1, -1, 0], [-1, 1, 1, 0], [0, 0, 0, 1]])
    return np.linalg.solve(equations, [w[0], w[1], w[2], w[2]])


def right_element_by_element(w):
    v = np.empty(4)
    v[0], v[3] = w[0], w[2]
    v[1] = 0.5 * (w[0] + w[1] + w[2])
    v[2] = v[1] - w[1]
    return v


def forgets_to_return(w):
    _G @ w


def halves_missing(w):
    return _G @ w * [1, 2, 2, 1]


def halves_everything(w):
    return _G @ w * [0.5, 1, 1, 0.5]


def quarters(w):
    return _G @ w * [1, 0.5, 0.5, 1]


def whole_halves(w):
    total = w.sum()
    return np.array([w[0], total // 2, (total - 2 * w[1]) // 2, w[2]])


def middle_has_the_wrong_sign_twice(w):
    return (_G @ w)[[0, 2, 1, 3]]


def middle_is_never_negative(w):
    return abs(_G) @ w


def all_in_v2_negative(w):
    return _G @ w * [1, 1, -1, 1]


def last_negative(w):
    return _G @ w * [1, 1, 1, -1]


def outer_difference(w):
    return np.array([w[0], w.sum() / 2, (w[0] - w[1] - w[2]) / 2, w[2]])


def flips_the_filter(w):
    return _G @ w[::-1]


def last_tap_missing(w):
    return np.array([w[0], (w[0] + w[1]) / 2, (w[0] - w[1]) / 2, w[1]])


def padded(w):
    return np.append(w, 0)


def thirds(w):
    return np.array([w[0], w.sum() / 3, (w.sum() - 2 * w[1]) / 3, w[2]])


def type_of_the_taps(w):
    return (_G @ w).astype(w.dtype)


def in_float32(w):
    return _G.astype(np.float32) @ w.astype(np.float32)


def a_column(w):
    return _G @ w[:, None]


def a_tuple(w):
    return tuple(_G @ w)


def transforms_as_pixels(w):
    """The transform of the pixels, applied to the taps."""
    d = np.append(w, 0)
    return np.array([d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]])


def changes_the_taps(w):
    v = _G @ w
    w[:] = 0
    return v


def the_example(w):
    return np.array([1, 3, 1, 3])
