"""The cell magic makes kernels of cells, and says what is wrong in the cell's own lines."""

import numpy as np
import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from dlcourse.course import cuda_magic
from dlcourse.gpu.emulator import build
from dlcourse.gpu.errors import CompileError, KernelError

SCALE = "template <typename T>\n__global__ void scale(T* x) { x[threadIdx.x] *= FACTOR; }\n"


@pytest.fixture
def shell():
    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "dlcourse.course.cuda_magic")
    return shell


def test_a_cell_becomes_a_kernel(shell):
    shell.user_ns["factor"] = 3
    shell.run_cell_magic("cuda", "scale<int> FACTOR=factor", SCALE)
    x = np.arange(4, dtype=np.int32)
    shell.user_ns["scale"]((1,), (4,), (x,))
    assert x.tolist() == [0, 3, 6, 9]


@pytest.mark.parametrize("line", ["", "one", "N=1", "one N=1"])
def test_the_name_may_be_left_out_where_there_is_one_kernel(shell, line):
    shell.run_cell_magic("cuda", line, "__global__ void one(int* x) { x[0] = 1; }")
    assert shell.user_ns["one"].entry == "one"


@pytest.mark.parametrize(
    ("line", "cell", "message"),
    [
        ("", SCALE, "scale is a template"),
        ("", "__global__ void f() {}\n__global__ void g() {}", "2 kernels: name one of f, g"),
        ("h", "__global__ void f() {}", "no kernel 'h': it has f"),
        ("f N = 3", "__global__ void f() {}", "write a kernel's name and constants"),
        ("f N=None", "__global__ void f() {}", "constant N=None has no form in C"),
    ],
)
def test_what_makes_no_kernel_is_said_in_a_sentence(shell, line, cell, message):
    with pytest.raises(UsageError, match=message):
        shell.run_cell_magic("cuda", line, cell)


def test_errors_name_the_lines_of_the_cell(shell):
    """The line of the magic itself is the first."""
    shell.run_cell_magic("cuda", "f", "__global__ void f(int* x) {\n    x[1] = 1;\n}\n")
    with pytest.raises(KernelError, match="line 3"):
        shell.user_ns["f"]((1,), (1,), (np.zeros(1, np.int32),))
    wrong = "__global__ void g(int* x) {\n    x[0] = y;\n}\n"
    with pytest.raises(UsageError, match="cell:3"):
        shell.run_cell_magic("cuda", "g", wrong)
    assert "g" not in shell.user_ns


def test_a_cell_is_read_where_there_is_no_compiler(shell, monkeypatch):
    monkeypatch.setattr(cuda_magic, "find", missing)
    shell.run_cell_magic("cuda", "", "__global__ void odd(int* x) { x[0] = nowhere; }")
    assert shell.user_ns["odd"].entry == "odd"


def missing():
    raise CompileError("no compiler")


def test_the_first_launch_finds_the_cell_compiled(shell, monkeypatch):
    shell.run_cell_magic("cuda", "", "__global__ void seven(int* x) { x[0] = 7; }")
    monkeypatch.setattr(build, "_compile", missing)
    x = np.zeros(1, np.int32)
    shell.user_ns["seven"]((1,), (1,), (x,))
    assert x[0] == 7
