"""Memory that the notebook and the worker process share: a launch's record, its arrays, its text.

Arrays lie far apart. In the plain build each ends where a page begins that may not be touched, as
closely as 16 bytes of alignment allow; what remains is filled with a pattern that is looked at
afterwards. In the traced build each begins at a multiple of 256 bytes, as on a GPU, and the space
around it may be touched: the checks notice first.
"""

import ctypes
import mmap
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dlcourse.gpu.emulator.records import Launch

PAGE = 1 << 16  # at least a page of any system
GUARD = 1 << 20  # least bytes between arrays
MOST_GUARD = 1 << 23
PRINTED = 1 << 20  # bytes, as CUDA's own buffer
COUNTED = 1 << 25  # bytes for what the traced build counts
VALUES = 1 << 14  # bytes of a launch's arguments
PATTERN = 0xA5
SMALLEST = 1 << 28


@dataclass(frozen=True)
class Place:
    """Where an array lies, in bytes from the arena's begin.

    Attributes:
        start, size: of the array.
        low, high: the pages that hold it; beyond them, `guard` bytes belong to nobody.
        guard: bytes.
    """

    start: int
    size: int
    low: int
    high: int
    guard: int


class Arena:
    """A file in memory; its first bytes are the launch's record."""

    def __init__(self, size=SMALLEST):
        """Make a file of `size` bytes; pages that nobody touches cost nothing."""
        handle, path = tempfile.mkstemp(prefix="dlcourse-", dir=_folder(size))
        self.path, self.size = Path(path), size
        with os.fdopen(handle, "r+b") as file:
            file.truncate(size)
            self.map = mmap.mmap(file.fileno(), size)
        self.bytes = np.frombuffer(self.map, np.uint8)
        self.launch = Launch.from_buffer(self.map)
        self.printed = _up(ctypes.sizeof(Launch))
        self.values = self.printed + PRINTED
        self.counted = self.values + PAGE
        self.begin = self.counted + COUNTED

    def remove(self):
        """Take the file's name away; its memory goes with the last process that maps it."""
        with suppress(OSError):  # Windows keeps it as long as it is used
            self.path.unlink()

    def place(self, sizes, aligned):
        """Find places for arrays.

        Args:
            sizes: list of bytes.
            aligned: begin at multiples of 256, rather than end at a guard.

        Returns:
            list of Place, and the bytes that the arena must have for them.

        >>> arena = Arena()
        >>> arena.remove()
        >>> places, size = arena.place([100], aligned=False)
        >>> places[0].high - places[0].start
        112
        """
        places, low = [], self.begin
        for size in sizes:
            guard = min(MOST_GUARD, max(GUARD, _up(size)))
            low += guard
            high = low + max(PAGE, _up(size))
            start = low if aligned else high - -(-size // 16) * 16
            places.append(Place(start, size, low, high, guard))
            low = high + guard
        return places, low

    def fill(self, place, array):
        """Copy an array in, and the pattern around it."""
        self._rest(place, PATTERN)
        self.bytes[place.start : place.start + place.size] = array.reshape(-1).view(np.uint8)

    def _rest(self, place, value):
        near = 4096  # bytes in front that are looked at
        self.bytes[max(place.low, place.start - near) : place.start] = value
        self.bytes[place.start + place.size : place.high][:near] = value

    def read(self, place):
        """The bytes of an array."""
        return self.bytes[place.start : place.start + place.size]

    def strays(self, place):
        """Where bytes around an array were changed.

        Args:
            place: Place.

        Returns:
            list of offsets from the array's begin, the nearest first.
        """
        near, end = 4096, place.start + place.size
        first = max(place.low, place.start - near)
        front = np.flatnonzero(self.bytes[first : place.start] != PATTERN)
        behind = np.flatnonzero(self.bytes[end : place.high][:near] != PATTERN)
        found = [first + int(i) - place.start for i in front[-1:]]
        return [place.size + int(i) for i in behind[:1]] + found


def _folder(size):
    """A folder in memory that has room for `size` bytes; None: that of temporary files."""
    memory = Path("/dev/shm")  # containers may make it small, and a full one ends the process
    fits = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > size
    return memory if fits else None


def _up(size):
    return -(-size // PAGE) * PAGE
