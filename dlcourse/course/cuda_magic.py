"""`%%cuda name`: a notebook cell of CUDA C becomes a Kernel.

    %load_ext dlcourse.course.cuda_magic

    %%cuda add TILE=16
    __global__ void add(const float* x, float* y, int n) { ... }

After the second cell `add` is a Kernel. It is compiled at once, so that a slip shows where it was
made; messages name the lines of the cell, `%%cuda` being 1.
"""

import re

from dlcourse.gpu.constants import texts
from dlcourse.gpu.emulator.build import build
from dlcourse.gpu.emulator.compiler import find
from dlcourse.gpu.errors import CompileError
from dlcourse.gpu.kernel import Kernel
from dlcourse.gpu.signature import kernels


def load_ipython_extension(shell):
    """Register the magic: what `%load_ext` calls.

    Args:
        shell: IPython's shell.

    >>> from types import SimpleNamespace
    >>> shell = SimpleNamespace(user_ns={}, ev=eval)
    >>> shell.register_magic_function = lambda function, kind, name: setattr(shell, name, function)
    >>> load_ipython_extension(shell)
    >>> shell.cuda("one N=4", "__global__ void one(int* x) { x[threadIdx.x] = N; }")
    >>> shell.user_ns["one"]
    Kernel one(int* x), N=4
    """

    def cuda(line, cell):
        """%%cuda [name] [CONSTANT=value ...]: make a Kernel of this cell and bind it to `name`.

        The name is that of a kernel of the cell, a template's with its arguments, as in
        %%cuda scale<float>; it may be left out where there is but one. Values hold no spaces.
        """
        from IPython.core.error import UsageError

        try:
            name, kernel = define(line, cell, shell.ev)
            shell.user_ns.pop(name, None)  # a check must not take yesterday's kernel for today's
            _compile(kernel)
        except CompileError as error:
            raise UsageError(str(error)) from None
        except ValueError as error:
            raise UsageError(f"%%cuda: {error}") from None
        shell.user_ns[name] = kernel

    shell.register_magic_function(cuda, "cell", "cuda")


def define(line, cell, evaluate):
    """Make a Kernel of a cell.

    Args:
        line: what follows %%cuda.
        cell: CUDA C, all lines after that.
        evaluate: function of a constant's text to its value.

    Returns:
        the name to bind, and the Kernel.

    Raises:
        ValueError: if the line or the cell is not what the magic takes.

    >>> define("", "__global__ void f(int n) {}", eval)
    ('f', Kernel f(int n))
    """
    found = re.fullmatch(r"\s*([A-Za-z_]\w*(?:<.*>)?)?((?:\s*\b\w+=\S+)*)\s*", line)
    if not found:
        raise ValueError(f"{line!r}: write a kernel's name and constants, as in add TILE=16")
    entry = found[1]
    if entry is None and len(kernels(cell)) == 1:
        (entry,) = kernels(cell)
    values = dict(pair.split("=", 1) for pair in found[2].split())
    constants = {name: evaluate(value) for name, value in values.items()}
    kernel = Kernel("\n" + cell, entry, constants)  # the line of %%cuda counts
    kernel.filename = "cell"
    return kernel.entry.partition("<")[0], kernel


def _compile(kernel):
    """Compile a kernel for the emulated GPU, which the first launch would do."""
    try:
        compiler = find()
    except CompileError:  # there is none: a real GPU needs none, and a launch says what to do
        return
    macros = tuple(texts(kernel.constants).items())
    build(kernel.source, kernel.entry, macros, True, kernel.filename, compiler)
