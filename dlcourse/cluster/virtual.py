"""The virtual cluster: ranks are threads of this process, arrays are real, time is not.

A send of at most `eager_limit` bytes sets out at once and its array is free again; a longer one
waits until its receiver asks for it (rendezvous). MPI libraries do the same.
"""

import math
import sys
import time
from collections import deque
from contextlib import contextmanager

from numpy import ndarray

from dlcourse.cluster.arrays import check_array, copy_of, fill, kind_of, same_kind
from dlcourse.cluster.clock import ARRIVED, ASK, COMPUTE, LEFT, SEND, Transfer
from dlcourse.cluster.diagnosis import wrong_collective, wrong_kind
from dlcourse.cluster.mail import Call
from dlcourse.cluster.places import caller, innermost
from dlcourse.cluster.world import Request, World

AHEAD = 2**20  # how far a rank's data may run ahead of its time, in bytes
NOTE = 2**15  # what a message counts beside its own: 32 fill AHEAD, and the processor's cache


class VirtualRequest(Request):
    """A send or receive on the virtual cluster; `buffer` is that of a receive."""

    __slots__ = ("buffer", "place", "transfer", "world")

    def __init__(self, world, transfer, buffer=None):
        self.world = world
        self.transfer = transfer  # None once it is through
        self.buffer = buffer
        self.place = world.calls[0].place if world.calls else caller(2)
        world.mail.open[self] = None

    @property
    def matched(self):
        """Whether the other side has come."""
        return self.transfer.sent is not None and self.transfer.buffer is not None

    def wait(self):
        """Return once the message has left the array, or is in it; a second time, at once."""
        if self.transfer is None:
            return
        del self.world.mail.open[self]
        if self.buffer is None:
            self.world.hand_over(self.transfer)
        else:
            self.world.take(self.transfer)
        self.transfer = None


class Sent(Request):
    """A send whose array was free at once."""

    __slots__ = ()

    def wait(self):
        """Return."""


SENT = Sent()


class VirtualWorld(World):
    """What one rank sees of the virtual cluster.

    Args:
        rank: its number.
        mail: Mail of all ranks.
        scheduler: Scheduler of all ranks.
        speed: (FLOP/s, bytes/s) of the device under a rank, or None.
    """

    def __init__(self, rank, mail, scheduler, speed=None):
        self.rank = rank
        self.size = mail.size
        self.mail = mail
        self.scheduler = scheduler
        self.speed = speed
        self.log = scheduler.clock.logs[rank]
        self.ahead = 0
        self.calls = mail.calls[rank]

    def isend(self, array, dest, tag=0):
        """Begin to send; a short array is copied and free at once."""
        if type(array) is not ndarray:
            check_array(array, "send")
        key = (self.rank, dest, tag)
        waiting = self.mail.asked.get(key)
        if waiting is None:
            transfer = self._post(self.mail.sent, key, array, dest, "sends to")
        else:
            transfer = waiting.popleft()
            if not waiting:
                del self.mail.asked[key]
            buffer = transfer.buffer
            if array.dtype is not buffer.dtype or array.shape != buffer.shape:
                _check(transfer, array, buffer)
        eager = transfer.eager
        transfer.array = copy_of(array) if eager else array
        self.log.extend((SEND, transfer))
        self.ahead += NOTE + transfer.bytes
        if self.ahead > AHEAD:
            self.catch_up()
        return SENT if eager else VirtualRequest(self, transfer)

    def irecv(self, buffer, source, tag=0):
        """Begin to receive; `buffer` is filled when the Request is waited for."""
        return VirtualRequest(self, self._ask(buffer, source, tag), buffer)

    def recv(self, buffer, source, tag=0):
        """Receive into `buffer` and return it."""
        self.take(self._ask(buffer, source, tag))
        return buffer

    def take(self, transfer):
        """Wait until a message has arrived, and put it into its buffer."""
        self.log.extend((ARRIVED, transfer))
        if transfer.array is None:
            self.pause(transfer)
        buffer = transfer.buffer
        if type(buffer) is type(transfer.array) is ndarray:
            buffer[...] = transfer.array
        else:
            fill(buffer, transfer.array)
        transfer.array = None

    def hand_over(self, transfer):
        """Wait until a long message has left."""
        self.log.extend((LEFT, transfer))
        if transfer.buffer is None:
            self.pause(transfer)
        if transfer.array is not None:  # the receiver has not taken it yet
            transfer.array = copy_of(transfer.array)

    def time(self):
        """Seconds on this rank's clock."""
        self.catch_up()
        return self.scheduler.clock.now[self.rank]

    def compute(self, seconds=None, flop=None, bytes=None, label=""):
        """Move this rank's clock."""
        if seconds is None:
            seconds = self._estimate(flop, bytes)
        elif flop is not None or bytes is not None:
            raise ValueError("compute takes seconds, or flop and bytes: give one or the other")
        if not 0 <= seconds < math.inf:
            raise ValueError(f"compute(seconds={seconds}): time goes forward, give 0 or more")
        self.log.extend((COMPUTE, (float(seconds), label)))

    @contextmanager
    def measured(self, label=""):
        """Charge the CPU time of the block to this rank's clock."""
        start = time.thread_time()
        yield
        self.compute(time.thread_time() - start, label=label)

    def enter(self, name, array, facts, members=None):
        """Compare a collective with the one that the other ranks are in."""
        self.calls.append(self._call(name, array, facts))
        if len(self.calls) > 1:
            return
        number, first = self.mail.first_call(self.calls[0], members)
        if str(first) != str(self.calls[0]):
            raise wrong_collective(number, first, self.calls[0])

    def leave(self):
        """Note that a collective has ended."""
        self.calls.pop()

    def catch_up(self):
        """Let the clock replay all that this rank has done."""
        self.ahead = 0
        if self.log:
            self.scheduler.give_way(self.rank)

    def pause(self, transfer):
        """Let others run until a message is through."""
        self.ahead = 0
        self.mail.waits[self.rank] = transfer
        self.scheduler.give_way(self.rank)
        self.mail.waits[self.rank] = None

    def _call(self, name, array, facts):
        words = [] if array is None else [kind_of(array)]
        words += [f"{key}={value!r}" for key, value in facts.items()]
        return Call(self.rank, name, ", ".join(words), innermost(sys._getframe()))

    def _estimate(self, flop, bytes):
        if flop is None and bytes is None:
            raise ValueError("compute() needs seconds, flop or bytes")
        if self.speed is None:
            raise ValueError("compute(flop=...) needs a device: run(..., speed=(FLOP/s, bytes/s))")
        return max((flop or 0) / self.speed[0], (bytes or 0) / self.speed[1])

    def _ask(self, buffer, source, tag):
        if type(buffer) is not ndarray:
            check_array(buffer, "recv")
        key = (source, self.rank, tag)
        waiting = self.mail.sent.get(key)
        if waiting is None:
            transfer = self._post(self.mail.asked, key, buffer, source, "receives from")
        else:
            transfer = waiting.popleft()
            if not waiting:
                del self.mail.sent[key]
            array = transfer.array
            if array.dtype is not buffer.dtype or array.shape != buffer.shape:
                _check(transfer, array, buffer)
        transfer.buffer = buffer
        if not transfer.eager:
            self.log.extend((ASK, transfer))
        return transfer

    def _post(self, box, key, array, peer, verb):
        """Leave the first half of a message in a box."""
        if not 0 <= peer < self.size:
            raise ValueError(
                f"rank {self.rank} {verb} rank {peer}: there are ranks 0 to {self.size - 1}"
            )
        size = array.nbytes
        place = self.calls[0].place if self.calls else caller(3)
        transfer = Transfer(key, size, size <= self.mail.eager_limit, place)
        waiting = box.get(key)
        if waiting is None:
            box[key] = deque((transfer,))
        else:
            waiting.append(transfer)
        return transfer


def _check(transfer, array, buffer):
    if not same_kind(array, buffer):
        raise wrong_kind(transfer, array, buffer)
