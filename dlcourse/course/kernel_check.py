"""Check a student's kernel: what it writes, what a sanitizer finds, what it costs in counters."""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from dlcourse.course.check import Complaint, check
from dlcourse.gpu import cuda
from dlcourse.gpu.counters import count

LONGEST_RUN = 2.0  # seconds; a right kernel takes milliseconds


@dataclass(frozen=True)
class Limit:
    """A cost target, the same on every machine.

    Attributes:
        counter: of dlcourse.gpu.counters.Counters.
        most: what it may reach, a function of the task's inputs.
        why: what does without more, to follow "are enough: ".
        array: count the loads of this array alone, whatever `counter` is.
    """

    counter: str
    most: object
    why: str
    array: str | None = None

    def spent(self, trace):
        """What a traced launch spent."""
        if self.array is None:
            return getattr(count(trace), self.counter)
        loads = [a for a in trace.accesses if a.kind == "load" and a.space == "global"]
        return sum(access.lanes for access in loads if access.array == self.array)


@dataclass(frozen=True)
class Task:
    """What a kernel is to do.

    Attributes:
        run: run(launch, *inputs) -> what the kernel wrote; it makes the arrays and calls
            launch(grid, block, arguments, shared_mem=0) once.
        reference: reference(*inputs) -> what it should have written.
        limits: tuple of Limit.
        slips: dict of likely mistakes, as for `check`.
    """

    run: object
    reference: object
    limits: tuple = ()
    slips: tuple = ()


def check_kernel(kernel, task, on):
    """Try a kernel on many inputs: its results, its manners, its cost.

    It runs on the emulated GPU, which sees slips and counts, then on a real one if there is one.

    Args:
        kernel: Kernel, the student's.
        task: Task.
        on: list of input tuples, smallest first.

    Raises:
        CheckFailed: with the smallest input on which anything is wrong.

    >>> from dlcourse.course.sheet03 import TASKS
    >>> from dlcourse.gpu.kernel import Kernel
    >>> source = "__global__ void add_ten(const float* x, float* y) { y[0] = x[0] + 10; }"
    >>> check_kernel(Kernel(source), TASKS["add_ten"], on=[(np.array([1.0]),)])
    ✓ add_ten: 1 inputs, all as expected
    """
    emulated = _Host(kernel, task)
    check(
        emulated,
        against=task.reference,
        on=on,
        name=kernel.entry,
        slips=task.slips,
        also=lambda _, *inputs: emulated.too_dear(*inputs) or _wrong_on_gpu(kernel, task, inputs),
    )


class _Host:
    """A task's host program with a kernel in its place: a function, as `check` wants it."""

    def __init__(self, kernel, task):
        self.kernel, self.task = kernel, task
        self.__wrapped__ = task.reference  # whose parameters have the same names
        self.trace = None
        self.endless = ""  # what was said of a run that did not end: one is enough to wait for

    def __call__(self, *inputs):
        written = np.asarray(self.task.run(self._launch, *inputs), float)
        missing = np.argwhere(np.isnan(written))
        if missing.size:
            first = ", ".join(map(str, missing[0]))
            left = f"{len(missing)} of {written.size} numbers unwritten"
            raise Complaint(f"It leaves {left}, the first at [{first}].")
        return written

    def _launch(self, grid, block, arguments, shared_mem=0):
        if self.endless:
            raise Complaint(self.endless)
        launch = partial(self.kernel.trace, grid, block, arguments, shared_mem)
        self.trace = launch(time_limit=LONGEST_RUN)
        print(self.trace.printed, end="")
        if findings := self.trace.findings:
            words = "\n".join(finding.message for finding in findings)
            if "timeout" in {finding.kind for finding in findings}:
                self.endless = words
            raise Complaint(words)

    def too_dear(self, *inputs):
        """What the last run spent beyond the limits, in a sentence, or ""."""
        for limit in self.task.limits:
            spent, most = limit.spent(self.trace), limit.most(*inputs)
            if spent > most:
                what = limit.counter.replace("_", " ")
                what = f"{what} of {limit.array}" if limit.array else what
                return (
                    f"It is right, but takes {spent} {what} where {most} are enough: {limit.why}."
                )
        return ""


def _wrong_on_gpu(kernel, task, inputs):
    """What differs on this machine's real GPU, in a sentence, or ""."""
    if cuda.why_not():
        return ""
    real = task.run(partial(kernel, device="gpu"), *inputs)
    if np.allclose(real, task.reference(*inputs), rtol=1e-5, atol=1e-5):
        return ""
    return f"It is right on the emulated GPU, but this machine's GPU returns {real}."


def blank(*shape):
    """An array to be written whole: what stays untouched is nan.

    >>> blank(2)
    array([nan, nan], dtype=float32)
    """
    return np.full(shape, np.nan, np.float32)


def reals(*arrays):
    """Arrays as kernels take them, float32 and contiguous.

    >>> reals(np.arange(2))
    [array([0., 1.], dtype=float32)]
    """
    return [np.ascontiguousarray(array, np.float32) for array in arrays]


def blocks(size, block):
    """How many blocks cover a size: the quotient, rounded up.

    >>> blocks(10, 4), blocks((10, 3), (4, 4))
    (3, (3, 1))
    """
    if isinstance(block, tuple):
        return tuple(map(blocks, size, block))
    return math.ceil(size / block)
