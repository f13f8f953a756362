"""Keeps what happens on a cluster in columns, so that millions of messages fit in memory."""

import struct
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
        network: Network, for the links of each route.
        keep: whether to keep every message and wait, or only the bytes over each link.
    """

    def __init__(self, network, keep=True):
        self.network = network
        self.keep = keep
        self.messages, self.stretches = BytesIO(), BytesIO()
        self.message = self.messages.write if keep else len  # of what MESSAGE's struct packed
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
        if not self.keep:
            return ClusterTrace(size, seconds, link_bytes=self.network.link_bytes())

        def message(number, size, *times):
            channel = channels[number]
            ends = channel.source, channel.dest
            return Message(*ends, size, channel.tag, *times, channel.route.names)

        messages = Records(message, np.frombuffer(self.messages.getvalue(), MESSAGE))
        work = Records(self._work, np.frombuffer(self.stretches.getvalue(), STRETCH))
        return ClusterTrace(size, seconds, messages, work, self.network.link_bytes())

    def _work(self, rank, kind, start, end):
        kind, label = list(self.kinds)[kind]
        return Work(rank, kind, start, end, label)
