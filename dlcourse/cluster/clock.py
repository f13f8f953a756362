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

from dlcourse.cluster.network import carry
from dlcourse.cluster.recorder import WAIT, pack_message, pack_stretch

SEND, MEET, ARRIVED, LEFT, COMPUTE = range(5)  # what a note says


class Clock:
    """Virtual time of every rank.

    Args:
        size: number of ranks.
        record: Recorder of messages and work.
    """

    def __init__(self, size, record):
        self.message, self.stretch, self.kind = record.message, record.stretch, record.kind
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
        turn, logs, ready = self.turn, self.logs, self.ready
        while turn or self._next_turn():
            rank = turn.pop()
            log = logs[rank]
            if log:
                until = self._replay(rank, log)
                if until in ready:
                    ready[until].append(rank)
                elif until is not None:
                    self._wake(rank, until)
                continue
            self.now[rank] = self.at
            if not self.finished[rank]:
                turn.append(rank)
                return rank
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

    def _replay(self, rank, log):
        """Take a rank's notes until its time passes: until when, or None if it is not known."""
        now, following, stretch = self.at, log.popleft, self.stretch
        while log:
            kind, what = following(), following()
            if kind == SEND:
                self._set_out(what, now)
            elif kind == ARRIVED or kind == LEFT:  # noqa: SIM109 (a tuple is slower to look in)
                until = what.arrival if kind == ARRIVED else what.end
                if until is None:
                    what.waiting += ((rank, kind, now),)
                    self.now[rank] = now
                    return None
                if until > now:
                    stretch(pack_stretch(rank, WAIT, now, until))
                    return until
            elif kind == MEET:  # the first one of two waits for the other
                if what.met:
                    what.end = self._set_out(what, now)
                what.met = True
            else:
                seconds, label = what
                stretch(pack_stretch(rank, self.kind(label), now, now + seconds))
                return now + seconds
        return now

    def _set_out(self, transfer, now):
        """Let a message set out: when its last byte has left."""
        channel, size = transfer.channel, transfer.bytes
        start, end, arrival = carry(channel.way, size, now)
        transfer.arrival = arrival
        self.message(pack_message(channel.number, size, start, end, arrival))
        for rank, kind, since in transfer.waiting:
            until = arrival if kind == ARRIVED else end
            self.stretch(pack_stretch(rank, WAIT, since, until))
            self._wake(rank, until)
        return end
