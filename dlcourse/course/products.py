"""Count the products that a function makes: multiplications of one unknown by another.

That is how Winograd counted: a product with a constant is none, and sums cost nothing.
Not seen: products of numbers that were copied into an array of floats before.
"""

import math

import numpy as np


class Unknown:
    """A number that notes in a log, shared with the others, when two of them are multiplied.

    >>> log = []
    >>> a, b = Unknown(3, log), Unknown(4, log)
    >>> float((a + 1) * (b / 2)), len(log)
    (8.0, 1)
    """

    def __init__(self, value, log):
        self.value, self.log = value, log

    def __float__(self):
        return float(self.value)

    def __add__(self, other):
        if isinstance(other, np.ndarray):
            return NotImplemented  # NumPy will ask again, element by element
        return Unknown(self.value + getattr(other, "value", other), self.log)

    def __mul__(self, other):
        if isinstance(other, np.ndarray):
            return NotImplemented
        if isinstance(other, Unknown):
            self.log.append((self.value, other.value))
        return Unknown(self.value * getattr(other, "value", other), self.log)

    def __truediv__(self, constant):
        return self * (1 / constant)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + other * -1

    def __rsub__(self, other):
        return self * -1 + other

    __radd__, __rmul__ = __add__, __mul__


def products(function, *arrays):
    """Count the products of two unknowns that a function makes of its arrays.

    Args:
        function: computes with +, - and *, alone or in NumPy's sums, products and windows.
        arrays: every number in them is an unknown.

    Returns:
        int.

    >>> products(np.correlate, np.arange(4), np.arange(3))
    6
    """
    log = []
    unknown = np.frompyfunc(lambda value: Unknown(value, log), 1, 1)
    function(*(unknown(array) for array in arrays))
    return len(log)


def four_products_a_tile(function, x, w):
    """Say by how much a filter of three taps exceeds what tiles of Winograd's F(2, 3) need.

    Args:
        function: filters x by w.
        x: array (L,).
        w: array (3,).

    Returns:
        A sentence, or "" if it makes no more than four products for two outputs.

    >>> four_products_a_tile(np.correlate, np.arange(5), np.arange(3))
    'It is right, but multiplies 9 times where 2 × 4 products are enough.'
    """
    tiles = math.ceil((len(x) - 2) / 2)
    try:
        count = products(function, x, w)
    except (TypeError, AttributeError) as error:
        return f"It is right, but its products cannot be counted ({error}): use +, - and * only."
    if count <= 4 * tiles:
        return ""
    return f"It is right, but multiplies {count} times where {tiles} × 4 products are enough."
