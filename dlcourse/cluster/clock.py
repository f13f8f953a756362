"""The virtual clock: replays what the ranks did, in the order of time, on the network.

A rank's data run ahead of its time. Whatever a rank does it notes in its log; the clock takes
the notes of all ranks in the order of their times (ties by rank), so links are taken in that
order too, and asks for more when the rank that comes next has none left. A program cannot ask
which message came first, so what it computes never depends on the clock.

Not modelled: the time that a call takes, the handshake before a long message.
"""

from collections import deque
from heapq import heapify, heappop, heappush

SEND, ASK, ARRIVED, LEFT, COMPUTE = range(5)  # what a note says


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
        sender_waits, receiver_waits: since when that side waits.
    """

    __slots__ = ("array", "arrival", "asked", "buffer", "bytes", "eager", "end", "key", "place")
    __slots__ += ("receiver_waits", "sender_waits", "sent")

    def __init__(self, key, bytes, eager, place):
        self.key = key
        self.bytes = bytes
        self.eager = eager
        self.place = place
        self.array = self.buffer = self.sent = self.asked = self.end = self.arrival = None
        self.sender_waits = self.receiver_waits = None


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
        self.ready = [(0.0, rank) for rank in range(size)]  # who goes on, and when
        heapify(self.ready)

    def advance(self):
        """Replay until a rank has to say what it does next.

        Returns:
            That rank, or None when no rank goes on.
        """
        ready, logs = self.ready, self.logs
        while ready:
            now, rank = ready[0]
            log = logs[rank]
            if log:
                heappop(ready)
                self._replay(rank, now, log)
                continue
            self.now[rank] = now
            if not self.finished[rank]:
                return rank
            heappop(ready)
        return None

    def _replay(self, rank, now, log):
        """Take a rank's notes until its time passes or it waits."""
        while log:
            kind, what = log.popleft()
            if kind == SEND:
                self._send(what, now)
            elif kind == ARRIVED:
                if what.arrival is None:
                    what.receiver_waits = self.now[rank] = now
                    return
                if what.arrival > now:
                    self.record.work(rank, "wait", now, what.arrival)
                    now = what.arrival
                    break
            elif kind == COMPUTE:
                seconds, label = what
                self.record.work(rank, "compute", now, now + seconds, label)
                now += seconds
                break
            elif kind == ASK:
                what.asked = now
                if what.sent is not None:
                    self._set_out(what, now)
            elif what.end is None:
                what.sender_waits = self.now[rank] = now
                return
            elif what.end > now:
                self.record.work(rank, "wait", now, what.end)
                now = what.end
                break
        heappush(self.ready, (now, rank))

    def _send(self, transfer, now):
        transfer.sent = now
        if transfer.eager or transfer.asked is not None:
            self._set_out(transfer, now)

    def _set_out(self, transfer, now):
        source, dest, tag = transfer.key
        start, end, arrival = self.network.carry(source, dest, transfer.bytes, now)
        transfer.end, transfer.arrival = end, arrival
        self.record.message(source, dest, transfer.bytes, tag, start, end, arrival)
        self._wake(source, transfer.sender_waits, end)
        self._wake(dest, transfer.receiver_waits, arrival)

    def _wake(self, rank, since, time):
        if since is not None:
            self.record.work(rank, "wait", since, time)
            heappush(self.ready, (max(since, time), rank))
