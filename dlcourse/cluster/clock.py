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

# A log says what a rank did: a Lane, whose next message it waited for; or two entries, bytes and
# the Lane on which they set out, or one of these and of what
MEET, LANDED, LEFT, COMPUTE = range(-4, 0)


class Lane:
    """A channel as the clock sees it: its short messages arrive in the order of their sending.

    Every turn reads those of all ranks: a lane keeps little, so that they stay in the cache.

    Attributes:
        number: of the channel, from 0.
        way: tuple of Wire that its messages pass.
        arrival: of the first message that was not waited for yet, in seconds; None without one.
        later: deque of the arrivals after it; None before the first.
        waiting: (rank, since when) of who waits for the next message, or None.
    """

    __slots__ = ("arrival", "later", "number", "waiting", "way")

    def __init__(self, number, way):
        self.number, self.way = number, way
        self.arrival = self.later = self.waiting = None


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
        self.torn = False  # whether somebody was ended while replaying, in the middle of a note
        self.at = 0.0  # the time that it is
        self.turn = list(reversed(range(size)))  # who goes on now, the first one last
        self.times = []  # a heap of the times to come
        self.ready = {}  # time to come -> who goes on then

    def advance(self):
        """Replay until a rank has to say what it does next.

        Returns:
            That rank, or None when no rank goes on.
        """
        self.torn = True
        rank = self._advance()
        self.torn = False
        return rank

    def finish(self):
        """Replay all that there is: no rank will do more."""
        self.finished = [True] * len(self.logs)
        if not self.torn:
            self.advance()

    def _advance(self):
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
        now, following = self.at, log.popleft
        while log:
            note = following()
            if type(note) is Lane:
                until = note.arrival
                if until is None:
                    note.waiting = rank, now
                else:
                    note.arrival = note.later.popleft() if note.later else None
            elif note >= 0:
                self._send(following(), note, now)
                continue
            elif note == MEET:
                self._meet(following(), now)
                continue
            elif note == COMPUTE:
                seconds, label = following()
                self.stretch(pack_stretch(rank, self.kind(label), now, now + seconds))
                return now + seconds
            else:
                transfer = following()
                until = transfer.arrival if note == LANDED else transfer.end
                if until is None:
                    transfer.waiting += ((rank, note, now),)
            if until is None:
                self.now[rank] = now
                return None
            if until > now:
                self.stretch(pack_stretch(rank, WAIT, now, until))
                return until
        return now

    def _send(self, lane, size, now):
        """Let a short message set out."""
        start, end, arrival = carry(lane.way, size, now)
        self.message(pack_message(lane.number, size, start, end, arrival))
        if lane.waiting:
            self._go_on(*lane.waiting, arrival)
            lane.waiting = None
        elif lane.arrival is None:
            lane.arrival = arrival
        elif lane.later is None:
            lane.later = deque((arrival,))
        else:
            lane.later.append(arrival)

    def _meet(self, transfer, now):
        """Let a long message set out if its other side has come before."""
        if transfer.met:
            lane, size = transfer.channel.lane, transfer.bytes
            start, transfer.end, transfer.arrival = carry(lane.way, size, now)
            times = start, transfer.end, transfer.arrival
            self.message(pack_message(lane.number, size, *times))
            for rank, note, since in transfer.waiting:
                self._go_on(rank, since, transfer.arrival if note == LANDED else transfer.end)
        transfer.met = True

    def _go_on(self, rank, since, until):
        """Let a rank that waits go on."""
        self.stretch(pack_stretch(rank, WAIT, since, until))
        self._wake(rank, until)
