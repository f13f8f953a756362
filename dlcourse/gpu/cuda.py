"""The real GPU, reached through CuPy: the other machine that a kernel runs on."""

from functools import cache

from dlcourse.gpu.arguments import machine
from dlcourse.gpu.constants import arrays
from dlcourse.gpu.errors import CompileError
from dlcourse.gpu.nvrtc import options


@cache
def why_not():
    """Say what is missing for a real GPU.

    Returns:
        a sentence, or None where there is a GPU.

    >>> isinstance(why_not(), str | None)
    True
    """
    try:
        import cupy

        cupy.zeros(1)
    except ImportError:
        return "no CuPy: install the extra gpu, or gpu12 for a driver that knows CUDA 12 at most"
    except Exception as error:  # CuPy has one for each layer of CUDA that can fail
        return f"no GPU that CuPy can use: {error}"
    return None


def launch(source, entry, grid, block, args, *, shared_mem=0, constants=None):
    """Run a kernel on the real GPU; like every launch there, it may still run on return.

    Args:
        source: CUDA C.
        entry: the kernel's name, for a template with its arguments.
        grid: three ints.
        block: three ints.
        args: CuPy arrays, written in place, and NumPy scalars.
        shared_mem: bytes of dynamic shared memory.
        constants: dict of macros, and of arrays for constant memory.

    Raises:
        CompileError: with the compiler's message.

    >>> if why_not() is None:
    ...     launch("__global__ void f() {}", "f", (1, 1, 1), (32, 1, 1), ())
    """
    import cupy

    module, function = _load(source, entry, tuple(options(constants)))
    for name, array in arrays(constants).items():
        place = cupy.ndarray(array.shape, array.dtype, module.get_global(name))
        place[...] = cupy.asarray(array)
    function(grid, block, tuple(args), shared_mem=shared_mem)


@cache
def _load(source, entry, told):
    """Compile a source, once; CuPy keeps it on disk too."""
    import cupy

    try:
        module = cupy.RawModule(code=source, options=told, name_expressions=(entry,))
        return module, module.get_function(entry)
    except cupy.cuda.compiler.CompileException as error:
        raise CompileError(str(error)) from None


def with_copies(run, args, to):
    """Call a function with arguments moved to the other machine, and bring the arrays back.

    Args:
        run: function of the tuple of arguments.
        args: tuple of arrays and scalars.
        to: "numpy" or "cupy".

    Returns:
        what the function returns.

    >>> import numpy as np
    >>> with_copies(lambda args: args[0] is x, (x := np.zeros(3),), to="numpy")
    True
    """
    away = {id(a): _move(a, to) for a in args if machine(a) not in (None, to)}
    returned = run(tuple(away.get(id(a), a) for a in args))
    for array in args:
        back = _move(away[id(array)], machine(array)) if id(array) in away else array
        if back is not array and getattr(array.flags, "writeable", True):
            array[...] = back
    return returned


def _move(array, to):
    """Copy an array to a machine."""
    import cupy

    return cupy.asarray(array) if to == "cupy" else cupy.asnumpy(array)
