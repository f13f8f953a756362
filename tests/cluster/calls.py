"""Rank programs that call collectives; apart from the tests, so that processes load little."""

import numpy as np
import torch

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.arrays import cut


def drawn(rank, shape, dtype):
    """A rank's array: whole numbers from 0 to 3, other ones in every rank."""
    values = np.random.default_rng([rank, *shape]).integers(0, 4, shape)
    if dtype.startswith("torch."):
        return torch.from_numpy(values).to(getattr(torch, dtype.removeprefix("torch.")))
    return values.astype(dtype)


def numbers(array):
    """Plain whole numbers of a NumPy array or torch tensor."""
    array = array.to(torch.float64).numpy() if isinstance(array, torch.Tensor) else array
    return array.real.astype(int)


def call(world, collective, shape, dtype, options):
    """One collective in one rank: what it returned, whether dtype and library stayed."""
    array = drawn(world.rank, shape, dtype)
    if collective is all_gather:
        result = all_gather(world, cut(array, world.size)[world.rank], len(array))
    else:
        result = collective(world, array, **options)
    return numbers(result).tolist(), (type(result), result.dtype) == (type(array), array.dtype)


def several(world, drawn):
    return [call(world, *case) for case in drawn]


def long_sum(world, n, piece=None, **options):
    """Bytes of a piece, and whether an all-reduce of n numbers that is cut so is right."""
    world.piece = piece or world.piece
    array = all_reduce(world, torch.arange(n, dtype=torch.float64), **options)
    return world.piece, bool((array == world.size * torch.arange(n)).all())
