"""Sheet 02, exercise 5: right ones are called right_*, all others must be rejected."""

import numpy as np


def _pool(dy, x, size, stride, pick=np.argmax, add=True, dtype=float):
    dx = np.zeros(x.shape, dtype)
    for p, q in np.ndindex(dy.shape):
        top, left = p * stride, q * stride
        window = x[top : top + size, left : left + size]
        r, s = np.unravel_index(pick(window), window.shape)
        dx[top + r, left + s] = dx[top + r, left + s] * add + dy[p, q]
    return dx


def _last(window):
    return window.size - 1 - np.argmax(window.ravel()[::-1])


def _down_first(window):
    s, r = divmod(np.argmax(window.T), len(window))
    return r * window.shape[1] + s


def right_four_loops(dy, x, size, stride):
    dx = np.zeros_like(x, dtype=float)
    for p in range(dy.shape[0]):
        for q in range(dy.shape[1]):
            best = None
            for h in range(p * stride, p * stride + size):
                for w in range(q * stride, q * stride + size):
                    if best is None or x[h, w] > x[best]:
                        best = h, w
            dx[best] += dy[p, q]
    return dx


def right_windows(dy, x, size, stride):
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size))[::stride, ::stride]
    r, s = np.divmod(windows.reshape(*dy.shape, -1).argmax(-1), size)
    p, q = np.indices(dy.shape)
    dx = np.zeros(x.shape)
    np.add.at(dx, (p * stride + r, q * stride + s), dy)
    return dx


def right_tap_by_tap(dy, x, size, stride):
    P, Q = dy.shape
    dx, done = np.zeros(x.shape), np.zeros(dy.shape, bool)
    steps = slice(0, (P - 1) * stride + 1, stride), slice(0, (Q - 1) * stride + 1, stride)
    taps = list(np.ndindex(size, size))
    pixels = np.array([x[r:, s:][steps] for r, s in taps])
    for (r, s), pixel in zip(taps, pixels, strict=True):
        wins = (pixel == pixels.max(0)) & ~done
        dx[r:, s:][steps] += dy * wins
        done |= wins
    return dx


def right_argwhere(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for (p, q), gradient in np.ndenumerate(dy):
        corner = np.array([p, q]) * stride
        window = x[corner[0] : corner[0] + size, corner[1] : corner[1] + size]
        dx[tuple(corner + np.argwhere(window == window.max())[0])] += gradient
    return dx


def forgets_to_return(dy, x, size, stride):
    _pool(dy, x, size, stride)


def all_that_equal_the_maximum(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for p, q in np.ndindex(dy.shape):
        place = np.s_[p * stride : p * stride + size, q * stride : q * stride + size]
        dx[place] += dy[p, q] * (x[place] == x[place].max())
    return dx


def equals_share_the_gradient(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for p, q in np.ndindex(dy.shape):
        place = np.s_[p * stride : p * stride + size, q * stride : q * stride + size]
        wins = x[place] == x[place].max()
        dx[place] += dy[p, q] * wins / wins.sum()
    return dx


def last_of_equals(dy, x, size, stride):
    return _pool(dy, x, size, stride, _last)


def first_counted_down_the_columns(dy, x, size, stride):
    return _pool(dy, x, size, stride, _down_first)


def overwrites(dy, x, size, stride):
    return _pool(dy, x, size, stride, add=False)


def no_overlap(dy, x, size, stride):
    """As if windows always moved by their own size."""
    dx = np.zeros(x.shape)
    for p, q in np.ndindex(dy.shape):
        place = np.s_[p * size : p * size + size, q * size : q * size + size]
        if x[place].size:
            r, s = np.unravel_index(x[place].argmax(), x[place].shape)
            dx[place][r, s] += dy[p, q]
    return dx


def stride_ignored(dy, x, size, stride):
    return _pool(dy, x, size, 1)


def place_in_the_window_only(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for p, q in np.ndindex(dy.shape):
        window = x[p * stride :, q * stride :][:size, :size]
        dx[np.unravel_index(window.argmax(), window.shape)] += dy[p, q]
    return dx


def place_in_the_image_for_place_in_the_window(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for p, q in np.ndindex(dy.shape):
        window = x[p * stride :, q * stride :][:size, :size]
        dx[np.unravel_index(window.argmax(), x.shape)] += dy[p, q]
    return dx


def maximum_anywhere(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for p, q in np.ndindex(dy.shape):
        window = x[p * stride :, q * stride :][:size, :size]
        dx[tuple(np.argwhere(x == window.max())[0])] += dy[p, q]
    return dx


def average_pooling(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for p, q in np.ndindex(dy.shape):
        dx[p * stride : p * stride + size, q * stride : q * stride + size] += dy[p, q] / size**2
    return dx


def smallest_wins(dy, x, size, stride):
    return _pool(dy, x, size, stride, np.argmin)


def largest_amount_wins(dy, x, size, stride):
    return _pool(dy, np.abs(x), size, stride)


def positive_only(dy, x, size, stride):
    """Searches for a maximum from zero on, so that negative windows have none."""
    dx = np.zeros(x.shape)
    for p, q in np.ndindex(dy.shape):
        best, place = 0, None
        for h, w in np.ndindex(size, size):
            if x[p * stride + h, q * stride + w] > best:
                best, place = x[p * stride + h, q * stride + w], (p * stride + h, q * stride + w)
        if place:
            dx[place] += dy[p, q]
    return dx


def times_the_pixel(dy, x, size, stride):
    return _pool(dy, x, size, stride) * x


def type_of_the_map(dy, x, size, stride):
    return _pool(dy, x, size, stride, dtype=x.dtype)


def width_before_height(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for p, q in np.ndindex(dy.shape):
        window = x[p * stride :, q * stride :][:size, :size]
        s, r = divmod(window.argmax(), size)
        dx[p * stride + r, q * stride + s] += dy[p, q]
    return dx


def indices_without_the_gradient(dy, x, size, stride):
    return _pool(np.ones(dy.shape), x, size, stride)


def fancy_indices_that_add_once(dy, x, size, stride):
    """dx[i] += v adds only one of several v that go to the same place."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size))[::stride, ::stride]
    r, s = np.divmod(windows.reshape(*dy.shape, -1).argmax(-1), size)
    p, q = np.indices(dy.shape)
    dx = np.zeros(x.shape)
    dx[p * stride + r, q * stride + s] += dy
    return dx


def cut_to_whole_windows(dy, x, size, stride):
    (P, Q), dx = dy.shape, _pool(dy, x, size, stride)
    return dx[: (P - 1) * stride + size, : (Q - 1) * stride + size]


def spoils_the_map(dy, x, size, stride):
    dx = _pool(dy, x, size, stride)
    x[:] = 0
    return dx


def the_example(dy, x, size, stride):
    return np.array([[0, 30, 0], [0, 0, 0]])
