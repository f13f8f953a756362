"""Bus bandwidth of the course's own all-reduce, on whatever it is started on.

torchrun --nproc-per-node 4 all_reduce.py
mpiexec -n 4 python all_reduce.py
sbatch slurm.sh
"""

import sys

import numpy as np

from dlcourse.cluster.collectives.all_reduce import all_reduce as course_all_reduce
from dlcourse.cluster.launchers import here
from dlcourse.units import show

SIZES = tuple(10**i for i in range(3, 8))  # bytes


def all_reduce(world, algorithm="ring", sizes=SIZES, turns=5):
    """Sum arrays over all ranks, check the sums, and time them.

    Args:
        world: World.
        algorithm: of the course's all_reduce.
        sizes: lengths of the array, bytes.
        turns: how often; the best counts.

    Returns:
        list of (bytes, seconds, bus bandwidth in bytes/s). Bus bandwidth is what each link
        carries: 2 (size - 1) / size of the array.

    Source: the README of NVIDIA's nccl-tests, on performance.

    >>> from dlcourse.cluster.run import run
    >>> run(all_reduce, ranks=4, args=("ring", [8000], 1)).results[0]
    [(8000, 7.2e-06, 1666666667)]
    """
    return [(size, *_timed(world, algorithm, size, turns)) for size in sizes]


def _timed(world, algorithm, size, turns):
    best = np.inf
    for _ in range(turns):
        array = _array(world, size // 8)
        world.barrier()
        start = world.time()
        course_all_reduce(world, array, algorithm=algorithm)
        best = min(best, world.time() - start)
        assert (array == world.size * (world.size - 1) / 2).all(), "the sum is wrong"
    bus = 2 * (world.size - 1) / world.size * size / best
    return round(best, 12), round(bus)


def _array(world, n):
    """This rank's number n times, on its GPU if it has one."""
    if world.device == "cpu":
        return np.full(n, float(world.rank))
    import torch

    return torch.full((n,), float(world.rank), dtype=torch.float64, device=world.device)


if __name__ == "__main__":
    with here() as world:
        for size, seconds, bus in all_reduce(world, *sys.argv[1:2]):
            if world.rank == 0:
                print(
                    f"{show(size, 'B'):>9} {show(seconds, 's'):>9} {show(bus, 'B/s')}", flush=True
                )
