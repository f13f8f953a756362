"""Inputs that find mistakes: small readable numbers in awkward shapes, drawn from a seed."""

from itertools import islice

import numpy as np

TRIES = 100  # draws for each tuple that is kept


def cases(*draws, count=48, seed=0, where=lambda *arguments: True):
    """Draw argument tuples and put the smallest first.

    Args:
        draws: for each parameter a function rng -> argument, as `whole` or `grids` makes it.
        count: how many tuples.
        seed: the same seed draws the same tuples.
        where: keeps a tuple if where(*arguments) holds.

    Returns:
        list of tuples, fewest values first, then smallest values.

    Raises:
        ValueError: if `where` keeps less than one draw in a hundred.

    >>> cases(whole(1, 9), whole(0, 9), count=3)
    [(3, 0), (5, 2), (8, 6)]
    """
    rng = np.random.default_rng(seed)
    tried = (tuple(draw(rng) for draw in draws) for _ in range(TRIES * count))
    kept = list(islice((arguments for arguments in tried if where(*arguments)), count))
    if len(kept) < count:
        raise ValueError(f"where() kept {len(kept)} of {TRIES * count} draws, {count} are needed")
    return sorted(kept, key=_size)


def whole(low, high):
    """Draw a whole number from low to high, both included.

    >>> whole(1, 6)(np.random.default_rng(0))
    6
    """
    return lambda rng: int(rng.integers(low, high + 1))


def one_of(*values):
    """Draw one of the values.

    >>> one_of(0.5, 0.25)(np.random.default_rng(0))
    0.25
    """
    return lambda rng: values[rng.integers(len(values))]


def sequences(longest, shortest=1):
    """Draw an array (n,) of small numbers, n from shortest to longest.

    >>> sequences(5)(np.random.default_rng(0))
    array([ 4,  3, -1,  0, -4])
    """
    return lambda rng: _numbers(rng, rng.integers(shortest, longest + 1, 1))


def grids(tallest, widest=None, smallest=1):
    """Draw an array (H, W) of small numbers, H up to tallest and W up to widest.

    >>> grids(3, 4)(np.random.default_rng(0)).shape
    (3, 3)
    """
    most = np.array([tallest, widest or tallest])
    return lambda rng: _numbers(rng, rng.integers(smallest, most + 1))


def _numbers(rng, shape):
    """Whole numbers as integers, whole numbers as floats, or tenths: each finds its own slips."""
    values = rng.integers(-4, 10, shape)
    return (values, values.astype(float), values / 10)[rng.integers(3)]


def _size(arguments):
    """Small arrays and small settings first; then whole numbers; then small numbers."""
    arrays = [a for a in arguments if isinstance(a, np.ndarray)]
    settings = [abs(a) for a in arguments if isinstance(a, int | float)]
    values = np.concatenate([np.ravel(a) for a in [*arrays, settings]])
    fractions = not np.array_equal(values, np.round(values))
    return sum(a.size for a in arrays) + sum(settings), fractions, np.abs(values).sum()
