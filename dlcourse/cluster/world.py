"""What a rank program sees: its number, its peers, and messages between them.

A rank program is a function `program(world, ...)` that every rank runs. Names and order of
arguments are mpi4py's. The same function runs on the virtual cluster, on processes, on eight
GPUs, and on a cluster under torchrun or mpiexec.
"""

import math
from contextlib import contextmanager
from functools import wraps

import numpy as np

from dlcourse.cluster.arrays import check_array

PIECE = 2**20  # bytes; on processors shorter messages cost more than overlapping them saves
BARRIER = 2**20  # the tag of a barrier's messages: above any tag of a program


class Request:
    """A send or receive under way: `wait` returns when its array may be used again.

    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     inbox = np.zeros(1)
    ...     request = world.irecv(inbox, source=1 - world.rank)
    ...     world.send(np.full(1, float(world.rank)), dest=1 - world.rank)
    ...     request.wait()
    ...     return inbox.item()
    >>> run(program, ranks=2).results
    [1.0, 0.0]
    """

    __slots__ = ()

    def wait(self):
        """Return once the message has left the array (isend) or is in it (irecv)."""
        raise NotImplementedError


def piece_on(device):
    """Bytes of World.piece where ranks are real.

    Args:
        device: "cpu", or a GPU, on which cutting was not measured.

    Returns:
        float.

    >>> piece_on("cpu"), piece_on("cuda:0")
    (1048576, inf)
    """
    return PIECE if device == "cpu" else math.inf


class Sent(Request):
    """A send whose array may be changed at once: SENT serves for all of them."""

    __slots__ = ()

    def wait(self):
        """Return."""


SENT = Sent()


class World:
    """All ranks of a run, seen from one of them; machines supply isend, irecv and time.

    Arrays are NumPy arrays or torch tensors, views too. A message is received into an array of
    the same shape and dtype, in the order in which messages with its tag were sent.

    Attributes:
        rank: this rank's number, from 0.
        size: number of ranks.
        device: where this rank's tensors belong: "cpu", or its GPU such as "cuda:3".
        piece: bytes, about, of the messages into which a ring or an exchange cuts long ones, to add
            one while the next one travels; the same in all ranks. inf, and nothing is cut, on the
            virtual cluster, where adding takes no time, and on GPUs.
    """

    rank: int
    size: int
    device: str = "cpu"
    piece: float = math.inf

    def __repr__(self):
        return f"rank {self.rank} of {self.size}"

    def isend(self, array, dest, tag=0):
        """Begin to send an array to rank `dest`; leave it alone until the Request is waited for."""
        raise NotImplementedError

    def irecv(self, buffer, source, tag=0):
        """Begin to receive into `buffer` from rank `source`; it is filled when `wait` returns."""
        raise NotImplementedError

    def pieces(self, size):
        """Into how many messages a ring or an exchange cuts `size` bytes, by `piece`."""
        return max(1, round(size / self.piece))

    def send(self, array, dest, tag=0):
        """Send an array; return when it may be changed again.

        A long message waits until its receiver asks for it, so two ranks that both send first
        wait for ever: use isend, or let one receive first.
        """
        self.isend(array, dest, tag).wait()

    def recv(self, buffer, source, tag=0):
        """Receive into `buffer` and return it."""
        self.irecv(buffer, source, tag).wait()
        return buffer

    def wait(self, *requests):
        """Wait for several requests."""
        for request in requests:
            request.wait()

    def time(self):
        """Seconds since the run began: on the virtual cluster, those of its clock."""
        raise NotImplementedError

    def compute(self, seconds=None, flop=None, bytes=None, label=""):
        """Say that this rank computes for a while: moves a virtual clock, does nothing elsewhere.

        Args:
            seconds: how long; or
            flop: arithmetic, at the device's FLOP/s; and
            bytes: memory traffic, at its bytes/s: the longer of the two counts.
            label: what it is, for the drawing.
        """

    @contextmanager
    def measured(self, label=""):
        """Charge the CPU time that the block takes here to the rank's clock."""
        yield

    def barrier(self, tag=BARRIER):
        """Return when every rank has called it: log2(size) rounds of messages of one byte.

        Args:
            tag: of the messages.

        Source: Hensgen, Finkel, Manber, "Two algorithms for barrier synchronization" (1988).
        """
        with self.collective("barrier"):
            distance, token = 1, np.zeros(1, np.uint8)
            while distance < self.size:
                request = self.isend(token, (self.rank + distance) % self.size, tag)
                self.recv(np.empty(1, np.uint8), (self.rank - distance) % self.size, tag)
                request.wait()
                distance *= 2

    def collective(self, name, array=None, **facts):
        """Announce a collective, so that a rank in another one, or in none, can be named.

        Args:
            name: such as "all_reduce".
            array: its shape and dtype must be the same in all ranks; None where they may differ.
            facts: anything else in which all ranks must agree, such as root=0.

        Returns:
            Context manager: the rank is in the collective as long as its block runs.

        Raises:
            TypeError: for a number, even NumPy's: nothing can be written to it.
        """
        if array is not None:
            check_array(array, name)
        return Announced(self, name, array, facts)

    def enter(self, name, array, facts, members=None):
        """Note that this rank begins a collective; `members` are its ranks, None for all."""

    def leave(self):
        """Note that it has ended."""


class Announced:
    """While its block runs, a rank is in a collective; contextlib's way is slower to enter."""

    __slots__ = ("call", "world")

    def __init__(self, world, *call):
        self.world, self.call = world, call

    def __enter__(self):
        self.world.enter(*self.call)

    def __exit__(self, *error):
        self.world.leave()


def collective(function):
    """Decorate `function(world, array, **facts)`: it announces itself whenever it is called.

    Args:
        function: a collective; all ranks must call it with arrays of one shape and dtype and
            with the same further arguments.

    Returns:
        The same function, announcing.

    >>> @collective
    ... def send_around(world, array):
    ...     request = world.isend(array, dest=(world.rank + 1) % world.size)
    ...     world.recv(array, source=(world.rank - 1) % world.size)
    ...     request.wait()
    >>> send_around.__name__
    'send_around'
    """

    @wraps(function)
    def announced(world, array, *args, **facts):
        agreed = {f"argument {i}": value for i, value in enumerate(args, 3)} | facts
        with world.collective(function.__name__, array, **agreed):
            return function(world, array, *args, **facts)

    return announced
