"""Keeps what happens on a cluster in columns, so that millions of messages fit in memory."""

import struct
from collections import Counter
from io import BytesIO

import numpy as np

from dlcourse.trace import ClusterTrace, Message, Records, Work

MESSAGE = np.dtype([(name, "i8") for name in ("channel", "bytes")])
MESSAGE = np.dtype(MESSAGE.descr + [(name, "f8") for name in ("start", "end", "arrival")])
STRETCH = np.dtype([("rank", "i8"), ("kind", "i8"), ("start", "f8"), ("end", "f8")])
pack_message = struct.Struct("qqddd").pack
pack_stretch = struct.Struct("qqdd").pack
WAIT = 0


class Recorder:
    """Notes messages and work as they happen, 8 bytes a number.

    Args:
        keep: whether to keep every message and wait, or only the bytes over each link.
    """

    def __init__(self, keep=True):
        self.keep = keep
        self.messages, self.stretches = BytesIO(), BytesIO()
        self.sent = Counter()  # number of a channel -> bytes, where messages are not kept
        self.message = self.messages.write if keep else self._count  # what MESSAGE's struct packed
        self.stretch = self.stretches.write if keep else len
        self.kinds = {("wait", ""): WAIT}  # (kind, label) -> number

    def kind(self, label):
        """The number of computing under a label."""
        return self.kinds.setdefault(("compute", label), len(self.kinds))

    def trace(self, size, seconds, channels):
        """What was noted, as a ClusterTrace; without records if they were not kept.

        Args:
            size: number of ranks.
            seconds: when the last one ended.
            channels: list of Channels, by their number.
        """
        rows = np.frombuffer(self.messages.getvalue(), MESSAGE)
        link_bytes = self._link_bytes(rows, channels)
        if not self.keep:
            return ClusterTrace(size, seconds, link_bytes=link_bytes)

        def message(number, size, *times):
            channel = channels[number]
            names = tuple(wire.name for wire in channel.lane.way)
            return Message(channel.source, channel.dest, size, channel.tag, *times, names)

        work = Records(self._work, np.frombuffer(self.stretches.getvalue(), STRETCH))
        return ClusterTrace(size, seconds, Records(message, rows), work, link_bytes)

    def _count(self, packed):
        number, size = struct.unpack_from("qq", packed)
        self.sent[number] += size

    def _link_bytes(self, rows, channels):
        """Bytes that crossed each direction of a link, or each half-duplex link."""
        sent, sums = np.zeros(len(channels), np.int64), Counter()
        np.add.at(sent, rows["channel"], rows["bytes"])
        for number, channel in enumerate(channels):
            for wire in channel.lane.way:
                sums[wire.name] += int(sent[number]) + self.sent[number]
        return dict(sorted(sums.items()))

    def _work(self, rank, kind, start, end):
        kind, label = list(self.kinds)[kind]
        return Work(rank, kind, start, end, label)
