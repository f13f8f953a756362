"""Sheet 08, exercise 7, wrong and right: right ones are called right_*, the rest is wrong."""

from dlcourse.parallel.codebooks import codebook


def _read(
    code, root=0.45, middle=0.5, base=10.0, zeros=0, special=(0.0, 1.0), bottom=0.1, signs=(1, -1)
):
    """A byte, with everything that can be wrong about reading it as a parameter."""
    sign, magnitude = signs[code >> 7], code & 127
    if magnitude < 2:
        return sign * special[magnitude]
    k = magnitude.bit_length() - 1
    half, cell = magnitude >> (k - 1) & 1, magnitude & (1 << (k - 1)) - 1
    low, high = (root, 1.0) if half else (bottom, root)
    number = low + (high - low) * (cell + middle) / (1 << (k - 1))
    return sign * base ** -(6 - k + zeros) * number


def right_by_shifting(code):
    return _read(code)


def right_halving(code):
    """Bisection: the first cut at 0.45, all others in the middle."""
    bits = f"{code:08b}"
    if int(bits[1:], 2) < 2:
        number = float(bits[-1])
    else:
        zeros, low, high, cut = bits[1:].index("1"), 0.1, 1.0, 0.45
        for bit in bits[zeros + 2 :]:
            low, high = (cut, high) if bit == "1" else (low, cut)
            cut = (low + high) / 2
        number = cut / 10**zeros
    return -number if bits[0] == "1" else number


def right_by_table(code):
    return float(codebook("dynamic").values[code])


def right_stripping_zeros(code):
    sign = -1 if code > 127 else 1
    bits = bin(code % 128)[2:]
    if len(bits) == 1:
        return sign * int(bits)
    cells = 2 ** (len(bits) - 2)
    start, width = (0.1, 0.35) if bits[1] == "0" else (0.45, 0.55)
    return sign * (start + width / cells * (int(bits[1:], 2) % cells + 0.5)) / 10 ** (7 - len(bits))


def forgets_to_return(code):
    _read(code)


def no_sign(code):
    return _read(code, signs=(1, 1))


def one_is_positive(code):
    return _read(code, signs=(-1, 1))


def twos_complement(code):
    return -_read(256 - code) if code > 128 else _read(code % 128)


def root_in_the_middle(code):
    return _read(code, root=0.55)


def equal_cells_from_nought(code):
    return _read(code, root=0.5, bottom=0.0)


def lower_end(code):
    return _read(code, middle=0.0)


def upper_end(code):
    return _read(code, middle=1.0)


def one_zero_too_many(code):
    return _read(code, zeros=1)


def counts_the_sign_bit(code):
    return _read(code, zeros=int(code < 128))


def powers_of_two(code):
    return _read(code, base=2.0)


def large_numbers(code):
    return _read(code, base=0.1)


def one_is_small(code):
    return _read(code, special=(0.0, 1e-6))


def nought_is_small(code):
    return _read(code, special=(1e-7, 1.0))


def special_without_sign(code):
    return abs(_read(code)) if code & 127 < 2 else _read(code)


def one_is_nought(code):
    return _read(code, special=(0.0, 0.0))


def halves_swapped(code):
    magnitude = code & 127
    if magnitude < 2:
        return _read(code)
    return _read(code ^ 1 << magnitude.bit_length() - 2)


def bits_from_the_right(code):
    if code & 127 < 2:
        return _read(code)
    bits = f"{code:08b}"
    one = bits.index("1", 1)
    return _read(int(bits[: one + 1] + bits[:one:-1], 2))


def whole_byte_from_the_right(code):
    return _read(int(f"{code:08b}"[::-1], 2))


def cells_never_halved(code):
    """Of every decade as many cells as of the first."""
    sign, magnitude = (1, -1)[code >> 7], code & 127
    if magnitude < 2:
        return _read(code)
    k = magnitude.bit_length() - 1
    low, high = (0.45, 1.0) if magnitude >> (k - 1) & 1 else (0.1, 0.45)
    cell = magnitude & (1 << (k - 1)) - 1
    return sign * 10.0 ** -(6 - k) * (low + (high - low) * (cell + 0.5) / 32)


def one_too_many_cells(code):
    sign, magnitude = (1, -1)[code >> 7], code & 127
    if magnitude < 2:
        return _read(code)
    k = magnitude.bit_length() - 1
    low, high = (0.45, 1.0) if magnitude >> (k - 1) & 1 else (0.1, 0.45)
    cell = magnitude & (1 << (k - 1)) - 1
    return sign * 10.0 ** -(6 - k) * (low + (high - low) * (cell + 0.5) / (1 << k))


def flag_is_a_cell_bit(code):
    """Takes the one itself for the bit that chooses the half."""
    sign, magnitude = (1, -1)[code >> 7], code & 127
    if magnitude < 2:
        return _read(code)
    k = magnitude.bit_length() - 1
    return sign * 10.0 ** -(6 - k) * (0.45 + 0.55 * (magnitude - (1 << k) + 0.5) / (1 << k))


def linear(code):
    return float(codebook("linear").values[code])


def static(code):
    return float(codebook("static").values[code])
