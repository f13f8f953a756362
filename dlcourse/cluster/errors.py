"""What can go wrong with a rank program, each with the rank and the line in its message."""

from numbers import Integral


def check_counts(**counts):
    """Refuse what can't be a number of ranks, or of other things of which there is one at least.

    Args:
        counts: name=value, as many as are to be checked.

    Raises:
        ValueError: if one is no whole number, or below 1.

    >>> check_counts(nodes=2, ranks=1.5)
    Traceback (most recent call last):
        ...
    ValueError: ranks=1.5: give a whole number, at least 1
    """
    for name, count in counts.items():
        if not isinstance(count, Integral) or count < 1:
            raise ValueError(f"{name}={count!r}: give a whole number, at least 1")


def check_peer(world, peer, verb):
    """Refuse a rank that isn't there: a machine may take it for another one, or for none.

    Args:
        world: World of the rank that names it.
        peer: rank to send to, or to receive from.
        verb: "sends to" or "receives from", for the message.

    Raises:
        ValueError: naming both ranks, and those that are there.

    >>> from dlcourse.cluster.run import run
    >>> run(lambda world: check_peer(world, 1, "sends to"), ranks=2).results
    [None, None]
    """
    if not 0 <= peer < world.size:
        rule = f"there are ranks 0 to {world.size - 1}"
        raise ValueError(f"rank {world.rank} {verb} rank {peer}: {rule}")


class ClusterError(RuntimeError):
    """A run on a cluster that failed; `run` holds what it did so far, when there is anything."""

    run = None


class RankError(ClusterError):
    """The program raised in one rank; `rank` says which, the message carries its traceback."""

    def __init__(self, rank, text):
        super().__init__(f"rank {rank} stopped:\n{text}")
        self.rank = rank


class Deadlock(ClusterError):
    """Every rank that has not finished waits for another one."""


class Mismatch(ClusterError):
    """Two ranks disagree: on a shape, a dtype, a tag, or on which collective comes next."""


class NeverReceived(ClusterError):
    """The program ended with a message that no rank asked for, or a request that got none."""


class TimeLimit(ClusterError):
    """The run took longer than its limit; the message says where each rank was."""


class LostRank(ClusterError):
    """The process of a rank died without a word, killed from outside or by a crash."""
