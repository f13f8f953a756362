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
import time
from functools import lru_cache
from math import prod

import numpy as np

from dlcourse.gpu.arguments import extent
from dlcourse.gpu.emulator.arena import COUNTED, PRINTED
from dlcourse.gpu.emulator.build import build
from dlcourse.gpu.emulator.counts import unpack
from dlcourse.gpu.emulator.findings import worded
from dlcourse.gpu.emulator.operands import Operands
from dlcourse.gpu.emulator.process import process
from dlcourse.gpu.emulator.records import FINDINGS, Index, Launch
from dlcourse.gpu.errors import LaunchError
from dlcourse.gpu.signature import parse
from dlcourse.trace import Finding, KernelTrace

THREADS_PER_WORKER = 1 << 14  # fewer are not worth another OS thread
MOST_WORKERS = 64  # as runtime.h
MOST_SHARED = 227 << 10  # bytes
DIED = "crash: the kernel ended the emulator's process, nobody knows where."
LATE = "timeout: the kernel did not finish in time, nobody knows where it was."
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
        workers: OS threads, or None for as many as are worth it; traced launches have one.

    Returns:
        KernelTrace; what went wrong is in its findings.

    Raises:
        CompileError: with the compiler's message.
        LaunchError: if the arguments are not the kernel's, or an array does not fit its variable.

    >>> x = np.ones(100, np.float32)
    >>> source = "__global__ void twice(float* x) { x[threadIdx.x] *= 2; }"
    >>> launch(source, "twice", (1, 1, 1), (100, 1, 1), (x,), traced=False).findings
    ()
    >>> float(x.sum())
    200.0
    """
    grid, block = extent("grid", grid), extent("block", block)
    if not 0 <= shared_mem <= MOST_SHARED:
        raise LaunchError(f"shared_mem={shared_mem}: a block has at most {MOST_SHARED} bytes")
    macros, values = _split(constants or {})
    library = build(source, entry, macros, traced, filename)
    host = process()
    with host.lock:
        operands = Operands(host, signature(source, entry), args, values, traced)
        record = _prepare(host, operands, grid, block, shared_mem, time_limit)
        began = time.perf_counter()
        reply = host.ask(
            path=library.path,
            workers=1 if traced else workers or _workers(source, grid, block),
            time_limit=time_limit,
            guards=operands.guards(),
            values=operands.fills(),
        )
        operands.copy_back(reply)
        findings = [*_findings(record, source, time_limit), *operands.strays()]
        seconds = reply["seconds"] if reply else time.perf_counter() - began
        if not findings and (reply is None or not reply["alive"]):
            late = seconds > time_limit
            findings.append(Finding("timeout", LATE) if late else Finding("crash", DIED))
        return KernelTrace(
            entry, grid, block, **_outcome(host.arena, library, source, findings, seconds)
        )


def _split(constants):
    """Macros, as pairs of texts, and the values of `__constant__` variables."""
    values = {n: np.ascontiguousarray(v) for n, v in constants.items() if np.ndim(v)}
    return tuple((n, str(v)) for n, v in constants.items() if n not in values), values


def _workers(source, grid, block):
    """How many OS threads are worth it; one for kernels that print, so that lines keep order."""
    if "printf" in source:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    worth = prod((*grid, *block)) // THREADS_PER_WORKER
    return max(1, min(cores or 1, prod(grid), worth, MOST_WORKERS))


def _prepare(host, operands, grid, block, shared_mem, time_limit):
    """Write the launch's record into the arena."""
    arena, base = host.arena, host.base
    record = arena.launch
    ctypes.memset(ctypes.addressof(record), 0, ctypes.sizeof(Launch))
    record.grid, record.block = Index(*grid), Index(*block)
    record.blocks, record.dynamic_shared = prod(grid), shared_mem
    record.print_buffer, record.print_capacity = base + arena.printed, PRINTED
    record.trace_buffer, record.trace_capacity = base + arena.counted, COUNTED
    record.time_limit = int(time_limit * 1e9)
    operands.fill()
    return record


def _findings(record, source, time_limit):
    """What the emulator found, in words."""
    found = record.findings[: min(record.finding_count, FINDINGS)]
    regions = record.regions[: record.region_count]
    return worded(found, source, regions, time_limit, tuple(record.grid), tuple(record.block))


def _outcome(arena, library, source, findings, seconds):
    """The fields of a KernelTrace that a run has filled."""
    record = arena.launch
    counts = {}
    if 0 < record.trace_size <= record.trace_capacity:
        data = _text(arena, arena.counted, record.trace_size)
        counts = unpack(data, library.sites, source.splitlines())
    printed = _text(arena, arena.printed, min(record.print_size, PRINTED)).decode(errors="replace")
    if record.print_size > PRINTED:
        printed += (
            f"... and {record.print_size - PRINTED:,} bytes more, for which there is no room\n"
        )
    return counts | {
        "barriers": record.barriers,
        "shared_bytes": record.static_shared + record.dynamic_shared,
        "findings": tuple(findings),
        "printed": printed,
        "seconds": seconds,
    }


def _text(arena, start, size):
    """Bytes of the arena, copied."""
    return arena.bytes[start : start + size].tobytes()
