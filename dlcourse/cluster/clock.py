"""The virtual clock: replays what the ranks did, in the order of time, on the network.

A rank's data run ahead of its time. Whatever a rank does it notes in its log; the clock takes
the notes of all ranks in the order of their times (ties by rank), so links are taken in that
order too, and asks for more when the rank that comes next has none left. A program cannot ask
which message came first, so what it computes never depends on the clock.

Not modelled: the time that a call takes, the handshake before a long message.
"""

from bisect import insort
from collections import deque
from heapq import heappop, heappush
from operator import neg

from dlcourse.cluster.recorder import WAIT, pack_message, pack_stretch

SEND, ASK, ARRIVED, LEFT, COMPUTE = range(5)  # what a note says
WAITS = (ARRIVED, LEFT)


class Transfer:
    """One message from the first of `isend` and `irecv` on, until it has arrived.

    Attributes:
        key: (source, dest, tag).
        bytes: its length.
        eager: whether it sets out before it is asked for.
        place: where in the program the side that came first posted it.
        array: what is sent; None before that, and once it is in its buffer.
        buffer: where it goes, once asked for.
        sent, asked: when, on the clock; None until then, as all times.
        end, arrival: when the last byte has left, and has arrived.
        waiting: (rank, kind of note, since when) of who waits for it.
    """

    __slots__ = ("array", "arrival", "asked", "buffer", "bytes", "eager", "end", "key", "place")
    __slots__ += ("sent", "waiting")

    def __init__(self, key, bytes, eager, place):
        self.key = key
        self.bytes = bytes
        self.eager = eager
        self.place = place
        self.array = self.buffer = self.sent = self.asked = self.end = self.arrival = None
        self.waiting = ()


class Clock:
    """Virtual time of every rank.

    Args:
        network: Network.
        size: number of ranks.
        record: Recorder of messages and work.
    """

    def __init__(self, network, size, record):
        self.network = network
        self.record = record
        self.size = size
        self.now = [0.0] * size
        self.logs = [deque() for _ in range(size)]
        self.finished = [False] * size
        self.at = 0.0  # the time that it is
        self.turn = list(reversed(range(size)))  # who goes on now, the first one last
        self.times = []  # a heap of the times to come
        self.ready = {}  # time to come -> who goes on then

    def advance(self):
        """Replay until a rank has to say what it does next.

        Returns:
            That rank, or None when no rank goes on.
        """
        turn, logs = self.turn, self.logs
        while turn or self._next_turn():
            rank = turn[-1]
            if logs[rank]:
                until = self._replay(turn.pop(), self.at, logs[rank])
                if until is not None:
                    self._wake(rank, until)
                continue
            self.now[rank] = self.at
            if not self.finished[rank]:
                return rank
            turn.pop()
        return None

    def _next_turn(self):
        """Let the earliest time to come begin: the ranks that go on then, in order."""
        if self.times:
            self.at = heappop(self.times)
            self.turn += sorted(self.ready.pop(self.at), reverse=True)
        return self.turn

    def _wake(self, rank, when):
        if when == self.at:
            insort(self.turn, rank, key=neg)
        elif when in self.ready:
            self.ready[when].append(rank)
        else:
            self.ready[when] = [rank]
            heappush(self.times, when)

    def _replay(self, rank, now, log):
        """Take a rank's notes until its time passes: until when, or None if it is not known."""
        following = log.popleft
        while log:
            kind, what = following(), following()
            if kind == SEND:
                what.sent = now
                if what.eager or what.asked is not None:
                    self._set_out(what, now)
            elif kind in WAITS:
                until = what.arrival if kind == ARRIVED else what.end
                if until is None:
                    what.waiting = (*what.waiting, (rank, kind, now))
                    self.now[rank] = now
                    return None
                if until > now:
                    self.record.stretch(pack_stretch(rank, WAIT, now, until))
                    return until
            elif kind == COMPUTE:
                seconds, label = what
                self.record.stretch(pack_stretch(rank, self.record.kind(label), now, now + seconds))
                return now + seconds
            else:
                what.asked = now
                if what.sent is not None:
                    self._set_out(what, now)
        return now

    def _set_out(self, transfer, now):
        source, dest, tag = transfer.key
        size = transfer.bytes
        start, end, arrival = self.network.carry(source, dest, size, now)
        transfer.end, transfer.arrival = end, arrival
        self.record.message(pack_message(source, dest, size, tag, start, end, arrival))
        for rank, kind, since in transfer.waiting:
            until = arrival if kind == ARRIVED else end
            self.record.stretch(pack_stretch(rank, WAIT, since, until))
            self._wake(rank, until)
