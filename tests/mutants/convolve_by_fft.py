"""Exercise 8, wrong and right: right ones are called right_*, all others must be rejected."""

import numpy as np


def right_complex(f, g):
    length = len(f) + len(g) - 1
    return np.fft.ifft(np.fft.fft(f, length) * np.fft.fft(g, length)).real


def right_power_of_two(f, g):
    length = len(f) + len(g) - 1
    size = 2 ** int(np.ceil(np.log2(length)))
    return np.fft.irfft(np.fft.rfft(f, size) * np.fft.rfft(g, size), size)[:length]


def right_matrix_of_the_transform(f, g):
    length = len(f) + len(g) - 1
    k = np.arange(length)
    dft = np.exp(-2j * np.pi * np.outer(k, k) / length)
    product = (dft[:, : len(f)] @ f) * (dft[:, : len(g)] @ g)
    return (dft.conj() @ product).real / length


def right_unitary(f, g):
    """With the unitary transform the theorem carries a factor, here sqrt(length)."""
    length = len(f) + len(g) - 1
    F, G = (np.fft.fft(x, length, norm="ortho") for x in (f, g))
    return np.sqrt(length) * np.fft.ifft(F * G, norm="ortho").real


def _length_of(f, g):
    return len(f) + len(g) - 1


def forgets_to_return(f, g):
    right_complex(f, g)


def wraps_around(f, g):
    length = max(len(f), len(g))
    return np.fft.irfft(np.fft.rfft(f, length) * np.fft.rfft(g, length), length)


def cuts_the_longer_one(f, g):
    length = len(f)
    return np.fft.irfft(np.fft.rfft(f, length) * np.fft.rfft(g, length), length)


def one_zero_too_few(f, g):
    length = max(_length_of(f, g) - 1, 1)
    return np.fft.irfft(np.fft.rfft(f, length) * np.fft.rfft(g, length), length)


def one_zero_too_many(f, g):
    length = len(f) + len(g)
    return np.fft.irfft(np.fft.rfft(f, length) * np.fft.rfft(g, length), length)


def even_lengths_only(f, g):
    length = _length_of(f, g)
    return np.fft.irfft(np.fft.rfft(f, length) * np.fft.rfft(g, length))


def odd_lengths_only(f, g):
    length = _length_of(f, g) | 1
    return np.fft.irfft(np.fft.rfft(f, length) * np.fft.rfft(g, length), length)


def complex_numbers(f, g):
    length = _length_of(f, g)
    return np.fft.ifft(np.fft.fft(f, length) * np.fft.fft(g, length))


def magnitudes(f, g):
    length = _length_of(f, g)
    return np.abs(np.fft.ifft(np.fft.fft(f, length) * np.fft.fft(g, length)))


def rounds(f, g):
    return np.round(right_complex(f, g))


def whole_numbers(f, g):
    return np.round(right_complex(f, g)).astype(f.dtype)


def correlates(f, g):
    length = _length_of(f, g)
    return np.fft.irfft(np.fft.rfft(f, length) * np.conj(np.fft.rfft(g, length)), length)


def flips(f, g):
    return right_complex(f, g[::-1])


def transforms_forward_twice(f, g):
    length = _length_of(f, g)
    return np.fft.fft(np.fft.fft(f, length) * np.fft.fft(g, length)).real / length


def forgets_to_transform_back(f, g):
    length = _length_of(f, g)
    return (np.fft.fft(f, length) * np.fft.fft(g, length)).real


def factor_of_the_unitary_transform(f, g):
    return right_complex(f, g) * np.sqrt(2 * np.pi)


def divides_once_more(f, g):
    return right_complex(f, g) / _length_of(f, g)


def unitary_without_its_factor(f, g):
    length = _length_of(f, g)
    F, G = (np.fft.fft(x, length, norm="ortho") for x in (f, g))
    return np.fft.ifft(F * G, norm="ortho").real


def adds_spectra(f, g):
    length = _length_of(f, g)
    return np.fft.irfft(np.fft.rfft(f, length) + np.fft.rfft(g, length), length)


def pads_in_front(f, g):
    length = _length_of(f, g)
    f, g = np.pad(f, (length - len(f), 0)), np.pad(g, (length - len(g), 0))
    return np.fft.irfft(np.fft.rfft(f) * np.fft.rfft(g), length)


def in_float32(f, g):
    return right_complex(f.astype(np.float32), g.astype(np.float32)).astype(np.float32)


def size_of_the_power_of_two(f, g):
    size = 2 ** int(np.ceil(np.log2(_length_of(f, g))))
    return np.fft.irfft(np.fft.rfft(f, size) * np.fft.rfft(g, size), size)


def scales_the_callers_input(f, g):
    out = right_complex(f, g)
    g *= 2
    return out


def up_to_eight(f, g):
    return np.fft.irfft(np.fft.rfft(f, 8) * np.fft.rfft(g, 8), 8)[: _length_of(f, g)]


def the_example(f, g):
    return np.array([1, 12, 23, 30])
