"""An all-reduce in two halves, so that computing goes on while its messages travel."""

from itertools import chain

from dlcourse.cluster.collectives.arrays import cut, empty


class Exchange:
    """Adds the ranks' arrays up in place: `begin`, some time later `add`, and at the end `finish`.

    Every rank sends part r to rank r, which adds what it gets, and sends the sum to everybody. As
    many bytes as around the ring, but two steps instead of 2 (p - 1): only one of them waits for
    the other, so there is only one moment at which a rank has to step in.

    Args:
        world: a World.
        array: tensor or NumPy array (n,), as long in all ranks; leave it alone from `begin` to
            `finish`. May be exchanged again and again.
        tag: of its messages; another one for every exchange under way.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> def program(world):
    ...     array = np.array([1, 10, world.rank])
    ...     exchange = Exchange(world, array)
    ...     exchange.begin()
    ...     exchange.add()
    ...     exchange.finish()
    ...     return array.tolist()
    >>> run(program, ranks=2).results
    [[2, 20, 1], [2, 20, 1]]
    """

    def __init__(self, world, array, tag=0):
        self.world, self.tag = world, tag
        self.others = [(world.rank + step) % world.size for step in range(1, world.size)]
        pieces = cut(array, world.pieces(array.nbytes / world.size))
        self.pieces = [cut(piece, world.size) for piece in pieces]
        self.rooms = [[empty(parts[world.rank]) for _ in self.others] for parts in self.pieces]
        self.coming, self.sending = [], []

    def begin(self):
        """Begin to send every other rank its part."""
        self.coming = [self._ask(rooms) for rooms in self.rooms]
        self.sending = [self._send(parts[r], r) for parts in self.pieces for r in self.others]

    def add(self):
        """Add what has come from the others, and begin to send them the sum."""
        for number, (parts, rooms) in enumerate(zip(self.pieces, self.rooms, strict=True)):
            mine = parts[self.world.rank]
            for term, request in zip(rooms, self.coming[number], strict=True):
                request.wait()
                mine += term
            # a sum can't arrive before the terms that it is made of have left
            self.coming[number] = self._ask(parts[r] for r in self.others)
            self.sending += [self._send(mine, r) for r in self.others]

    def finish(self):
        """Wait until the array is the sum."""
        self.world.wait(*chain.from_iterable(self.coming), *self.sending)

    def _ask(self, buffers):
        pairs = zip(buffers, self.others, strict=True)
        return [self.world.irecv(buffer, rank, self.tag) for buffer, rank in pairs]

    def _send(self, array, rank):
        return self.world.isend(array, rank, self.tag)
