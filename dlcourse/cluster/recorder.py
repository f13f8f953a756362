"""Keeps what happens on a cluster in columns, so that millions of messages fit in memory."""

from array import array
from collections import defaultdict

from dlcourse.trace import ClusterTrace, Message, Records, Work


class Recorder:
    """Notes messages and work as they happen.

    Args:
        network: Network, for the links of each route.
        keep: whether to keep every message and wait, or only the bytes over each link.
    """

    def __init__(self, network, keep=True):
        self.network = network
        self.keep = keep
        self.columns = [array(code) for code in "iiqqddd"]
        self.stretches = [array("i"), [], array("d"), array("d"), []]
        self.sums = defaultdict(int)  # (source, dest) -> bytes

    def message(self, source, dest, bytes, tag, start, end, arrival):
        """Note a message."""
        self.sums[source, dest] += bytes
        if self.keep:
            for column, value in zip(
                self.columns, (source, dest, bytes, tag, start, end, arrival), strict=True
            ):
                column.append(value)

    def work(self, rank, kind, start, end, label=""):
        """Note a stretch of computing or waiting."""
        if self.keep and end > start:
            for column, value in zip(self.stretches, (rank, kind, start, end, label), strict=True):
                column.append(value)

    def trace(self, size, seconds):
        """What was noted, as a ClusterTrace."""
        messages = Records(self._message, self.columns)
        work = Records(Work, self.stretches)
        return ClusterTrace(size, seconds, messages, work, self.link_bytes())

    def link_bytes(self):
        """Bytes that crossed each link, by direction."""
        sums = defaultdict(int)
        for (source, dest), bytes in self.sums.items():
            for wire in self.network.route(source, dest):
                sums[wire.name] += bytes
        return dict(sorted(sums.items()))

    def _message(self, source, dest, *rest):
        names = tuple(wire.name for wire in self.network.route(source, dest))
        return Message(source, dest, *rest, names)
