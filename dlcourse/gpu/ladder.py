"""The course's kernel ladders: one operation each, a better kernel on every rung.

A rung is a file kernels/LADDER/N_RUNG.cu; `rungs` has its constants, its launch rule and the
ladder's reference. Arrays may be NumPy's, for the emulated GPU, or CuPy's, for a real one.
"""

from dataclasses import dataclass

from dlcourse.gpu.kernel import Kernel
from dlcourse.gpu.rungs import LADDERS


@dataclass(frozen=True)
class Launch:
    """A kernel with all it takes to run it; `out` is the array it fills.

    >>> import numpy as np
    >>> x = np.arange(6, dtype=np.float32).reshape(2, 3)
    >>> launch = prepare("transpose", "naive", x)
    >>> launch.grid, launch.block
    ((1, 1), (32, 32))
    """

    kernel: Kernel
    grid: tuple[int, ...]
    block: tuple[int, ...]
    args: tuple
    out: object
    shared_mem: int = 0

    def run(self, **options):
        """Run the kernel, with a Kernel call's options; return the array it filled."""
        self.kernel(self.grid, self.block, self.args, self.shared_mem, **options)
        return self.out

    def profile(self, **options):
        """Run the kernel traced; return its Profile."""
        return self.kernel.profile(self.grid, self.block, self.args, self.shared_mem, **options)


def rungs(ladder=None):
    """List the rungs of a ladder, or of all.

    Args:
        ladder: its name.

    Returns:
        tuple of Rung, lowest first.

    Raises:
        ValueError: if there is no such ladder.

    >>> [rung.name for rung in rungs("transpose")]
    ['naive', 'tiled', 'padded']
    """
    if ladder is not None and ladder not in LADDERS:
        raise ValueError(f"no ladder {ladder!r}: choose from {', '.join(LADDERS)}")
    return tuple(r for name in LADDERS if ladder in (None, name) for r in LADDERS[name])


def find(ladder, rung):
    """Find a rung.

    Args:
        ladder: such as "matmul".
        rung: such as "tiled".

    Returns:
        Rung.

    Raises:
        ValueError: if there is none.

    >>> find("matmul", "tiled").path.name
    '2_tiled.cu'
    """
    found = [r for r in rungs(ladder) if r.name == rung]
    if not found:
        names = ", ".join(r.name for r in rungs(ladder))
        raise ValueError(f"ladder {ladder} has no rung {rung!r}: choose from {names}")
    return found[0]


def load(ladder, rung, **constants):
    """Load the kernel of a rung.

    Args:
        ladder: such as "matmul".
        rung: such as "tiled".
        **constants: instead of the rung's own, such as TILE=16.

    Returns:
        Kernel.

    Raises:
        ValueError: if there is no such rung.

    >>> load("transpose", "tiled", TILE=16)
    Kernel transpose_tiled(const float* in, float* out, int rows, int columns), TILE=16
    """
    found = find(ladder, rung)
    return Kernel(found.path, constants=found.constants | constants)


def prepare(ladder, rung, *inputs, **constants):
    """Make a rung ready to run on some inputs.

    Args:
        ladder: such as "matmul".
        rung: such as "tiled".
        *inputs: arrays of float32 and numbers, as the ladder's reference takes them.
        **constants: instead of the rung's own, such as TILE=16.

    Returns:
        Launch, with a fresh array to fill.

    Raises:
        ValueError: if there is no such rung.

    >>> import numpy as np
    >>> x = np.ones(5, np.float32)
    >>> prepare("vector", "add", x, x).run()
    array([2., 2., 2., 2., 2.], dtype=float32)
    """
    found = find(ladder, rung)
    constants = found.constants | constants
    rule = found.rule(constants, *inputs)
    kernel = load(ladder, rung, **constants, **rule.pop("constants", {}))
    return Launch(kernel, **rule)
