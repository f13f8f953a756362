"""Convolution of one-channel images: windows, filters and a drawer of kernels.

Letters: an image is (H, W), a kernel (R, S), an output (P, Q).
"""

from types import MappingProxyType

import numpy as np

KERNELS = MappingProxyType(
    {
        "identity": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "box blur": np.full((3, 3), 1 / 9),
        "gaussian blur": np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
        "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        "edges": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
        "sobel x": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        "sobel y": np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
        "emboss": np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    }
)


def output_size(n, k, stride=1, padding=0, dilation=1):
    """Count the places at which a kernel fits along one axis.

    Args:
        n: length of the input.
        k: length of the kernel.
        stride: steps between places.
        padding: zeros added at each end.
        dilation: steps between the kernel's taps.

    Returns:
        floor((n + 2 padding - span) / stride) + 1, where span = dilation (k - 1) + 1.

    Raises:
        ValueError: if a number is out of range or the kernel does not fit.

    Source: the shape formula in the documentation of torch.nn.Conv2d.

    >>> output_size(256, 16)
    241
    >>> output_size(7, 3, stride=2, padding=1)
    4
    """
    _check_whole(1, n=n, k=k, stride=stride, dilation=dilation)
    _check_whole(0, padding=padding)
    span = dilation * (k - 1) + 1
    if span > n + 2 * padding:
        raise ValueError(
            f"a kernel of {k} taps with dilation {dilation} spans {span}, but the input of {n} "
            f"with padding {padding} has {n + 2 * padding}: pad more or use a smaller kernel"
        )
    return (n + 2 * padding - span) // stride + 1


def patches(image, size, stride=1, dilation=1):
    """View an image as the patches that a kernel of the given size will meet.

    Args:
        image: array (H, W).
        size: (R, S) of the kernel.
        stride: steps between patches.
        dilation: steps between the pixels of a patch.

    Returns:
        read-only view (P, Q, R, S): [p, q] is the patch behind output pixel (p, q).

    >>> patches(np.arange(12).reshape(3, 4), (2, 2))[1, 2]
    array([[ 6,  7],
           [10, 11]])
    """
    image = _image(image, "image")
    for n, k in zip(image.shape, size, strict=True):
        output_size(n, k, stride, 0, dilation)
    span = [dilation * (k - 1) + 1 for k in size]
    windows = np.lib.stride_tricks.sliding_window_view(image, span)
    return windows[::stride, ::stride, ::dilation, ::dilation]


def filter2d(image, kernel, stride=1, padding=0, dilation=1):
    """Slide a kernel over an image: multiply each patch by it and add up.

    This is what deep-learning libraries call convolution. The kernel is not flipped, so
    mathematicians call it cross-correlation.

    Args:
        image: array (H, W).
        kernel: array (R, S).
        stride: steps between windows.
        padding: rings of zeros laid around the image.
        dilation: steps between the pixels that the taps meet.

    Returns:
        array (P, Q); `output_size` gives P from H, R and Q from W, S.

    Raises:
        ValueError: if an array is not two-dimensional or the kernel does not fit.

    >>> filter2d(np.eye(3), [[1, 1], [1, 1]])
    array([[2., 1.],
           [1., 2.]])
    """
    image, kernel = _image(image, "image"), _image(kernel, "kernel")
    _check_whole(0, padding=padding)
    windows = patches(np.pad(image, padding), kernel.shape, stride, dilation)
    return np.einsum("pqrs,rs->pq", windows, kernel)


def convolve2d(image, kernel):
    """Convolve an image with a kernel, as mathematics defines it: flipped, and everywhere.

    Args:
        image: array (H, W).
        kernel: array (R, S).

    Returns:
        array (H + R - 1, W + S - 1): the full convolution.

    >>> convolve2d([[1]], [[1, 2], [3, 4]])           # one bright pixel shows the kernel itself
    array([[1, 2],
           [3, 4]])
    """
    image, kernel = _image(image, "image"), _image(kernel, "kernel")
    (H, W), (R, S) = image.shape, kernel.shape
    out = np.zeros((H + R - 1, W + S - 1), np.result_type(image, kernel))
    for r, s in np.ndindex(R, S):
        out[r : r + H, s : s + W] += kernel[r, s] * image
    return out


def separate(kernel, rtol=1e-9):
    """Split a kernel into a column and a row whose outer product it is.

    Args:
        kernel: array (R, S).
        rtol: how large the second singular value may be, beside the first.

    Returns:
        (column (R,), row (S,)), or None where the kernel's rank is not 1.

    >>> column, row = separate([[1, 2, 1], [2, 4, 2]])
    >>> np.outer(column, row).round(9) + 0.0
    array([[1., 2., 1.],
           [2., 4., 2.]])
    >>> separate(np.eye(2)) is None
    True
    """
    u, size, v = np.linalg.svd(_image(kernel, "kernel"), full_matrices=False)
    if np.count_nonzero(size > rtol * size[0]) != 1:
        return None
    scale = np.sqrt(size[0])
    return u[:, 0] * scale, v[0] * scale


def _image(x, name):
    x = np.asarray(x)
    if x.ndim != 2 or x.size == 0:
        raise ValueError(f"{name} has shape {x.shape}: give a two-dimensional array, not empty")
    return x


def _check_whole(least, **numbers):
    for name, value in numbers.items():
        if not isinstance(value, int | np.integer) or value < least:
            raise ValueError(f"{name}={value!r}: give a whole number, {least} or more")
