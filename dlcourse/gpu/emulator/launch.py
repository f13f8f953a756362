"""Runs a CUDA C kernel on the emulated GPU: threads are fibers, blocks go to the OS threads.

What it promises: the arrays that a GPU would give, and counts, never times.

Not modelled: registers, occupancy, caches, latencies and clocks; fused multiply-add, where the
source does not ask for it; cooperative groups, textures, streams, tensor cores, cp.async, clusters,
launches from kernels. Order is fixed, but for threads that wait for others: code with a race may
look right here. Integer division by zero ends the kernel, where a GPU returns something.

What ran: Linux on x86-64, with GCC and Zig's Clang. macOS and arm64 were written for and compiled
at most; on Windows a crash or an endless loop is noticed without its line.
"""

import ctypes
import os
from functools import lru_cache
from math import prod

import numpy as np

from dlcourse.gpu.emulator.build import build
from dlcourse.gpu.emulator.counts import unpack
from dlcourse.gpu.emulator.findings import stray, worded
from dlcourse.gpu.emulator.process import process
from dlcourse.gpu.emulator.records import ARGUMENTS, FINDINGS, Index, Launch, Region
from dlcourse.gpu.errors import LaunchError
from dlcourse.gpu.signature import parse
from dlcourse.trace import Finding, KernelTrace

THREADS_PER_WORKER = 1 << 14  # fewer are not worth another OS thread
GLOBAL = 1
signature = lru_cache(parse)


def launch(
    source,
    entry,
    grid,
    block,
    args,
    *,
    shared_mem=0,
    constants=None,
    traced=True,
    time_limit=10.0,
    filename="kernel.cu",
    workers=None,
):
    """Run a kernel.

    Args:
        source: CUDA C.
        entry: the kernel's name, "scale<float>" for an instance of a template.
        grid: three ints, blocks along x, y, z.
        block: three ints, threads of a block.
        args: contiguous arrays, written in place, and NumPy scalars of the parameters' types.
        shared_mem: bytes of dynamic shared memory.
        constants: dict; text becomes a macro, an array fills the `__constant__` variable of
            that name.
        traced: count and check, about 20 times as slow.
        time_limit: seconds; then the kernel is stopped.
        filename: what messages call the source.
        workers: OS threads, or None for as many as are worth it.

    Returns:
        KernelTrace; what went wrong is in its findings.

    Raises:
        CompileError: with the compiler's message.
        LaunchError: if the arguments are not the kernel's.

    >>> x = np.ones(100, np.float32)
    >>> source = "__global__ void twice(float* x) { x[threadIdx.x] *= 2; }"
    >>> launch(source, "twice", (1, 1, 1), (100, 1, 1), (x,), traced=False).findings
    ()
    >>> float(x.sum())
    200.0
    """
    constants = constants or {}
    values = {n: np.ascontiguousarray(v) for n, v in constants.items() if np.ndim(v)}
    macros = tuple((n, str(v)) for n, v in constants.items() if n not in values)
    library = _build(source, entry, macros, traced, filename)
    if workers is None:
        workers = _workers(source, grid, block, traced)
    host = process()
    with host.lock:
        run = Run(host, signature(source, entry), list(args), values, traced)
        run.fill(grid, block, shared_mem, workers)
        reply = run.ask(library, workers, time_limit)
        findings, printed = run.outcome(source, time_limit, reply)
        record = run.record
        return KernelTrace(
            name=entry,
            grid=tuple(grid),
            block=tuple(block),
            barriers=record.barriers,
            shared_bytes=record.static_shared + shared_mem,
            findings=tuple(findings),
            printed=printed,
            seconds=reply["seconds"] if reply else time_limit,
            **(run.counts(library.sites, source) if traced else {}),
        )


_build = lru_cache(build)


def _workers(source, grid, block, traced):
    """How many OS threads are worth it; one for kernels that print, so that lines keep order."""
    if traced or "printf" in source:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, prod(grid), prod((*grid, *block)) // THREADS_PER_WORKER, 64))


class Run:
    """One launch in the arena of the worker process."""

    def __init__(self, host, signature, args, values, traced):
        if len(args) != len(signature.parameters):
            wanted = ", ".join(p.name for p in signature.parameters)
            given = f"{len(args)} arguments, the kernel takes {len(signature.parameters)}: {wanted}"
            raise LaunchError(f"{signature.entry} was given {given}")
        self.host, self.parameters, self.args, self.values = (
            host,
            signature.parameters,
            args,
            values,
        )
        self.traced = traced
        self.extents = _extents([a for a in args if isinstance(a, np.ndarray) and a.nbytes])
        sizes = [stop - start for start, stop, _ in self.extents]
        sizes += [v.nbytes for v in values.values()]
        size = host.ready().place(sizes, traced)[1]
        self.arena = host.ready(size)
        self.places = self.arena.place(sizes, traced)[0]
        self.record = self.arena.launch

    def fill(self, grid, block, shared_mem, workers):
        """Write the launch's record, its arguments and its arrays."""
        record, base = self.record, self.host.base
        ctypes.memset(ctypes.addressof(record), 0, ctypes.sizeof(Launch))
        record.grid, record.block = Index(*grid), Index(*block)
        record.blocks, record.workers, record.dynamic_shared = prod(grid), workers, shared_mem
        record.print_buffer, record.print_capacity = base + self.arena.printed, 1 << 20
        record.trace_buffer = base + self.arena.counted
        record.trace_capacity = self.arena.begin - self.arena.counted
        self._fill_arguments()
        for (start, stop, _), place in zip(self.extents, self.places, strict=False):
            self.arena.fill(place, _memory(start, stop - start))
        for value, place in zip(
            self.values.values(), self.places[len(self.extents) :], strict=True
        ):
            self.arena.fill(place, value)

    def _fill_arguments(self):
        at = self.arena.values
        for i, (parameter, arg) in enumerate(zip(self.parameters, self.args, strict=True)):
            if isinstance(arg, np.ndarray):
                data = np.uint64(self._address(parameter, arg)).tobytes()
            else:
                data = arg.tobytes()
            self.arena.bytes[at : at + len(data)] = np.frombuffer(data, np.uint8)
            self.record.arguments[i] = self.host.base + at
            at += -(-len(data) // 16) * 16

    def _address(self, parameter, array):
        """Where an array lies in the worker; its region gets the first parameter's name."""
        if not array.nbytes:
            return 0
        data = array.ctypes.data
        i = next(i for i, (start, stop, _) in enumerate(self.extents) if start <= data < stop)
        place, record = self.places[i], self.record
        base = self.host.base + place.start
        if all(r.base != base for r in record.regions[: record.region_count]):
            name = parameter.name.encode()[:47]
            width = array.dtype.itemsize * parameter.lanes
            new = Region(base, place.size, place.guard, width, GLOBAL, name)
            record.regions[record.region_count] = new
            record.region_count += 1
        return base + data - self.extents[i][0]

    def ask(self, library, workers, time_limit):
        """Have the worker run it."""
        guards = []
        if not self.traced:
            for p in self.places:
                guards += [(p.low - p.guard, p.guard), (p.high, p.guard)]
        values = {
            name: (place.start, place.size)
            for name, place in zip(self.values, self.places[len(self.extents) :], strict=True)
        }
        return self.host.ask(
            time_limit,
            path=library.path,
            workers=workers,
            time_limit=time_limit,
            guards=guards,
            values=values,
        )

    def outcome(self, source, time_limit, reply):
        """Copy arrays back; return findings and what was printed."""
        record = self.record
        regions = record.regions[: record.region_count]
        found = record.findings[: min(record.finding_count, FINDINGS)]
        findings = worded(
            found, source, regions, time_limit, tuple(record.grid), tuple(record.block)
        )
        for (start, stop, written), place in zip(self.extents, self.places, strict=False):
            if written:
                _memory(start, stop - start)[:] = self.arena.read(place)
            if not self.traced:
                findings += self._strays(place, regions)
        if reply is None and not findings:
            findings.append(Finding("crash", "crash: the kernel ended the emulator's process."))
        size = min(record.print_size, record.print_capacity)
        printed = self.arena.bytes[self.arena.printed : self.arena.printed + size].tobytes()
        return findings, printed.decode(errors="replace")

    def counts(self, sites, source):
        """What the traced build counted, as fields of KernelTrace."""
        size, start = self.record.trace_size, self.arena.counted
        if not 0 < size <= self.record.trace_capacity:
            return {}
        data = self.arena.bytes[start : start + size].tobytes()
        return unpack(data, sites, source.splitlines())

    def _strays(self, place, regions):
        for offset in self.arena.strays(place):
            region = next(r for r in regions if r.base == self.host.base + place.start)
            message = f"out of bounds: some thread wrote to {stray(region, offset)}"
            yield Finding("out of bounds", message)


def _extents(arrays):
    """Memory that the arrays cover, overlapping ones together: (start, stop, may be written)."""
    spans = sorted((a.ctypes.data, a.ctypes.data + a.nbytes, a.flags.writeable) for a in arrays)
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


assert ARGUMENTS == 64
