"""How long a message takes from rank 0 to the last rank: there and back, halved.

torchrun --nproc-per-node 2 ping_pong.py
mpiexec -n 2 python ping_pong.py
"""

import numpy as np

from dlcourse.cluster.launchers import here
from dlcourse.units import show

SIZES = tuple(8**i for i in range(8))  # bytes: 1 to 2 million


def ping_pong(world, sizes=SIZES, turns=20):
    """Send a message to the last rank and back, several times.

    Args:
        world: World of at least two ranks.
        sizes: lengths of the message, bytes.
        turns: how often each.

    Returns:
        list of (bytes, seconds one way); None in ranks other than 0.

    >>> from dlcourse.cluster.run import run
    >>> run(ping_pong, ranks=2, args=([1000], 2)).results[0]
    [(1000, 1.1e-06)]
    """
    if world.size == 1:
        raise ValueError("ping-pong takes two ranks: start at least two processes")
    times = [(size, one_way(world, size, turns)) for size in sizes]
    return times if world.rank == 0 else None


def one_way(world, size, turns=20):
    """Send a message to the last rank and back, several times, and halve the shortest time.

    Args:
        world: World of at least two ranks; those between the first and the last do nothing.
        size: length of the message, bytes.
        turns: how often; the best counts, the one that nothing else disturbed.

    Returns:
        Seconds.

    >>> from dlcourse.cluster.run import run
    >>> run(one_way, ranks=2, args=(1000,)).results[0]
    1.1e-06
    """
    ball, last, best = np.zeros(size, np.uint8), world.size - 1, np.inf
    for _ in range(turns):
        start = world.time()
        if world.rank == 0:
            world.send(ball, last)
            world.recv(ball, last)
        elif world.rank == last:
            world.recv(ball, 0)
            world.send(ball, 0)
        best = min(best, world.time() - start)
    return round(best / 2, 12)


if __name__ == "__main__":
    with here() as world:
        for size, seconds in ping_pong(world) or ():
            if world.rank == 0:
                print(f"{show(size, 'B'):>9} {show(seconds, 's'):>9} {show(size / seconds, 'B/s')}")
