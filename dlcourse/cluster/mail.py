"""What the ranks of a virtual cluster know of each other."""

from collections import Counter
from dataclasses import dataclass

from dlcourse.cluster.places import Place

EAGER_LIMIT = 2**16  # bytes; MPI libraries use 4 KiB to 256 KiB


@dataclass(frozen=True)
class Call:
    """One rank's call of a collective."""

    rank: int
    name: str
    facts: str
    place: Place

    def __str__(self):
        return f"{self.name}({self.facts})"


class Mail:
    """What all ranks know of each other: messages under way, who waits, who is in a collective."""

    def __init__(self, size, eager_limit=EAGER_LIMIT):
        self.size = size
        self.eager_limit = eager_limit
        self.sent = {}  # (source, dest, tag) -> deque of Transfer that nobody asked for yet
        self.asked = {}  # the same, asked for and not sent yet
        self.open = {}  # its keys: each Request that nobody waited for yet, in order
        self.waits = [None] * size  # by rank: the Transfer it waits for
        self.calls = [[] for _ in range(size)]  # by rank: collectives it is in, outermost first
        self.count = Counter()  # (rank, members) -> collectives begun
        self.first = {}  # (members, number) -> the Call that began it, and how many came since

    def first_call(self, call, members):
        """Count a rank's call of a collective.

        Args:
            call: Call.
            members: ranks that take part, None for all.

        Returns:
            (number of calls before it, the Call of the rank that was there first).
        """
        number = self.count[call.rank, members]
        self.count[call.rank, members] += 1
        first, here = self.first.pop((members, number), (call, 0))
        if here + 1 < (self.size if members is None else len(members)):
            self.first[members, number] = first, here + 1
        return number, first
