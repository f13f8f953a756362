"""A CUDA C kernel that runs on two machines: NumPy arrays are emulated, CuPy arrays real.

    saxpy = Kernel('''
    __global__ void saxpy(float a, const float* x, float* y, int n) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) y[i] += a * x[i];
    }''')
    saxpy((n // 256 + 1,), (256,), (2.0, x, y, n))

On the emulated GPU a launch is traced, so that every slip is found, up to TRACED_THREADS threads;
a larger one runs plain, twenty times as fast, and only what strays past an array is noticed.
"""

import math
from pathlib import Path

from dlcourse.gpu import cuda, nvrtc
from dlcourse.gpu.arguments import check, extent, machine, shared_bytes
from dlcourse.gpu.constants import arrays, texts
from dlcourse.gpu.constants import check as check_constants
from dlcourse.gpu.emulator.launch import launch as emulate
from dlcourse.gpu.errors import KernelError, LaunchError
from dlcourse.gpu.report import Findings, Profile
from dlcourse.gpu.signature import parse

TRACED_THREADS = 2**18  # at about 40 accesses each they make 10^7, which take a tenth of a second
DEVICES = {"emulated": "numpy", "gpu": "cupy"}


class Kernel:
    """A kernel, ready to launch: CuPy's call convention on both machines.

    >>> import numpy as np
    >>> iota = Kernel("__global__ void iota(int* x) { x[threadIdx.x] = threadIdx.x; }")
    >>> iota
    Kernel iota(int* x)
    >>> x = np.zeros(4, np.int32)
    >>> iota((1,), (4,), (x,))
    >>> x
    array([0, 1, 2, 3], dtype=int32)
    """

    def __init__(self, source, name=None, constants=None):
        """Read a kernel's source and signature; nothing is compiled yet.

        Args:
            source: CUDA C, or the path of a .cu file.
            name: which kernel of the source, a template with its arguments, "scale<float>"; None
                for the only one.
            constants: dict of ints, floats, bools and names of types, which become macros, and of
                NumPy arrays, which fill the `__constant__` variables of their names.

        Raises:
            ValueError: if there is no such kernel, or a constant that C cannot have.
            FileNotFoundError: if the source is neither CUDA C nor a file.
        """
        self.source, self.filename = _read(source)
        self.constants = dict(constants or {})
        check_constants(self.source, self.constants)
        self.signature = parse(self.source, name, texts(self.constants))

    @property
    def entry(self):
        """The kernel's name, a template's with its arguments."""
        return self.signature.entry

    def __repr__(self):
        constants = "".join(f", {name}={text}" for name, text in texts(self.constants).items())
        return f"Kernel {self.signature}{constants}"

    def __call__(
        self, grid, block, args, shared_mem=0, *, device=None, traced=None, time_limit=10.0
    ):
        """Run the kernel; its arrays are written in place.

        Args:
            grid: tuple of one to three ints, the number of blocks along x, y, z.
            block: tuple of one to three ints, the number of threads of a block.
            args: tuple of NumPy arrays (emulated GPU) or CuPy arrays (real GPU), and numbers.
            shared_mem: bytes of dynamic shared memory of a block.
            device: "emulated" or "gpu", if not where the arrays lie: they are copied there and
                back.
            traced: on the emulated GPU, look for errors; None: for launches up to TRACED_THREADS.
            time_limit: seconds after which the emulated GPU gives up.

        Raises:
            LaunchError: if the launch or an argument is not what the kernel takes.
            CompileError: with the compiler's message.
            KernelError: if the kernel did what no kernel may do; it lists the findings.
        """
        launch = self._prepare(grid, block, args, shared_mem)
        if _memory(launch["args"], device) == "cupy":
            self._run_real(**launch)
            return
        if traced is None:
            traced = math.prod(launch["grid"] + launch["block"]) <= TRACED_THREADS
        trace = self._emulate(**launch, traced=traced, time_limit=time_limit)
        print(trace.printed, end="")
        if trace.findings:
            raise KernelError(Findings(trace.findings))

    def trace(self, grid, block, args, shared_mem=0, *, time_limit=10.0):
        """Run the kernel traced on the emulated GPU; what it finds is returned, not raised.

        Args:
            grid: as for a launch, like all that follow.
            block: tuple.
            args: tuple; arrays are written in place, CuPy's by way of a copy.
            shared_mem: bytes.
            time_limit: seconds.

        Returns:
            KernelTrace.
        """
        launch = self._prepare(grid, block, args, shared_mem)
        return self._emulate(**launch, traced=True, time_limit=time_limit)

    def check(self, *launch, **options):
        """Say in plain sentences what a traced run, with `trace`'s arguments, finds wrong.

        Returns:
            Findings, empty when the kernel is clean.
        """
        return Findings(self.trace(*launch, **options).findings)

    def profile(self, *launch, **options):
        """Report, line by line, what a traced run, with `trace`'s arguments, asks of the machine.

        Returns:
            Profile.
        """
        return Profile(self.trace(*launch, **options))

    def compile(self, arch="sm_90"):
        """Compile the kernel with NVIDIA's compiler, for a GPU that need not be here.

        Args:
            arch: such as "sm_90".

        Returns:
            nvrtc.Compiled: registers, shared memory, spills.
        """
        return nvrtc.compile(self.source, self.entry, arch, self.constants, self.filename)

    def _prepare(self, grid, block, args, shared_mem):
        """Check a launch; return it as keywords."""
        return {
            "grid": extent("grid", grid),
            "block": extent("block", block),
            "args": check(self.signature, args),
            "shared_mem": shared_bytes(shared_mem),
        }

    def _run_real(self, args, **launch):
        """Run a launch on the real GPU."""
        launch["constants"] = self.constants

        def run(moved):
            cuda.launch(self.source, self.entry, args=moved, **launch)

        cuda.with_copies(run, args, to="cupy")

    def _emulate(self, args, shared_mem, **launch):
        """Run a launch on the emulated GPU; return its trace."""
        launch["constants"] = texts(self.constants) | arrays(self.constants)
        launch["filename"] = self.filename

        def run(moved):
            return emulate(self.source, self.entry, args=moved, shared_mem=shared_mem, **launch)

        trace = cuda.with_copies(run, args, to="numpy")
        shared_bytes(shared_mem, static=max(0, trace.shared_bytes - shared_mem))
        return trace


def _read(source):
    """The text of a kernel, and what to call it."""
    if isinstance(source, str) and ("__global__" in source or "\n" in source):
        return source, "kernel.cu"
    path = Path(source)
    if not path.is_file():
        way = "give CUDA C with a __global__ function, or the path of a .cu file"
        raise FileNotFoundError(f"{str(source)!r} is no file: {way}")
    return path.read_text(encoding="utf8"), path.name


def _memory(args, device):
    """Where a launch runs: in "numpy" or "cupy" memory."""
    if device is not None and device not in DEVICES:
        raise LaunchError(f"device={device!r}: use one of {', '.join(map(repr, DEVICES))}")
    if device == "gpu" and (missing := cuda.why_not()):
        raise LaunchError(f'device="gpu": {missing}; device="emulated" runs everywhere')
    found = {machine(a) for a in args} - {None}
    if device is None and len(found) > 1:
        way = 'convert one kind, cupy.asarray(x), or say device="gpu"'
        raise LaunchError(f"the arguments are NumPy and CuPy arrays, mixed: {way}")
    return DEVICES[device] if device else next(iter(found), "numpy")
