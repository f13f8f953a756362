"""Kernel: one launch on either machine, and what it gives back."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dlcourse.gpu import cuda, kernel
from dlcourse.gpu.cuda import why_not
from dlcourse.gpu.errors import CompileError, KernelError, LaunchError
from dlcourse.gpu.kernel import Kernel
from dlcourse.gpu.report import Findings
from dlcourse.gpu.rungs import FOLDER
from dlcourse.trace import KernelTrace

ROOT = Path(__file__).parent.parent
F4, I4 = np.dtype("f4"), np.dtype("i4")

ADD = """
__global__ void add(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i <= LAST) y[i] += x[i];
}
"""


def arrays(n):
    return np.arange(n, dtype=F4), np.ones(n, F4)


@pytest.fixture(scope="module")
def add():
    """Adds n = 100 elements, as it should."""
    return Kernel(ADD, constants={"LAST": 99})


@pytest.fixture(scope="module")
def beyond():
    """Reads and writes one element past the hundredth."""
    return Kernel(ADD, constants={"LAST": 100})


@pytest.mark.parametrize("traced", [True, False])
def test_a_run_writes_its_arrays_in_place(add, traced):
    x, y = arrays(100)
    assert add((1,), (128,), (x, y, 100), traced=traced) is None
    np.testing.assert_array_equal(y, np.arange(100) + 1)
    np.testing.assert_array_equal(x, np.arange(100))


@pytest.mark.parametrize("traced", [True, False])
def test_a_run_that_breaks_a_rule_raises_what_it_found(beyond, traced):
    with pytest.raises(KernelError, match="out of bounds") as raised:
        beyond((1,), (128,), (*arrays(100), 100), traced=traced)
    assert isinstance(raised.value.findings, Findings)
    assert "y" in str(raised.value.findings[0].message)


def test_checks_and_profiles_report_what_a_run_raises(add, beyond):
    x, y = arrays(100)
    assert not add.check((1,), (128,), (x, y, 100))
    findings = beyond.check((1,), (128,), (*arrays(100), 100))
    assert findings and {finding.line for finding in findings} == {4}
    profile = beyond.profile((1,), (128,), (*arrays(100), 100))
    assert profile.findings == findings
    profile = add.profile((1,), (128,), (*arrays(100), 100))
    assert (profile.cost.global_loads, profile.cost.global_stores) == (200, 100)
    assert profile.cost.flop == 100 and "y[i] += x[i];" in repr(profile)


def test_large_launches_run_plain_and_small_ones_traced(add, monkeypatch):
    seen = []

    def emulate(*args, **options):
        seen.append(options["traced"])
        return KernelTrace("add", (1, 1, 1), (1, 1, 1))

    monkeypatch.setattr(kernel, "emulate", emulate)
    x, y = arrays(100)
    for blocks in (2**11, 2**11 + 1):  # of 128 threads
        add((blocks,), (128,), (x, y, 100))
    assert seen == [True, False]


def test_what_a_kernel_prints_is_printed(capsys):
    hello = Kernel('__global__ void hello(int n) { printf("%d of %d\\n", threadIdx.x, n); }')
    hello((1,), (2,), (2,))
    assert capsys.readouterr().out == "0 of 2\n1 of 2\n"


def test_a_refused_source_names_its_line():
    broken = Kernel("\n__global__ void f(int* x) {\n    x[0] = nowhere;\n}")
    with pytest.raises(CompileError, match=r"kernel.cu:3.*nowhere"):
        broken((1,), (1,), (np.zeros(1, I4),))


def test_too_much_shared_memory_is_refused():
    greedy = Kernel("__global__ void f() { __shared__ float s[8192]; s[threadIdx.x] = 1; }")
    greedy((1,), (32,), (), 16384)
    with pytest.raises(LaunchError, match="shared_mem=16,388 and the kernel's own 32,768"):
        greedy((1,), (32,), (), 16388)


def test_machines_are_not_mixed_or_made_up(add):
    with pytest.raises(LaunchError, match="device='cpu': use one of 'emulated', 'gpu'"):
        add((1,), (128,), (*arrays(100), 100), device="cpu")
    if why_not():
        with pytest.raises(LaunchError, match='device="gpu": no GPU that CuPy can use'):
            add((1,), (128,), (*arrays(100), 100), device="gpu")


class Away(np.ndarray):
    """Stands for an array of the other machine."""


def where(value):
    if isinstance(value, np.ndarray):
        return "cupy" if isinstance(value, Away) else "numpy"
    return None


def move(array, to):
    return np.array(array).view(Away if to == "cupy" else np.ndarray)


def test_arrays_go_to_the_other_machine_and_come_back(monkeypatch):
    """Also one that is passed twice, and one that may only be read."""
    monkeypatch.setattr(cuda, "machine", where)
    monkeypatch.setattr(cuda, "_move", move)
    x, y = np.zeros(3), np.zeros(3)
    x.setflags(write=False)

    def run(args):
        assert args[0] is args[2] and args[3] == 7
        assert all(isinstance(a, Away) for a in args[:3])
        args[0][:] = [1, 2, 3]
        args[1][:] = 9

    cuda.with_copies(run, (y, x, y, 7), to="cupy")
    assert y.tolist() == [1, 2, 3] and x.tolist() == [0, 0, 0]


class FakeModule:
    """What cuda.py needs of cupy.RawModule; its kernel adds constant memory to an array."""

    def __init__(self, code, options, name_expressions):
        self.options, self.names = options, name_expressions
        self.memory = np.zeros(2, F4)

    def get_function(self, name):
        assert name in self.names

        def run(grid, block, args, shared_mem):
            assert (grid, block, shared_mem) == ((2, 1, 1), (3, 1, 1), 64)
            args[0][:] += self.memory[args[1]]

        return run

    def get_global(self, name):
        assert name == "w"
        return self.memory


def test_the_real_gpu_gets_options_constants_and_arguments(monkeypatch):
    """By a stand-in for CuPy; the tests marked gpu ask the real one."""
    made = []
    cupy = SimpleNamespace(
        RawModule=lambda **options: made.append(FakeModule(**options)) or made[-1],
        ndarray=lambda shape, dtype, memory: memory.reshape(shape).view(dtype),
        asarray=np.asarray,
        cuda=SimpleNamespace(compiler=SimpleNamespace(CompileException=SyntaxError)),
    )
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    x, constants = np.zeros(4, F4), {"N": 16, "w": np.array([3, 5], F4)}
    for _ in range(2):
        cuda.launch(
            "fake", "f<int>", (2, 1, 1), (3, 1, 1), (x, 1), shared_mem=64, constants=constants
        )
    assert x.tolist() == [10] * 4
    assert len(made) == 1 and made[0].names == ("f<int>",)
    assert {"--std=c++17", "-DN=16"} <= set(made[0].options)


@pytest.mark.gpu
def test_both_machines_give_the_same(add):
    import cupy

    x, y = arrays(100)
    real = cupy.asarray(y)
    add((1,), (128,), (cupy.asarray(x), real, 100))
    add((1,), (128,), (x, y, 100))
    np.testing.assert_array_equal(real.get(), y)
    again = cupy.ones(100, F4)
    add((1,), (128,), (cupy.asarray(x), again, 100), device="emulated")
    np.testing.assert_array_equal(again.get(), y)
    copied = np.ones(100, F4)
    add((1,), (128,), (x, copied, 100), device="gpu")
    np.testing.assert_array_equal(copied, y)
    with pytest.raises(LaunchError, match="NumPy and CuPy arrays, mixed"):
        add((1,), (128,), (x, real, 100))


def test_a_kernel_comes_from_text_or_file(tmp_path):
    path = FOLDER / "vector" / "1_add.cu"
    from_path, from_text = Kernel(path), Kernel(path.read_text())
    assert repr(from_path) == repr(from_text) == repr(Kernel(str(path)))
    assert (from_path.filename, from_text.filename) == ("1_add.cu", "kernel.cu")
    with pytest.raises(FileNotFoundError, match=r"'nowhere.cu' is no file: give CUDA C"):
        Kernel("nowhere.cu")


def test_arrays_fill_constant_memory():
    source = "__constant__ float w[N];\n__global__ void f(float* x) { x[0] = w[0] + w[N - 1]; }"
    x = np.zeros(1, F4)
    for last in (3, 5):
        Kernel(source, constants={"N": 3, "w": np.array([1, 2, last], F4)})((1,), (1,), (x,))
        assert x[0] == 1 + last
    with pytest.raises(ValueError, match=r"constant v is an array, the source has none such"):
        Kernel(source, constants={"v": np.ones(3, F4)})
    with pytest.raises(ValueError, match="w is float32 in the source, you gave float64"):
        Kernel(source, constants={"w": np.ones(3)})


BARE = """
import subprocess
import sys
from pathlib import Path

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {missing}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
import importlib, pkgutil
import dlcourse.gpu, dlcourse.hardware
for package in (dlcourse.gpu, dlcourse.hardware):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("worker"):  # a script
            importlib.import_module(module.name)
import benchmarks.emulator
import numpy as np
from dlcourse.gpu.ladder import prepare
print(prepare("transpose", "tiled", np.eye(3, dtype=np.float32)).run().sum())
"""


def test_kernels_run_where_there_is_no_jupyter():
    """A GPU node may have NumPy and CuPy, and little else."""
    missing = {"IPython", "ipywidgets", "anywidget", "nbformat", "platformdirs", "matplotlib"}
    program = BARE.replace("{missing}", repr(missing))
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "3.0\n", done.stderr
