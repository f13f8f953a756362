"""What can go wrong with a rank program, each with the rank and the line in its message."""


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
