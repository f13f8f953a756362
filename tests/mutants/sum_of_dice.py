"""Exercise 1, wrong and right: right ones are called right_*, all others must be rejected."""

import numpy as np


def right_by_numpy(f, g):
    return np.convolve(f, g)


def right_two_loops(f, g):
    out = np.zeros(len(f) + len(g) - 1)
    for i in range(len(f)):
        for j in range(len(g)):
            out[i + j] += f[i] * g[j]
    return out


def right_antidiagonals(f, g):
    products = np.outer(f, g)[::-1]
    return np.array([np.trace(products, s) for s in range(1 - len(f), len(g))])


def right_pull(f, g):
    """Each output fetches what it needs."""
    sums = []
    for s in range(len(f) + len(g) - 1):
        pairs = [(i, s - i) for i in range(len(f)) if 0 <= s - i < len(g)]
        sums.append(sum(f[i] * g[j] for i, j in pairs))
    return np.array(sums)


def right_polynomials(f, g):
    out = np.polynomial.polynomial.polymul(f, g)
    return np.pad(out, (0, len(f) + len(g) - 1 - len(out)))


def forgets_to_return(f, g):
    np.convolve(f, g)


def does_not_flip(f, g):
    return np.convolve(f, g[::-1])


def flips_both(f, g):
    return np.convolve(f[::-1], g[::-1])


def drops_the_last_sum(f, g):
    return np.convolve(f, g)[:-1]


def starts_at_sum_one(f, g):
    return np.convolve(f, g)[1:]


def one_sum_too_many(f, g):
    return np.append(np.convolve(f, g), 0)


def mode_same(f, g):
    return np.convolve(f, g, mode="same")


def mode_valid(f, g):
    return np.convolve(f, g, mode="valid")


def overwrites_earlier_pairs(f, g):
    out = np.zeros(len(f) + len(g) - 1)
    for i in range(len(f)):
        for j in range(len(g)):
            out[i + j] = f[i] * g[j]
    return out


def same_length_only(f, g):
    out = np.zeros(2 * len(f) - 1)
    for i in range(len(f)):
        for j in range(len(f)):
            out[i + j] += f[i] * g[j]
    return out


def skips_the_last_face(f, g):
    out = np.zeros(len(f) + len(g) - 1)
    for i in range(len(f) - 1):
        for j in range(len(g)):
            out[i + j] += f[i] * g[j]
    return out


def whole_numbers_only(f, g):
    out = np.zeros(len(f) + len(g) - 1, int)
    for i in range(len(f)):
        for j in range(len(g)):
            out[i + j] += int(f[i] * g[j])
    return out


def as_many_decimals_as_the_first(f, g):
    return np.convolve(f, g).astype(f.dtype)


def in_float32(f, g):
    return np.convolve(f.astype(np.float32), g.astype(np.float32))


def wraps_around(f, g):
    length = max(len(f), len(g))
    return np.fft.ifft(np.fft.fft(f, length) * np.fft.fft(g, length)).real


def adds_up_to_one(f, g):
    out = np.convolve(f, g)
    return out / out.sum()


def a_list(f, g):
    return list(np.convolve(f, g))


def throws_the_first_die_twice(f, g):
    return np.convolve(f, f)


def adds_the_dice(f, g):
    length = max(len(f), len(g))
    return np.pad(f, (0, length - len(f))) + np.pad(g, (0, length - len(g)))


def the_example(f, g):
    return np.array([0.1, 0.5, 0.4])


def small_dice_only(f, g):
    out = np.zeros(len(f) + len(g) - 1)
    for i in range(min(len(f), 3)):
        out[i : i + len(g)] += f[i] * g
    return out


def spoils_its_input(f, g):
    out = np.convolve(f, g)
    f *= 0
    return out


def complex_numbers(f, g):
    length = len(f) + len(g) - 1
    return np.fft.ifft(np.fft.fft(f, length) * np.fft.fft(g, length))
