"""Sheet 09, exercise 1, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import all_reduce


def right_by_concatenation(world, weights, x):
    rows = all_gather(world, x @ weights)
    return np.concatenate(np.split(rows, world.size), axis=1)


def right_by_moving_axes(world, weights, x):
    parts = all_gather(world, (x @ weights)[None])
    return parts.transpose(1, 0, 2).reshape(len(x), -1)


def right_transposed_from_the_start(world, weights, x):
    return all_gather(world, weights.T @ x.T).T


def right_by_hand(world, weights, x):
    mine = x @ weights
    others = [rank for rank in range(world.size) if rank != world.rank]
    requests = [world.isend(mine, rank) for rank in others]
    parts = {rank: world.recv(np.empty_like(mine), rank) for rank in others} | {world.rank: mine}
    world.wait(*requests)
    return np.hstack([parts[rank] for rank in range(world.size)])


def forgets_to_return(world, weights, x):
    all_gather(world, (x @ weights).T)


def its_own_columns_only(world, weights, x):
    return x @ weights


def adds_the_parts(world, weights, x):
    return all_reduce(world, x @ weights)


def one_below_the_other(world, weights, x):
    return all_gather(world, x @ weights)


def reshapes(world, weights, x):
    return all_gather(world, x @ weights).reshape(len(x), -1)


def reshapes_the_transposed(world, weights, x):
    return all_gather(world, (x @ weights).T).reshape(len(x), -1)


def leaves_it_transposed(world, weights, x):
    return all_gather(world, (x @ weights).T)


def columns_by_turns(world, weights, x):
    parts = np.split(all_gather(world, x @ weights), world.size)
    return np.stack(parts, axis=-1).reshape(len(x), -1)


def back_to_front(world, weights, x):
    parts = np.split(all_gather(world, x @ weights), world.size)
    return np.hstack(parts[::-1])


def its_own_part_first(world, weights, x):
    parts = np.split(all_gather(world, x @ weights), world.size)
    return np.hstack(parts[world.rank :] + parts[: world.rank])


def each_number_by_itself(world, weights, x):
    return x * weights


def rank_0_alone_knows(world, weights, x):
    whole = all_gather(world, (x @ weights).T).T
    return whole if world.rank == 0 else None


def gathers_the_weights(world, weights, x):
    """Right, but sends weights where a few rows of the result would do."""
    return x @ all_gather(world, weights.T).T


def all_reduces_zeros(world, weights, x):
    """Right, but twice as much is sent."""
    m = weights.shape[1]
    whole = np.zeros((len(x), world.size * m), x.dtype)
    whole[:, world.rank * m : (world.rank + 1) * m] = x @ weights
    return all_reduce(world, whole)


def splits_the_batch_too(world, weights, x):
    return all_gather(world, (np.array_split(x, world.size)[world.rank] @ weights).T).T


def receives_before_anybody_sends(world, weights, x):
    mine, p = x @ weights, world.size
    left = world.recv(np.empty_like(mine), (world.rank - 1) % p) if p > 1 else mine
    world.send(mine, (world.rank + 1) % p)
    return np.hstack([left, mine])
