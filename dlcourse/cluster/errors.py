"""What can go wrong with a rank program, each with the rank and the line in its message."""

from numbers import Integral

SHOWN = 8  # ranks that a message lists; a bug shows in the first few


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


def check_peer(rank, verb, peer, size):
    """Refuse a rank that isn't there: a machine may take it for another one, or for none.

    Args:
        rank: the one that names it.
        verb: "sends to" or "receives from", for the message.
        peer: rank to send to, or to receive from.
        size: number of ranks.

    Raises:
        ValueError: naming both ranks, and those that are there.

    >>> check_peer(0, "sends to", 4 / 2, size=4)
    Traceback (most recent call last):
        ...
    ValueError: rank 0 sends to rank 2.0: give a whole number, as // does
    """
    if not isinstance(peer, Integral):
        raise ValueError(f"rank {rank} {verb} rank {peer!r}: give a whole number, as // does")
    if not 0 <= peer < size:
        raise ValueError(f"rank {rank} {verb} rank {peer}: there are ranks 0 to {size - 1}")


def check_tag(tag):
    """Refuse a tag that some machine would not take, or take for any tag.

    Args:
        tag: of a message.

    Raises:
        ValueError: if it is no whole number, or below 0.

    >>> check_tag(-1)
    Traceback (most recent call last):
        ...
    ValueError: tag=-1: give a whole number, at least 0
    """
    if not isinstance(tag, Integral) or tag < 0:
        raise ValueError(f"tag={tag!r}: give a whole number, at least 0")


def few(lines):
    """The first lines of a list, and how many more there are.

    >>> few(["one"] * 10)[-2:]
    ['one', 'and 2 more']
    """
    more = len(lines) - SHOWN
    return lines[:SHOWN] + ([f"and {more} more"] if more > 0 else [])


def unmatched(source, dest, tag, size=None):
    """Say that only one side of a message came.

    Args:
        source, dest: ranks.
        tag: of the message.
        size: bytes that were sent; None if they were asked for.

    Returns:
        str.

    >>> unmatched(0, 1, tag=7, size=8)
    'rank 0 sent 8 B with tag 7 to rank 1, which never received them'
    """
    tagged = f" with tag {tag}" if tag else ""
    if size is None:
        return f"rank {dest} asked for a message{tagged} from rank {source}, which never sent it"
    return f"rank {source} sent {size} B{tagged} to rank {dest}, which never received them"


def forgotten(rank, call):
    """Say that a rank never waited for a request.

    >>> forgotten(1, "irecv")
    'rank 1 never waited for its irecv'
    """
    return f"rank {rank} never waited for its {call}"


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

    def __init__(self, lines):
        super().__init__("\n  ".join(["the program ended with something left over", *few(lines)]))


class TimeLimit(ClusterError):
    """The run took longer than its limit; the message says where each rank was."""


class LostRank(ClusterError):
    """The process of a rank died without a word, killed from outside or by a crash."""
