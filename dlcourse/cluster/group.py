"""Some of the ranks, as a world of their own: one node's, or the same place in every node."""

from dlcourse.cluster.errors import check_peer
from dlcourse.cluster.world import World


class Group(World):
    """A World of some ranks of another one, numbered from 0 in the order given.

    Each member makes its own Group, of the same ranks in the same order. Between two ranks,
    messages of all groups and of the whole world are received in the order they were sent.

    Args:
        world: the World they are part of.
        ranks: sequence of ranks of that world, this one among them.

    Raises:
        ValueError: if this rank is not a member, or a member stands there twice.

    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     return Group(world, [world.rank, world.rank ^ 1]).rank
    >>> run(program, ranks=4).results
    [0, 0, 0, 0]
    """

    def __init__(self, world, ranks):
        self.world, self.ranks = world, tuple(ranks)
        if world.rank not in self.ranks or len(set(self.ranks)) < len(self.ranks):
            rule = f"each once, and rank {world.rank}, which makes the group, among them"
            raise ValueError(f"ranks={self.ranks}: give the members, {rule}")
        self.rank, self.size = self.ranks.index(world.rank), len(self.ranks)
        self.device, self.piece = world.device, world.piece

    def isend(self, array, dest, tag=0):
        """Begin to send an array to member `dest`."""
        check_peer(self.rank, "sends to", dest, self.size)
        return self.world.isend(array, self.ranks[dest], tag)

    def irecv(self, buffer, source, tag=0):
        """Begin to receive into `buffer` from member `source`."""
        check_peer(self.rank, "receives from", source, self.size)
        return self.world.irecv(buffer, self.ranks[source], tag)

    def time(self):
        """Seconds since the run began."""
        return self.world.time()

    def compute(self, seconds=None, flop=None, bytes=None, label=""):
        """Say that this rank computes for a while."""
        self.world.compute(seconds, flop, bytes, label)

    def measured(self, label=""):
        """Charge the CPU time that the block takes here to the rank's clock."""
        return self.world.measured(label)

    def enter(self, name, array, facts, members=None):
        """Note that this rank begins a collective of the group."""
        self.world.enter(name, array, facts, members or self.ranks)

    def leave(self):
        """Note that it has ended."""
        self.world.leave()
