"""Whose terms have arrived where: the ring all-reduce stopped after each step."""

import numpy as np

from dlcourse.cluster.collectives.ring import travel
from dlcourse.cluster.run import run


def ring_terms(ranks, step):
    """Run the ring all-reduce for some steps and see which terms each part's sum holds.

    Rank r puts 2^r into every part, so a sum's binary digits say whose terms are in it.

    Args:
        ranks: p, at most 62.
        step: steps done, 0 to 2 (p - 1): half of them add, the others pass on.

    Returns:
        bool array (rank, part, term): whether the part that this rank holds contains the term of
        rank `term`.

    Raises:
        ValueError: if there is no such step.

    >>> ring_terms(2, 1).astype(int).tolist()          # rank 0 has the sum of part 0, 1 of part 1
    [[[1, 1], [1, 0]], [[0, 1], [1, 1]]]
    """
    last = last_step(ranks)
    if not 0 <= step <= last:
        raise ValueError(f"step={step}: {ranks} ranks need {last} steps, counted from 0")
    adding = min(step, ranks - 1)

    def program(world):
        parts = [np.array([2**world.rank]) for _ in range(ranks)]
        travel(world, parts, world.rank - 1, adding, keeping=step - adding)
        return np.concatenate(parts)

    sums = np.array(run(program, ranks=ranks).results)
    return (sums[..., None] >> np.arange(ranks)) % 2 == 1


def last_step(ranks):
    """Count the steps of a ring all-reduce: 2 (p - 1).

    Args:
        ranks: p, 1 to 62.

    Returns:
        int.

    Raises:
        ValueError: for other numbers of ranks.

    >>> last_step(4)
    6
    """
    if not 1 <= ranks <= 62:  # one binary digit each in an int64
        raise ValueError(f"ranks={ranks}: give 1 to 62")
    return 2 * (ranks - 1)


def part_sent(ranks, rank, step):
    """Name the part that a rank sends in a step.

    Args:
        ranks: p.
        rank: the sender; its right neighbour receives.
        step: 1 to 2 (p - 1).

    Returns:
        int, number of the part.

    >>> [part_sent(4, rank, 1) for rank in range(4)]
    [3, 0, 1, 2]
    """
    return (rank - step) % ranks
