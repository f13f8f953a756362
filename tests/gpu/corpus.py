"""The kernels in planted/ and correct/: small CUDA sources whose first lines say how to run them.

    // launch: grid 2; block 64; args x=float32[128] y=zeros:float32[128] n=int32(100)
    // bug: race; thread 1,0,0; block 0,0,0

Arrays hold whole numbers from 0 to 9, or what is said before the colon. `shared 256` are bytes of
dynamic shared memory, `entry scale<float>` names an instance, `constant w=float32[25]` fills
constant memory, `limit 0.5` are seconds. The line of a bug is marked by `// <- bug` in the source;
if it has two that are as good, both are marked.
"""

import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dlcourse.gpu.emulator.build import build
from dlcourse.gpu.emulator.launch import launch

HERE = Path(__file__).parent
FIELD = re.compile(r"(\w+)\s+([^;]+)")
ARRAY = re.compile(r"(\w+)=(?:(\w+):)?(\w+)\[([\d,]+)\]")
SCALAR = re.compile(r"(\w+)=(\w+)\(([-\d.]+)\)")
FILLS = {
    "random": lambda size, rng: rng.integers(0, 10, size),
    "zeros": lambda size, rng: np.zeros(size),
    "ones": lambda size, rng: np.ones(size),
    "iota": lambda size, rng: np.arange(size),
    "shuffled": lambda size, rng: rng.permutation(size),
}


@dataclass(frozen=True)
class Bug:
    """What the emulator has to say: kind and place; None is any."""

    kind: str
    lines: tuple[int, ...]
    thread: tuple[int, int, int] | None
    block: tuple[int, int, int] | None

    def is_found(self, findings):
        """Tell whether one of the findings is this bug."""
        return any(
            f.kind == self.kind
            and (not self.lines or f.line in self.lines)
            and (self.thread is None or f.thread == self.thread)
            and (self.block is None or f.block == self.block)
            for f in findings
        )


@dataclass(frozen=True)
class Case:
    """A kernel of the corpus and its launch."""

    name: str
    source: str
    options: dict
    bug: Bug | None

    @property
    def entry(self):
        """The kernel's name, with the arguments of a template."""
        named = re.search(r"__global__\s+void\s+(\w+)", self.source)[1]
        return self.options.get("entry", named)

    def build(self):
        """Compile it, so that `run` finds it compiled."""
        build(self.source, self.entry, traced=True, filename=f"{self.name}.cu")

    def run(self, traced=True):
        """Launch it on fresh arrays; return the KernelTrace."""
        options = self.options
        rng = np.random.default_rng(zlib.crc32(self.name.encode()))
        constants = _arrays(options.get("constant", ""), rng)
        return launch(
            self.source,
            self.entry,
            _extent(options["grid"]),
            _extent(options["block"]),
            list(_arrays(options.get("args", ""), rng).values()),
            shared_mem=int(options.get("shared", 0)),
            constants=constants,
            traced=traced,
            time_limit=float(options.get("limit", 20)),
            filename=f"{self.name}.cu",
        )


def planted():
    """The kernels with a bug each.

    Returns:
        list of Case.
    """
    return [_read(path) for path in sorted((HERE / "planted").glob("*.cu"))]


def correct():
    """The kernels without a bug.

    Returns:
        list of Case.
    """
    return [_read(path) for path in sorted((HERE / "correct").glob("*.cu"))]


def _read(path):
    source = path.read_text(encoding="utf8")
    options = dict(FIELD.findall(re.search(r"^// launch: (.*)$", source, re.M)[1]))
    bug = re.search(r"^// bug: ([^;\n]+)(.*)$", source, re.M)
    lines = [n for n, line in enumerate(source.splitlines(), 1) if "// <- bug" in line]
    if bug:
        where = dict(FIELD.findall(bug[2]))
        places = (where.get("thread"), where.get("block"))
        bug = Bug(bug[1].strip(), tuple(lines), *(p and _extent(p, 0) for p in places))
    return Case(path.stem, source, {k: v.strip() for k, v in options.items()}, bug)


def _extent(text, rest=1):
    numbers = [int(n) for n in text.split(",")]
    return tuple(numbers + [rest] * (3 - len(numbers)))


def _arrays(text, rng):
    """Arguments by name, in order."""
    found = {}
    for word in text.split():
        if match := ARRAY.fullmatch(word):
            name, fill, dtype, shape = match.groups()
            shape = [int(n) for n in shape.split(",")]
            values = FILLS[fill or "random"](np.prod(shape), rng)
            found[name] = values.astype(dtype).reshape(shape)
        else:
            name, dtype, value = SCALAR.fullmatch(word).groups()
            found[name] = np.dtype(dtype).type(float(value))
    return found
