"""Convolution by the Fourier transform, and filtering in the frequency domain."""

import numpy as np


def fft_convolve(f, g):
    """Convolve by multiplying spectra, padded with zeros so that nothing wraps around.

    Args:
        f: real array of any number of axes.
        g: real array with as many axes.

    Returns:
        float array: the full convolution, each axis n + k - 1 long.

    Raises:
        ValueError: if the numbers of axes differ.

    Source: the convolution theorem; NumPy's transform needs no factor of sqrt(2 pi).

    >>> fft_convolve([1, 2, 3], [1, 10]).round(9)
    array([ 1., 12., 23., 30.])
    """
    f, g = np.asarray(f), np.asarray(g)
    if f.ndim != g.ndim:
        raise ValueError(f"f has shape {f.shape}, g has {g.shape}: give as many axes to both")
    shape = [n + k - 1 for n, k in zip(f.shape, g.shape, strict=True)]
    axes = range(f.ndim)
    product = np.fft.rfftn(f, shape, axes) * np.fft.rfftn(g, shape, axes)
    return np.fft.irfftn(product, shape, axes)


def circular_convolve(f, g):
    """Convolve by multiplying unpadded spectra: what leaves at the end returns at the start.

    Args:
        f: real array (n,).
        g: real array (k,), k at most n.

    Returns:
        float array (n,).

    Raises:
        ValueError: if g is longer than f.

    >>> circular_convolve([1, 2, 3], [1, 10]).round(9)       # the 30 was added to the 1
    array([31., 12., 23.])
    """
    f, g = np.asarray(f), np.asarray(g)
    if len(g) > len(f):
        raise ValueError(f"g has {len(g)} values, f only {len(f)}: swap them or pad f")
    return np.fft.irfft(np.fft.rfft(f) * np.fft.rfft(g, len(f)), len(f))


def spectrum(image):
    """Take the log magnitude of an image's Fourier transform, low frequencies in the centre.

    Args:
        image: real array (H, W).

    Returns:
        float array (H, W): log(1 + |F|); the mean's entry stands at [H // 2, W // 2].

    >>> spectrum(np.ones((2, 2))).round(4)
    array([[0.    , 0.    ],
           [0.    , 1.6094]])
    """
    return np.log1p(np.abs(np.fft.fftshift(np.fft.fft2(image))))


def disc(shape, radius):
    """Mark the frequencies within a radius of the centre of a centred spectrum.

    Args:
        shape: (H, W).
        radius: in frequency steps; 0 keeps the mean alone.

    Returns:
        bool array (H, W).

    >>> disc((3, 3), 1).astype(int)
    array([[0, 1, 0],
           [1, 1, 1],
           [0, 1, 0]])
    """
    row, column = np.ogrid[: shape[0], : shape[1]]
    return (row - shape[0] // 2) ** 2 + (column - shape[1] // 2) ** 2 <= radius**2


def disc_filter(image, radius, keep="low"):
    """Keep an image's low (or high) frequencies: multiply its spectrum by a disc.

    Args:
        image: real array (H, W).
        radius: of the disc, in frequency steps.
        keep: "low" for what lies in the disc, "high" for the rest.

    Returns:
        float array (H, W).

    Raises:
        ValueError: if keep is neither "low" nor "high".

    >>> disc_filter([[1, 3], [5, 7]], radius=0)               # only the mean is left
    array([[4., 4.],
           [4., 4.]])
    """
    if keep not in ("low", "high"):
        raise ValueError(f'keep={keep!r}: give "low" or "high"')
    mask = disc(np.shape(image), radius) ^ (keep == "high")
    return np.fft.ifft2(np.fft.fft2(image) * np.fft.ifftshift(mask)).real


def psnr(image, other, peak=1.0):
    """Compare two images: peak signal-to-noise ratio.

    Args:
        image: array (H, W).
        other: array (H, W).
        peak: largest value a pixel can have.

    Returns:
        decibels; infinite where the images are equal.

    >>> round(float(psnr(np.zeros((2, 2)), np.full((2, 2), 0.1))), 6)
    20.0
    """
    error = np.mean((np.asarray(image, float) - other) ** 2)
    with np.errstate(divide="ignore"):
        return 10 * np.log10(peak**2 / error)
