"""What a kernel works on: arrays and arguments, brought into the arena and back."""

import ctypes

import numpy as np

from dlcourse.gpu.emulator.findings import stray
from dlcourse.gpu.emulator.records import ARGUMENTS, REGIONS, Region
from dlcourse.gpu.errors import LaunchError
from dlcourse.trace import Finding

GLOBAL = 1  # runtime.h's Space::global


class Operands:
    """The arrays and arguments of one launch."""

    def __init__(self, host, signature, args, values, traced):
        """Find room for everything.

        Args:
            host: process.Process.
            signature: of the kernel.
            args: sequence of contiguous arrays and NumPy scalars.
            values: dict of arrays for `__constant__` variables, by name.
            traced: how to lay out the arrays.

        Raises:
            LaunchError: if the kernel takes another number of arguments.
        """
        self.parameters, self.args = signature.parameters, args
        if len(args) != len(self.parameters) or len(args) > ARGUMENTS:
            wanted = ", ".join(p.name for p in self.parameters) or "none"
            raise LaunchError(f"{signature.entry} takes {wanted}: it was given {len(args)} values")
        self.host, self.values, self.traced = host, values, traced
        self.extents = extents(args, self.parameters)
        sizes = [stop - start for start, stop, _ in self.extents]
        sizes += [v.nbytes for v in values.values()]
        self.arena = host.ready(host.ready().place(sizes, traced)[1])
        places = self.arena.place(sizes, traced)[0]
        self.places, self.value_places = places[: len(self.extents)], places[len(self.extents) :]

    def fill(self):
        """Copy everything into the arena, and write down where it is."""
        for (start, stop, _), place in zip(self.extents, self.places, strict=True):
            self.arena.fill(place, _memory(start, stop - start))
        for value, place in zip(self.values.values(), self.value_places, strict=True):
            self.arena.fill(place, value)
        at = self.arena.values
        for i, (parameter, arg) in enumerate(zip(self.parameters, self.args, strict=True)):
            data = self._bytes(parameter, arg)
            self.arena.bytes[at : at + len(data)] = np.frombuffer(data, np.uint8)
            self.arena.launch.arguments[i] = self.host.base + at
            at += -(-len(data) // 16) * 16

    def _bytes(self, parameter, arg):
        """What the kernel finds in a parameter."""
        if isinstance(arg, np.ndarray):
            return self._pointer(parameter, arg)
        return np.asarray(arg, parameter.dtype).tobytes() if parameter.dtype else arg.tobytes()

    def _pointer(self, parameter, array):
        """An array's address in the worker; its region gets the name of its first parameter."""
        if not array.nbytes:
            return bytes(8)
        data, launch = array.ctypes.data, self.arena.launch
        i = next(i for i, (start, stop, _) in enumerate(self.extents) if start <= data < stop)
        place = self.places[i]
        base = self.host.base + place.start
        known = {r.base for r in launch.regions[: launch.region_count]}
        if base not in known and len(known) < REGIONS:
            name, element = parameter.name.encode()[:47], array.itemsize * parameter.lanes
            region = Region(base, place.size, place.guard, element, GLOBAL, name)
            launch.regions[launch.region_count] = region
            launch.region_count += 1
        return np.uint64(base + data - self.extents[i][0]).tobytes()

    def guards(self):
        """Pages that may not be touched: lists of (offset, bytes)."""
        if self.traced:
            return []
        places = [*self.places, *self.value_places]
        sides = [[(p.low - p.guard, p.guard), (p.high, p.guard)] for p in places]
        return [list(guard) for pair in sides for guard in pair]

    def fills(self):
        """Where the values of `__constant__` variables lie: name to (offset, bytes)."""
        places = zip(self.values, self.value_places, strict=True)
        return {name: (place.start, place.size) for name, place in places}

    def _refuse(self, name, room):
        """Complain of a value that its `__constant__` variable, of `room` bytes, cannot hold."""
        value = self.values[name]
        raise LaunchError(
            f"{name}: an array of {value.nbytes:,} bytes (shape {value.shape}, {value.dtype}) for "
            f"a variable of {room:,} bytes: declare it larger, or give fewer values"
        )

    def copy_back(self, reply):
        """Give the caller's arrays what the kernel wrote.

        Args:
            reply: of the worker; None if it died.

        Raises:
            LaunchError: if nothing ran, since a value was too large for its variable.
        """
        if reply and "small" in reply:
            self._refuse(*reply["small"])
        for (start, stop, written), place in zip(self.extents, self.places, strict=True):
            if written:
                _memory(start, stop - start)[:] = self.arena.read(place)

    def strays(self):
        """Findings of the plain build: bytes beside an array that were changed."""
        if self.traced:
            return
        launch = self.arena.launch
        regions = {r.base: r for r in launch.regions[: launch.region_count]}
        for place in self.places:
            for offset in self.arena.strays(place):
                words = stray(regions[self.host.base + place.start], offset)
                yield Finding("out of bounds", f"out of bounds: a thread wrote to {words}")


def extents(args, parameters):
    """Find the memory that arrays cover; those that overlap share it.

    Args:
        args: sequence of arrays and scalars.
        parameters: of the kernel, one each.

    Returns:
        list of (start, stop, may the kernel write it), addresses.

    >>> from dlcourse.gpu.signature import parse
    >>> x = np.zeros(8, np.float32)
    >>> both = parse("__global__ void f(const float* x, float* y) {}").parameters
    >>> [(stop - start, written) for start, stop, written in extents((x[:6], x[2:]), both)]
    [(32, True)]
    """
    spans = sorted(
        (a.ctypes.data, a.ctypes.data + a.nbytes, a.flags.writeable and not p.const)
        for a, p in zip(args, parameters, strict=True)
        if isinstance(a, np.ndarray) and a.nbytes
    )
    merged = []
    for start, stop, written in spans:
        if merged and start < merged[-1][1]:
            first, last, before = merged[-1]
            merged[-1] = (first, max(last, stop), before or written)
        else:
            merged.append((start, stop, written))
    return merged


def _memory(address, size):
    """Bytes of this process as an array."""
    return np.frombuffer((ctypes.c_uint8 * size).from_address(address), np.uint8)
