"""The records of runtime.h that Python and the emulator share, field for field."""

from ctypes import Structure, c_char, c_int32, c_int64, c_uint32, c_uint64

REGIONS, FINDINGS, ARGUMENTS = 64, 256, 64
SPACES = {1: "global", 2: "shared", 3: "constant", 4: "device"}


class Index(Structure):
    """Three coordinates of a thread or block, or three extents."""

    _fields_ = (("x", c_uint32), ("y", c_uint32), ("z", c_uint32))

    def __iter__(self):
        yield from (self.x, self.y, self.z)


class Region(Structure):
    """An array or a variable: where it lies, and what it is called."""

    _fields_ = (
        ("base", c_uint64),
        ("size", c_uint64),
        ("guard", c_uint64),
        ("element", c_uint32),
        ("space", c_uint32),
        ("name", c_char * 48),
    )


class Found(Structure):
    """A finding, before findings.py words it."""

    _fields_ = (
        ("kind", c_uint32),
        ("line", c_int32),
        ("block", Index),
        ("thread", Index),
        ("detail", c_int64 * 6),
        ("name", c_char * 48),
    )


class Launch(Structure):
    """One launch: what is to be done, and what came of it."""

    _fields_ = (
        ("grid", Index),
        ("block", Index),
        ("dynamic_shared", c_uint32),
        ("unused", c_uint32),
        ("blocks", c_uint64),
        ("next_block", c_uint64),
        ("barriers", c_uint64),
        ("stop", c_uint32),
        ("static_shared", c_uint32),
        ("region_count", c_uint32),
        ("finding_count", c_uint32),
        ("arguments", c_uint64 * ARGUMENTS),
        ("regions", Region * REGIONS),
        ("findings", Found * FINDINGS),
        ("print_buffer", c_uint64),
        ("print_capacity", c_uint64),
        ("print_size", c_uint64),
        ("trace_buffer", c_uint64),
        ("trace_capacity", c_uint64),
        ("trace_size", c_uint64),
        ("time_limit", c_uint64),
        ("deadline", c_uint64),
    )


class Variable(Structure):
    """A `__constant__` or `__device__` variable of a library."""

    _fields_ = (
        ("name", c_uint64),
        ("address", c_uint64),
        ("size", c_uint64),
        ("element", c_uint32),
        ("space", c_uint32),
    )
