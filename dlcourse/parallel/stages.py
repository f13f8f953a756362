"""What each stage of sharding leaves a rank to hold, and what it costs in messages, in closed form.

Stage 0 is plain data parallelism. Source: Rajbhandari et al., "ZeRO", 2020,
https://arxiv.org/abs/1910.02054, sections 5 and 7.
"""

from dlcourse.cluster.collectives.arrays import split


def memory(units, ranks, stage, rank=0, parameter=4, gradient=4, state=8):
    """Bytes of parameters, of gradients and of the optimizer's state at the worst moment of each.

    Args:
        units: parameters of each unit, in the order of forward.
        ranks: p.
        stage: 0 to 3.
        rank: which; the first ones have a number more where p doesn't divide a unit.
        parameter, gradient, state: bytes for each parameter. Adam in float32 keeps 8; in mixed
            precision 2, 2 and 12 are usual.

    Returns:
        tuple of three.

    Not modelled: activations, room for messages (one unit at most), the memory's own losses.

    >>> [sum(memory([10**8] * 75, 64, stage, 0, 2, 2, 12)) / 1e9 for stage in (0, 1, 2)]
    [120.0, 31.40625, 16.8375]
    """
    shards = [split(n, ranks)[rank] for n in units]
    shards = [shard.stop - shard.start for shard in shards]
    whole, mine = sum(units), sum(shards)
    later = [n + sum(shards[i + 1 :]) for i, n in enumerate(units)]
    return (
        parameter * (mine + max(units) if stage == 3 else whole),
        gradient * (max(later) if stage >= 2 else whole),
        state * (mine if stage else whole),
    )


def traffic(n, ranks, stage):
    """Bytes that a rank sends in a step.

    Args:
        n: bytes of all parameters, and of all gradients.
        ranks: p.
        stage: 0 to 3. Stages 1 and 2 send what an all-reduce sends, by its two halves; stage 3
            collects the parameters twice.

    Returns:
        float.

    >>> [traffic(1e9, 2, stage) for stage in range(4)]
    [1000000000.0, 1000000000.0, 1000000000.0, 1500000000.0]
    """
    return (3 if stage == 3 else 2) * n * (ranks - 1) / ranks
