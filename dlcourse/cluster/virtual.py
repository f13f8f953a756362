"""The virtual cluster: ranks are threads of this process, arrays are real, time is not.

A send of at most `eager_limit` bytes sets out at once and its array is free again; a longer one
waits until its receiver asks for it (rendezvous). The same rules hold in MPI and in NCCL.
"""

import sys
import time
from collections import deque
from contextlib import contextmanager

from dlcourse.cluster.arrays import check_array, copy_of, fill, kind_of, same_kind
from dlcourse.cluster.clock import ARRIVED, ASK, COMPUTE, LEFT, SEND, Transfer
from dlcourse.cluster.errors import Mismatch
from dlcourse.cluster.world import Request, World

EAGER_LIMIT = 2**16  # bytes; MPI libraries use 4 KiB to 256 KiB
AHEAD = 2**20  # how far a rank's data may run ahead of its time, in bytes
NOTE = 2**12  # what a note counts, in bytes: 256 of them fill AHEAD


class Mail:
    """Messages between all ranks that wait for the other side, in the order they were posted."""

    def __init__(self, size, eager_limit):
        self.size = size
        self.eager_limit = eager_limit
        self.sent = {}  # (source, dest, tag) -> deque of Transfer that nobody asked for yet
        self.asked = {}  # the same, asked for and not sent yet
        self.waits = [None] * size  # by rank: the request it waits for


class VirtualRequest(Request):
    """A send or receive on the virtual cluster; `buffer` is that of a receive."""

    __slots__ = ("buffer", "transfer", "world")

    def __init__(self, world, transfer, buffer=None):
        self.world = world
        self.transfer = transfer
        self.buffer = buffer

    def wait(self):
        """Return once the message has left the array, or is in it; again, at once."""
        transfer, world = self.transfer, self.world
        if transfer is None:
            return
        if self.buffer is not None:
            world.log.append((ARRIVED, transfer))
            if transfer.array is None:
                world.pause(self)
            fill(self.buffer, transfer.array)
            transfer.array = None
        elif not transfer.eager:
            world.log.append((LEFT, transfer))
            if transfer.buffer is None:
                world.pause(self)
            if transfer.array is not None:  # the receiver has not taken it yet
                transfer.array = copy_of(transfer.array)
        self.transfer = None


class VirtualWorld(World):
    """What one rank sees of the virtual cluster.

    Args:
        rank: its number.
        mail: Mail of all ranks.
        scheduler: Scheduler of all ranks.
    """

    def __init__(self, rank, mail, scheduler):
        self.rank = rank
        self.size = mail.size
        self.mail = mail
        self.scheduler = scheduler
        self.log = scheduler.clock.logs[rank]
        self.ahead = 0

    def isend(self, array, dest, tag=0):
        """Begin to send; a short array is copied and free at once."""
        check_array(array, "isend")
        key = (self.rank, self._peer(dest, "sends to"), tag)
        transfer = self._match(self.mail.asked, key)
        if transfer is None:
            transfer = self._post(self.mail.sent, key, array.nbytes)
        else:
            self._check(transfer, array, transfer.buffer)
        transfer.array = copy_of(array) if transfer.eager else array
        self.log.append((SEND, transfer))
        self.ahead += NOTE + transfer.bytes
        if self.ahead > AHEAD:
            self.catch_up()
        return VirtualRequest(self, transfer)

    def irecv(self, buffer, source, tag=0):
        """Begin to receive; `buffer` is filled when the Request is waited for."""
        check_array(buffer, "irecv")
        key = (self._peer(source, "receives from"), self.rank, tag)
        transfer = self._match(self.mail.sent, key)
        if transfer is None:
            transfer = self._post(self.mail.asked, key, buffer.nbytes)
        else:
            self._check(transfer, transfer.array, buffer)
        transfer.buffer = buffer
        if not transfer.eager:
            self.log.append((ASK, transfer))
        return VirtualRequest(self, transfer, buffer)

    def time(self):
        """Seconds on this rank's clock."""
        self.catch_up()
        return self.scheduler.clock.now[self.rank]

    def compute(self, seconds=None, flop=None, bytes=None, label=""):
        """Move this rank's clock."""
        self.log.append((COMPUTE, (float(seconds), label)))

    @contextmanager
    def measured(self, label=""):
        """Charge the CPU time of the block to this rank's clock."""
        start = time.thread_time()
        yield
        self.compute(time.thread_time() - start, label=label)

    def catch_up(self):
        """Let the clock replay all that this rank has done."""
        self.ahead = 0
        if self.log:
            self.scheduler.give_way(self.rank)

    def pause(self, request):
        """Let others run until a request is done."""
        self.ahead = 0
        self.mail.waits[self.rank] = request
        self.scheduler.give_way(self.rank)
        self.mail.waits[self.rank] = None

    def _peer(self, rank, verb):
        if 0 <= rank < self.size:
            return rank
        last = self.size - 1
        raise ValueError(f"rank {self.rank} {verb} rank {rank}: there are ranks 0 to {last}")

    def _post(self, box, key, size):
        transfer = Transfer(key, size, size <= self.mail.eager_limit, _caller())
        box.setdefault(key, deque()).append(transfer)
        return transfer

    def _match(self, box, key):
        """The first message that waits in a box under a key, taken out of it."""
        waiting = box.get(key)
        if waiting is None:
            return None
        transfer = waiting.popleft()
        if not waiting:
            del box[key]
        return transfer

    def _check(self, transfer, array, buffer):
        if not same_kind(array, buffer):
            source, dest, tag = transfer.key
            raise Mismatch(
                f"rank {source} sends {kind_of(array)} to rank {dest}, which receives it "
                f"into {kind_of(buffer)} (tag {tag})"
            )


def _caller():
    """Where the program called: its code and the instruction in it."""
    frame = sys._getframe(3)
    return frame.f_code, frame.f_lasti
