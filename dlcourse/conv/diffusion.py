"""Convolution as diffusion: kernels that say where particles go."""

import numpy as np


def softmax(kernel):
    """Turn any kernel into probabilities: positive weights that add up to 1.

    Args:
        kernel: array of any shape.

    Returns:
        float array of the same shape.

    >>> softmax([[0, 0], [0, 0]])
    array([[0.25, 0.25],
           [0.25, 0.25]])
    """
    grown = np.exp(np.asarray(kernel) - np.max(kernel))  # the largest becomes 1: no overflow
    return grown / grown.sum()


def gaussian(size, sigma):
    """Sample a two-dimensional bell curve, with weights that add up to 1.

    Args:
        size: odd side length in pixels.
        sigma: standard deviation in pixels.

    Returns:
        float array (size, size).

    Raises:
        ValueError: if the size is even, since such a kernel has no centre.

    >>> gaussian(3, 1).round(3)
    array([[0.075, 0.124, 0.075],
           [0.124, 0.204, 0.124],
           [0.075, 0.124, 0.075]])
    """
    if size % 2 == 0:
        raise ValueError(f"size={size}: an even kernel has no centre; use {size + 1}")
    x = np.arange(size) - size // 2
    bell = np.exp(-(x**2) / (2 * sigma**2))
    return np.outer(bell, bell) / bell.sum() ** 2


def diffuse(field, kernel, steps):
    """Let a field spread: convolve it again and again, its edges joined like a torus.

    Args:
        field: array (H, W), for example concentrations.
        kernel: array (R, S), R and S odd; [r, s] is the share that moves by (r - R//2, s - S//2).
        steps: how many times.

    Returns:
        float array (H, W) with the field's sum, where the kernel's sum is 1.

    >>> diffuse(np.diag([0, 9, 0]), np.full((3, 3), 1 / 9), steps=1)
    array([[1., 1., 1.],
           [1., 1., 1.],
           [1., 1., 1.]])
    """
    kernel = np.asarray(kernel)
    centre = np.array(kernel.shape) // 2
    for _ in range(steps):
        field = sum(
            share * np.roll(field, np.array(move) - centre, axis=(0, 1))
            for move, share in np.ndenumerate(kernel)
        )
    return field


def wander(field, kernel, steps, rng):
    """Let whole particles walk at random, each step drawn with the kernel's probabilities.

    Args:
        field: int array (H, W): the particles in each cell.
        kernel: array (R, S), R and S odd, of probabilities; moves as in `diffuse`.
        steps: how many steps every particle takes.
        rng: a numpy.random.Generator.

    Returns:
        int array (H, W): where they are now; on average, `diffuse(field, kernel, steps)`.

    >>> wander(np.diag([0, 9, 0]), np.full((3, 3), 1 / 9), 1, np.random.default_rng(0)).sum()
    np.int64(9)
    """
    kernel = np.asarray(kernel)
    place = np.repeat(np.argwhere(np.ones_like(field)), np.ravel(field), axis=0)
    for _ in range(steps):
        move = rng.choice(kernel.size, len(place), p=kernel.ravel())
        place += np.stack(np.unravel_index(move, kernel.shape), 1) - np.array(kernel.shape) // 2
    place %= np.shape(field)
    now = np.zeros(np.shape(field), int)
    np.add.at(now, tuple(place.T), 1)
    return now
