"""Behind exercise sheet 01: the plainest second method for each task, inputs, likely slips.

It stands here and not in the notebook so that a check gives nothing away. Letters are those of
the lesson: f (n,), g (k,), image (H, W), kernel (R, S), output (P, Q).
"""

from types import MappingProxyType

import numpy as np

from dlcourse.conv.fourier import circular_convolve
from dlcourse.conv.image import convolve2d, filter2d
from dlcourse.conv.signal import correlate, moving_average
from dlcourse.course.cases import cases, grids, sequences


def echo(sound, delay, gain, repeats):
    """Add up the copies of a sound, each later and weaker than the one before.

    Args:
        sound: array (n,).
        delay: samples from one copy to the next.
        gain: loudness of a copy beside the one before.
        repeats: number of copies after the sound itself.

    Returns:
        float array (n + repeats * delay,).

    >>> echo(np.array([4, 8]), delay=1, gain=0.5, repeats=2)
    array([ 4., 10.,  5.,  2.])
    """
    copies = [np.pad(sound, (r * delay, (repeats - r) * delay)) for r in range(repeats + 1)]
    return sum(gain**r * copy for r, copy in enumerate(copies)) * 1.0


def count_places(n, k, stride, padding):
    """Try every place at which a kernel of k pixels could begin on n padded pixels.

    >>> count_places(7, 3, stride=2, padding=1)
    4
    """
    padded = n + 2 * padding
    return sum(start % stride == 0 and start + k <= padded for start in range(padded))


def fits(inputs, kernel, stride, padding):
    """Say whether a kernel fits on a padded input; both are lengths, or both are arrays.

    >>> fits(3, 5, 1, 1), fits(np.ones((3, 9)), np.ones((4, 1)), 1, 0)
    (True, False)
    """
    lengths = [np.shape(x) or (x,) for x in (inputs, kernel)]
    return all(k <= n + 2 * padding for n, k in zip(*lengths, strict=True))


def split_kernel(kernel):
    """Split a kernel of rank 1, known by its singular values, by projection on its first row.

    Args:
        kernel: array (R, S), not all zeros.

    Returns:
        (column (R,), row (S,)), row being the first row that is not all zeros; or None.

    >>> split_kernel(np.array([[0, 0], [3, -3]]))
    (array([0., 1.]), array([ 3, -3]))
    """
    if np.linalg.matrix_rank(kernel) > 1:
        return None
    row = next(row for row in kernel if row.any())
    return kernel @ row / (row @ row), row


def kernels(longest, seed):
    """Draw kernels: of rank 1, the same behind zeros, with one number changed, and any.

    Args:
        longest: most rows.
        seed: the same seed draws the same kernels.

    Returns:
        list of 1-tuples, smallest first.

    >>> kernels(longest=4, seed=0)[0]
    (array([[-6]]),)
    """
    pairs = cases(sequences(longest), sequences(4), seed=seed)
    products = [np.outer(column, row).round(2) for column, row in pairs]
    behind_zeros = [np.pad(product, ((1, 0), (1, 0))) for product in products]
    changed = [_one_changed(product) for product in products]
    any_kernel = [kernel for (kernel,) in cases(grids(longest), seed=seed)]
    drawn = [kernel for kernel in products + behind_zeros + changed + any_kernel if kernel.any()]
    return [(kernel,) for kernel in sorted(drawn, key=np.size)]


def find_patch(image, patch):
    """Search every window for the smallest sum of squared differences.

    Args:
        image: array (H, W).
        patch: array (R, S), no larger.

    Returns:
        (p, q): top left corner of the best window.

    >>> find_patch(np.array([[1, 2, 9]]), np.array([[1, 2]]))
    (0, 0)
    """
    differences = _differences(image, patch)
    return min(differences, key=differences.get)


def one_is_best(image, patch):
    """Say whether a patch fits on an image at several places and one of them is the best.

    >>> one_is_best(np.array([[1, 2, 9]]), np.array([[1, 2]]))
    True
    >>> one_is_best(np.array([[1, 2, 1]]), np.array([[1]]))
    False
    """
    first, second = sorted([*_differences(image, patch).values(), np.inf, np.inf])[:2]
    return bool(first + 1e-6 < second < np.inf)


SLIPS = MappingProxyType(
    {
        "sum_of_dice": {
            "g is slid along f without being flipped": correlate,
            "a later product replaces an earlier one": lambda f, g: np.append(
                f[:-1] * g[0], f[-1] * g
            ),
        },
        "moving_average": {
            "the sum is not divided by n": lambda x, n: n * moving_average(x, n),
            "zeros are averaged in at the ends": lambda x, n: np.convolve(
                x, np.ones(n) / n, "same"
            ),
            "the ends are kept where the kernel hangs over": lambda x, n: np.convolve(
                x, np.ones(n) / n
            ),
        },
        "echo": {
            "the sound itself is left out": lambda sound, delay, gain, repeats: (
                echo(sound, delay, gain, repeats) - np.pad(sound, (0, repeats * delay))
            ),
            "every echo is as loud as the first": lambda sound, delay, gain, repeats: (
                gain * echo(sound, delay, 1, repeats)
                + (1 - gain) * np.pad(sound, (0, repeats * delay))
            ),
        },
        "output_size": {
            "padding is added at one end only": lambda n, k, s, p: (n + p - k) // s + 1,
            "the division is rounded up": lambda n, k, s, p: -((k - n - 2 * p) // s) + 1,
        },
        "flip_and_filter": {
            "the kernel is not turned by half a turn": lambda x, k: convolve2d(x, k[::-1, ::-1]),
            "the kernel is flipped top to bottom only": lambda x, k: convolve2d(x, k[:, ::-1]),
            "the kernel is flipped left to right only": lambda x, k: convolve2d(x, k[::-1]),
            "the kernel is transposed": lambda x, k: convolve2d(x, k.T),
        },
        "conv2d": {
            "the kernel is turned by half a turn": lambda x, k, s, p: filter2d(
                x, k[::-1, ::-1], s, p
            ),
            "the stride is ignored": lambda x, k, s, p: filter2d(x, k, 1, p),
            "the stride moves the window down but not right": lambda x, k, s, p: filter2d(
                x, k, 1, p
            )[::s],
        },
        "convolve_by_fft": {
            "the end wraps around, for want of zeros": lambda f, g: circular_convolve(
                *sorted([f, g], key=len, reverse=True)
            ),
            "the second spectrum is conjugated, which correlates": lambda f, g: np.roll(
                correlate(f, g), 1 - len(g)
            ),
        },
        "find_patch": {
            "the correlation alone is searched": lambda image, patch: np.argwhere(
                filter2d(image, patch) == filter2d(image, patch).max()
            )[0]
        },
    }
)


def _one_changed(kernel):
    kernel = kernel.astype(float)
    kernel[len(kernel) // 2, -1] += 1
    return kernel


def _differences(image, patch):
    """Sum of squared differences at every place where the patch fits."""
    (H, W), (R, S) = image.shape, patch.shape
    places = [(p, q) for p in range(H - R + 1) for q in range(W - S + 1)]
    return {(p, q): ((image[p : p + R, q : q + S] - patch) ** 2).sum() for p, q in places}
