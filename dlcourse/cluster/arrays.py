"""NumPy arrays and torch tensors alike: what a machine has to know of what it sends."""

import numpy as np


def check_array(array, call):
    """Refuse what is neither a NumPy array nor a torch tensor.

    Args:
        array: anything.
        call: the name of the call, for the message.

    Raises:
        TypeError: naming the type and the way out.

    >>> check_array(3.0, "send")
    Traceback (most recent call last):
        ...
    TypeError: send needs a NumPy array or a torch tensor, not float: write np.array(3.0)
    """
    if not isinstance(array, np.ndarray) and not hasattr(array, "detach"):
        kind = type(array).__name__
        raise TypeError(
            f"{call} needs a NumPy array or a torch tensor, not {kind}: write np.array({array!r})"
        )


def copy_of(array):
    """A copy that later changes of the array don't reach.

    >>> copy_of(np.arange(3))
    array([0, 1, 2])
    """
    return array.copy() if isinstance(array, np.ndarray) else array.detach().clone()


def dense(array):
    """The array itself, or a copy without gaps in memory; of a tensor, without its gradient.

    >>> row = np.arange(4)
    >>> dense(row) is row, dense(row[::-1]).flags.c_contiguous
    (True, True)
    """
    if isinstance(array, np.ndarray):
        return array if array.flags.c_contiguous else np.ascontiguousarray(array)
    array = array.detach() if array.requires_grad else array
    return array if array.is_contiguous() else array.contiguous()


def fill(buffer, array):
    """Copy an array into a buffer of the same shape, either of them NumPy's or torch's.

    >>> buffer = np.zeros(2)
    >>> fill(buffer, np.ones(2)); buffer
    array([1., 1.])
    """
    if isinstance(buffer, np.ndarray):
        buffer[...] = array if isinstance(array, np.ndarray) else array.cpu().numpy()
    else:
        import torch

        with torch.no_grad():
            buffer.copy_(torch.as_tensor(array))


def kind_of(array):
    """Shape and dtype in words, the same for NumPy and torch.

    >>> kind_of(np.zeros((2, 3), np.float32))
    'float32 of shape (2, 3)'
    """
    return f"{str(array.dtype).removeprefix('torch.')} of shape {tuple(array.shape)}"


def same_kind(one, other):
    """Whether two arrays agree in shape and dtype.

    >>> same_kind(np.zeros(3), np.zeros(3, np.float32))
    False
    """
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape
    return kind_of(one) == kind_of(other)
