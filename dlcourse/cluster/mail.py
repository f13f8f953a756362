"""What the ranks of a virtual cluster know of each other: messages under way, and collectives."""

from collections import Counter
from dataclasses import dataclass

from numpy import ndarray

from dlcourse.cluster.arrays import copy_of, fill
from dlcourse.cluster.clock import LANDED, LEFT, Lane
from dlcourse.cluster.errors import check_peer, check_tag
from dlcourse.cluster.places import Place
from dlcourse.cluster.world import Request

EAGER_LIMIT = 2**16  # bytes; MPI libraries use 4 KiB to 256 KiB


class Transfer(Request):
    """One message, from the first of `isend` and `irecv` on; to its receiver it is the Request.

    Attributes:
        channel: Channel it belongs to.
        bytes: its length.
        number: how many short messages were before it in its channel; None if it is long.
        array: what is sent; None before that, and once it is in its buffer.
        buffer: where it goes; None before it is asked for, and once it is there.
        sent_at: where in the program.
        next: the Transfer that follows in its channel's queue.
    """

    __slots__ = ("array", "buffer", "bytes", "channel", "next", "number", "sent_at")

    def __init__(self, channel, bytes, number=None):
        self.channel, self.bytes, self.number = channel, bytes, number
        self.array = self.buffer = self.sent_at = self.next = None

    @property
    def matched(self):
        """Whether both sides have come."""
        return self.sent_at is not None and (self.buffer is not None or self.array is None)

    def wait(self):
        """Return once the message is in its buffer; a second time, at once."""
        buffer = self.buffer
        if buffer is None:
            return
        channel = self.channel
        world = channel.receiver
        if self.number == channel.waited:
            channel.waited += 1
            world.log.append(channel.lane)
        else:
            self._note_wait(world.log)
        if self.array is None:
            world.pause(self)
        del world.receiving[self]
        array = self.array
        self.array = self.buffer = None
        if type(array) is ndarray and type(buffer) is ndarray:
            buffer[...] = array
        else:
            fill(buffer, array)

    def _note_wait(self, log):
        """Note a wait out of turn: messages before it arrive before it, later ones later."""
        channel = self.channel
        while self.number >= channel.waited:
            channel.waited += 1
            log.append(channel.lane)


class Rendezvous(Transfer):
    """A long message, which sets out when both sides have come.

    Attributes:
        met: whether the clock has seen one side.
        end: when the last byte has left; None until that is known.
        arrival: when the last byte has arrived; None until that is known.
        waiting: (rank, kind of note, since when) of who waits for it.
    """

    __slots__ = ("arrival", "end", "met", "waiting")

    def __init__(self, channel, bytes):
        super().__init__(channel, bytes)
        self.arrival = self.end = None
        self.met, self.waiting = False, ()

    def _note_wait(self, log):
        log.extend((LANDED, self))


class Sending(Request):
    """A send whose array is not free before its receiver asks for it."""

    __slots__ = ("transfer", "world")

    def __init__(self, world, transfer):
        self.world, self.transfer = world, transfer
        world.mail.sending[transfer] = transfer.sent_at

    def wait(self):
        """Return once the message has left the array; a second time, at once."""
        world, transfer = self.world, self.transfer
        if transfer not in world.mail.sending:
            return
        del world.mail.sending[transfer]
        world.log.extend((LEFT, transfer))
        if not transfer.matched:
            world.pause(transfer)
        if transfer.array is not None:  # the receiver has not taken it yet
            transfer.array = copy_of(transfer.array)


class Channel:
    """The messages from one rank to another with one tag: a queue of those with one side only.

    Attributes:
        source, dest, tag: which ones.
        lane: Lane, its side of time.
        eager_limit: bytes up to which a message sets out before it is asked for.
        posted, waited: how many short messages there were, and were waited for.
        receiver: the VirtualWorld of `dest`, once it has asked for a message.
        first, last: ends of the queue; either all were sent, or all were asked for.
    """

    __slots__ = ("dest", "eager_limit", "first", "lane", "last", "posted", "receiver", "source")
    __slots__ += ("tag", "waited")

    def __init__(self, key, lane, eager_limit):
        self.source, self.dest, self.tag = key
        self.lane, self.eager_limit = lane, eager_limit
        self.posted = self.waited = 0
        self.receiver = self.first = self.last = None

    def __iter__(self):
        transfer = self.first
        while transfer is not None:
            yield transfer
            transfer = transfer.next

    def sent_first(self):
        """Whether messages were sent that nobody asked for yet."""
        return self.first is not None and self.first.buffer is None

    def post(self, size):
        """Let a message of `size` bytes wait for its other side: its Transfer."""
        if size <= self.eager_limit:
            transfer = Transfer(self, size, self.posted)
            self.posted += 1
        else:
            transfer = Rendezvous(self, size)
        if self.first is None:
            self.first = transfer
        else:
            self.last.next = transfer
        self.last = transfer
        return transfer


class Channels(dict):
    """(source, dest, tag) -> Channel, opened when it is first looked up."""

    def __init__(self, size, network, eager_limit):
        self.size, self.network, self.eager_limit = size, network, eager_limit

    def __missing__(self, key):
        source, dest, tag = key
        check_tag(tag)
        check_peer(source, "sends to", dest, self.size)
        check_peer(dest, "receives from", source, self.size)
        lane = Lane(len(self), self.network.way(source, dest))
        self[key] = channel = Channel(key, lane, self.eager_limit)
        return channel


@dataclass(frozen=True)
class Call:
    """One rank's call of a collective."""

    rank: int
    name: str
    facts: str
    place: Place

    def __str__(self):
        return f"{self.name}({self.facts})"


class Mail:
    """What all ranks know of each other: messages under way, who waits, who is in a collective.

    Args:
        size: number of ranks.
        network: Network that carries the messages.
        eager_limit: bytes up to which a message sets out before it is asked for.
    """

    def __init__(self, size, network, eager_limit=EAGER_LIMIT):
        self.size = size
        self.eager_limit = eager_limit
        self.channels = Channels(size, network, eager_limit)
        self.sending = {}  # Transfer whose sender did not wait for it yet -> where it was sent
        self.receiving = {}  # Transfer that was not received yet -> where it was asked for
        self.waits = [None] * size  # by rank: the Transfer it waits for
        self.calls = [[] for _ in range(size)]  # by rank: collectives it is in, outermost first
        self.count = Counter()  # (rank, members) -> collectives begun
        self.first = {}  # (members, number) -> the Call that began it, and how many came since

    def first_call(self, call, members):
        """Count a rank's call of a collective.

        Args:
            call: Call.
            members: ranks that take part, None for all.

        Returns:
            (number of calls before it, the Call of the rank that was there first).
        """
        number = self.count[call.rank, members]
        self.count[call.rank, members] += 1
        first, here = self.first.pop((members, number), (call, 0))
        if here + 1 < (self.size if members is None else len(members)):
            self.first[members, number] = first, here + 1
        return number, first
