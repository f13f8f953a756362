"""The virtual cluster: ranks are threads of this process, arrays are real, time is not.

A send of at most `eager_limit` bytes sets out at once and its array is free again; a longer one
waits until its receiver asks for it (rendezvous). MPI libraries do the same.
"""

import math
import sys
import time
from contextlib import contextmanager

from numpy import ndarray

from dlcourse.cluster.arrays import check_array, copy_of, kind_of, same_kind
from dlcourse.cluster.clock import COMPUTE, MEET
from dlcourse.cluster.diagnosis import wrong_collective, wrong_kind
from dlcourse.cluster.mail import Call, Rendezvous, Sending, Transfer
from dlcourse.cluster.places import caller, innermost
from dlcourse.cluster.world import SENT, World

AHEAD = 2**22  # how far data may run ahead of time: entries of the log times bytes of a message
NOTE = 2**13  # bytes that a message counts beside its own: more entries than 512 leave the cache


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
        self.channels, self.receiving = mail.channels, mail.receiving
        self.calls, self.waits = mail.calls[rank], mail.waits
        self.place = None  # of the outermost collective it is in

    def isend(self, array, dest, tag=0):
        """Begin to send; a short array is copied and free at once."""
        if type(array) is not ndarray:
            check_array(array, "send")
        channel = self.channels[self.rank, dest, tag]
        transfer = channel.first
        if transfer is None or transfer.buffer is None:
            transfer = channel.post(array.nbytes)
        else:
            channel.first = transfer.next
            buffer = transfer.buffer
            if array.dtype is not buffer.dtype or array.shape != buffer.shape:
                self._compare(transfer, array, buffer)
            if self.waits[channel.dest] is transfer:
                self.scheduler.enable(channel.dest)
        transfer.sent_at = self.place or caller(2)
        if type(transfer) is Transfer:
            transfer.array = copy_of(array)
            self.log.extend((transfer.bytes, channel.lane))
            request = SENT
        else:
            transfer.array = array
            self.log.extend((MEET, transfer))
            request = Sending(self, transfer)
        if len(self.log) * (transfer.bytes + NOTE) > AHEAD:
            self.scheduler.stand_back(self.rank)
        return request

    def irecv(self, buffer, source, tag=0):
        """Begin to receive; `buffer` is filled when the Request is waited for."""
        if type(buffer) is not ndarray:
            check_array(buffer, "recv")
        channel = self.channels[source, self.rank, tag]
        transfer = channel.first
        if transfer is None or transfer.sent_at is None:
            transfer = channel.post(buffer.nbytes)
        else:
            channel.first = transfer.next
            array = transfer.array
            if array.dtype is not buffer.dtype or array.shape != buffer.shape:
                self._compare(transfer, array, buffer)
            if self.waits[channel.source] is transfer:
                self.scheduler.enable(channel.source)
        self.receiving[transfer] = self.place or caller(2)
        transfer.buffer, channel.receiver = buffer, self
        if type(transfer) is Rendezvous:
            self.log.extend((MEET, transfer))
        return transfer

    def time(self):
        """Seconds on this rank's clock."""
        self.scheduler.give_way(self.rank)  # until the clock has replayed all that was done
        return self.scheduler.clock.now[self.rank]

    def compute(self, seconds=None, flop=None, bytes=None, label=""):
        """Move this rank's clock."""
        if seconds is None:
            seconds = self._estimate(flop, bytes)
        elif flop is not None or bytes is not None:
            raise ValueError("compute takes seconds, or flop and bytes: give one or the other")
        if not 0 <= seconds < math.inf:
            raise ValueError(f"compute(seconds={seconds}): time goes forward, give 0 or more")
        self.log.extend((COMPUTE, (float(seconds), str(label))))

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
        self.place = self.calls[0].place
        number, first = self.mail.first_call(self.calls[0], members)
        if str(first) != str(self.calls[0]):
            raise wrong_collective(number, first, self.calls[0])

    def leave(self):
        """Note that a collective has ended."""
        self.calls.pop()
        if not self.calls:
            self.place = None

    def pause(self, transfer):
        """Let others run until a message is through."""
        self.waits[self.rank] = transfer
        self.scheduler.give_way(self.rank)
        self.waits[self.rank] = None

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

    def _compare(self, transfer, array, buffer):
        """Refuse a message that does not fit its buffer."""
        if not same_kind(array, buffer):
            raise wrong_kind(self.mail, transfer, array, buffer)
