"""What all collectives need: views and parts of arrays, NumPy's or torch's."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np


def flat(array):
    """View an array as one long row, so that writing to the row writes to the array.

    Args:
        array: NumPy array or torch tensor of any shape, contiguous.

    Returns:
        The same memory, of shape (n,).

    Raises:
        ValueError: if the array has gaps in memory.

    >>> import numpy as np
    >>> grid = np.zeros((2, 2))
    >>> flat(grid)[3] = 7
    >>> grid[1, 1]
    np.float64(7.0)
    """
    is_torch = hasattr(array, "is_contiguous")
    if not (array.is_contiguous() if is_torch else array.flags.c_contiguous):
        rule = "collectives work in place on contiguous memory: pass a copy and copy it back"
        raise ValueError(f"an array of shape {tuple(array.shape)} with gaps in memory: {rule}")
    return array.reshape(-1)


@lru_cache  # all ranks cut alike
def split(n, parts):
    """Cut n items into parts of nearly equal length, the longer ones first.

    Args:
        n: how many items.
        parts: how many parts; some are empty if n < parts.

    Returns:
        tuple of `parts` slices.

    >>> split(7, 3)
    (slice(0, 3, None), slice(3, 5, None), slice(5, 7, None))
    """
    short, longer = divmod(n, parts)
    ends = [part * short + min(part, longer) for part in range(parts + 1)]
    return tuple(map(slice, ends, ends[1:]))


def cut(array, parts):
    """View the parts of an array: along its first axis, as `split` has them.

    >>> import numpy as np
    >>> cut(np.arange(5), 2)
    [array([0, 1, 2]), array([3, 4])]
    """
    return [array[part] for part in split(len(array), parts)]


class Parts(Sequence):
    """The parts that `cut` gives, each viewed when it is asked for: a million take much room.

    >>> Parts(np.arange(5), 2)[1]
    array([3, 4])
    """

    def __init__(self, array, parts):
        self.array, self.slices = array, split(len(array), parts)

    def __len__(self):
        return len(self.slices)

    def __getitem__(self, part):
        return self.array[self.slices[part]]


def empty(like, length=None):
    """Make room for an array of the same dtype and shape, its first axis of another length.

    Args:
        like: array; a torch tensor's device is kept too.
        length: of the first axis; as that of `like` if left out.

    Returns:
        Uninitialised array.

    >>> import numpy as np
    >>> empty(np.zeros((2, 3)), 5).shape
    (5, 3)
    """
    shape = like.shape if length is None else (length, *like.shape[1:])
    if hasattr(like, "new_empty"):
        return like.new_empty(shape)
    return np.empty(shape, like.dtype)


def choose(algorithms, name, what="algorithm"):
    """Look an algorithm, or another thing, up by its name.

    Raises:
        ValueError: for an unknown name; says which there are.

    >>> choose({"ring": max}, "ring")
    <built-in function max>
    """
    if name not in algorithms:
        raise ValueError(f"{what}={name!r}: there are {', '.join(algorithms)}")
    return algorithms[name]
