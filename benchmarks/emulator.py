"""The emulated GPU against numba's CUDA simulator and against plain C++.

    python -m benchmarks.emulator [--quick] [--record]

Two kernels, both with tiles in shared memory: a convolution (256 x 256 pixels, 5 x 5 taps, blocks
of 16 x 16) and a matrix product (128 x 128, blocks of 32 x 32). numba runs the same algorithm in
Python; C++ runs the same tiles in loops, -O2 without vector instructions, compiled here. All use
one core, and CPU seconds are counted, not the clock's: that comparison holds on a busy machine too.
The emulator and C++ take turns, and the best counts. The simulator, which takes most of a minute,
runs the grid once; with --quick it runs BLOCKS of it twice, and the better time is multiplied by
what is missing, since all blocks do the same. What all three wrote has to agree. `plain_vs_numba`
and `traced_vs_numba` say how many times as fast a whole call of the emulator is, copies included;
`plain_vs_cpp` how many times as long its run takes as C++'s, which copies nothing either,
`call_vs_cpp` how many times as long the call.

Two cores against one: a larger convolution, and beside it what two processes that share nothing
gain here, which is all that this machine has to give. The corpus of planted bugs and of correct
kernels is that of the tests.

The last line is one JSON object; `--record` keeps it in results/emulator.json.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from benchmarks.peers.plain import compile_tiles
from dlcourse.course.probe import cpu
from dlcourse.gpu.emulator.compiler import find
from dlcourse.gpu.emulator.launch import launch
from dlcourse.gpu.emulator.process import process

HERE = Path(__file__).parent
LADDERS = HERE.parent / "dlcourse" / "gpu" / "kernels"
RESULT = HERE / "results" / "emulator.json"
TURN = 0.3  # seconds; a process's CPU seconds are known to a hundredth
BLOCKS = {"convolution": 8, "matmul": 1}  # that the simulator runs with --quick


@dataclass(frozen=True)
class Case:
    """A kernel and its launch."""

    name: str
    source: str
    entry: str
    constants: dict
    grid: tuple
    block: tuple
    args: tuple  # the third is what it writes

    def emulate(self, workers=1, traced=False):
        """Run the kernel on the emulated GPU."""
        options = {"constants": self.constants, "workers": workers, "traced": traced}
        trace = launch(self.source, self.entry, self.grid, self.block, self.args, **options)
        if trace.findings:
            raise AssertionError(f"{self.name}: {trace.findings[0].message}")


def whole(*shape):
    """Numbers from -4 to 4, the same as in peers/simulator.py."""
    return np.random.default_rng(0).integers(-4, 5, shape).astype(np.float32)


def convolution(side=256):
    """The convolution of a square image."""
    x, size = whole(side, side), np.int32(side)
    args = (x, whole(5, 5), np.zeros_like(x), size, size)
    source = (HERE / "peers" / "convolve.cu").read_text(encoding="utf8")
    grid = (side // 16, side // 16, 1)
    return Case("convolution", source, "convolve", {}, grid, (16, 16, 1), args)


def matmul(side=128):
    """The product of two square matrices."""
    a, size = whole(side, side), np.int32(side)
    args = (a, a.copy(), np.zeros_like(a), size, size, size)
    source = (LADDERS / "matmul" / "2_tiled.cu").read_text(encoding="utf8")
    grid = (side // 32, side // 32, 1)
    return Case("matmul", source, "matmul_tiled", {"TILE": "32"}, grid, (32, 32, 1), args)


def simulate(case, quick):
    """Run blocks on numba's simulator; return the seconds that all take, or would take."""
    counts = (BLOCKS[case.name], 2) if quick else (np.prod(case.grid), 1)
    command = [sys.executable, HERE / "peers" / "simulator.py", case.name, *map(str, counts)]
    environment = dict(os.environ, NUMBA_ENABLE_CUDASIM="1")
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    columns, rows = (n * tile for n, tile in zip(found["grid"], case.block, strict=False))
    agree(case, "numba", found["sum"], case.args[2][:rows, :columns].sum())
    return found["seconds"] * np.prod(case.grid) / np.prod(found["grid"])


def agree(case, peer, theirs, ours):
    """Stop where a peer computed something else."""
    if not np.array_equal(theirs, ours):
        raise AssertionError(f"{case.name}: {peer} and the emulator disagree")


def spent():
    """CPU seconds so far: of this process, and of the one that runs kernels."""
    worker = psutil.Process(process().child.pid).cpu_times()
    return np.array([time.process_time(), worker.user + worker.system])


def race(functions, seconds):
    """Let functions take turns; return for each what a run spent in its best turn."""
    best, end = {name: np.full(2, np.inf) for name in functions}, time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, function in functions.items():
            before, runs, over = spent(), 0, time.perf_counter() + TURN
            while time.perf_counter() < over:
                function()
                runs += 1
            took = (spent() - before) / runs
            if took.sum() < best[name].sum():
                best[name] = took
    return best


def against_peers(case, quick, folder):
    """Measure one kernel on the emulator and its peers; return a row of the table."""
    case.emulate()
    ours, plain = case.args[2].copy(), compile_tiles(folder)
    plain(case.name, case.args)
    agree(case, "C++", case.args[2], ours)
    functions = {
        "plain": case.emulate,
        "traced": lambda: case.emulate(traced=True),
        "cpp": lambda: plain(case.name, case.args),
    }
    best = race(functions, seconds=6 if quick else 30)
    (_, run), (cpp, _) = best["plain"], best["cpp"]
    call, traced = best["plain"].sum(), best["traced"].sum()
    simulator = simulate(case, quick)
    return {
        "kernel": case.name,
        "plain_s": call,
        "plain_run_s": run,
        "traced_s": traced,
        "cpp_s": cpp,
        "simulator_s": simulator,
        "plain_vs_numba": simulator / call,
        "traced_vs_numba": simulator / traced,
        "plain_vs_cpp": run / cpp,
        "call_vs_cpp": call / cpp,
    }


def two_cores(quick):
    """How many times as fast two cores are: for blocks of one launch, and for separate programs."""
    case = convolution(1024)
    functions = {1: lambda: case.emulate(workers=1), 2: lambda: case.emulate(workers=2)}
    best, end = dict.fromkeys(functions, np.inf), time.perf_counter() + (2 if quick else 10)
    while time.perf_counter() < end:
        for workers, function in functions.items():
            start = time.perf_counter()
            function()
            best[workers] = min(best[workers], time.perf_counter() - start)
    return best[1] / best[2]


SPIN = "import time; t = time.perf_counter()\nfor i in range(2 * 10**6): pass\n"
SPIN += "print(time.perf_counter() - t)"


def two_processes():
    """How many times as much two processes get done as one, which is what the machine can give."""
    pipe = {"stdout": subprocess.PIPE, "text": True}

    def slowest(count):
        running = [subprocess.Popen([sys.executable, "-c", SPIN], **pipe) for _ in range(count)]
        return max(float(p.communicate()[0]) for p in running)

    alone = min(slowest(1) for _ in range(5))
    return 2 * alone / min(slowest(2) for _ in range(5))


def bugs():
    """What the traced build says about the kernels of tests/gpu, planted bugs and correct ones."""
    sys.path.insert(0, str(HERE.parent / "tests" / "gpu"))
    import corpus

    planted, correct = corpus.planted(), corpus.correct()
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # while one kernel runs, others compile
        found, alarms = (
            list(pool.map(lambda case: case.run().findings, kernels))
            for kernels in (planted, correct)
        )
    return {
        "bugs_planted": len(planted),
        "bugs_found": sum(map(lambda case, f: case.bug.is_found(f), planted, found)),
        "correct_kernels": len(correct),
        "false_alarms": sum(map(bool, alarms)),
    }


def compile_times(quick):
    """Seconds of a first launch on an empty cache, and milliseconds of one found compiled."""
    command = [sys.executable, "-m", "benchmarks.peers.compile_times"]
    options = {"cwd": HERE.parent, "check": True, "stdout": subprocess.PIPE, "text": True}
    tries = []
    for _ in range(1 if quick else 5):
        with tempfile.TemporaryDirectory() as folder:
            options["env"] = dict(os.environ, XDG_CACHE_HOME=folder)
            tries.append([json.loads(subprocess.run(command, **options).stdout) for _ in range(2)])
    cold, warm = np.min(tries, axis=0)
    return {"first_compile_s": cold[0], "next_compile_s": cold[1], "cached_ms": 1000 * warm[1]}


def show(rows):
    print(f"{'kernel':14}{'plain':>10}{'traced':>10}{'C++':>10}{'numba':>10}", end="")
    print(f"{'plain/numba':>13}{'traced/numba':>14}{'plain/C++':>11}")
    for row in rows:
        times = [f"{1000 * row[key]:8.2f} ms" for key in ("plain_s", "traced_s", "cpp_s")]
        print(f"{row['kernel']:14}", *times, f"{row['simulator_s']:7.1f} s", end="", sep="")
        print(f"{row['plain_vs_numba']:12,.0f}{row['traced_vs_numba']:14,.0f}", end="")
        print(f"{row['plain_vs_cpp']:11.2f}")


def summary(rows, quick):
    """What it all comes to: of two kernels the worse one counts."""
    found = {
        "plain_vs_numba": min(row["plain_vs_numba"] for row in rows),
        "traced_vs_numba": min(row["traced_vs_numba"] for row in rows),
        "plain_vs_cpp": max(row["plain_vs_cpp"] for row in rows),
        "call_vs_cpp": max(row["call_vs_cpp"] for row in rows),
        "two_cores_vs_one": two_cores(quick),
        "two_processes_vs_one": two_processes(),
        **compile_times(quick),
    }
    return {key: float(f"{value:.4g}") for key, value in found.items()} | bugs()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a part of numba's grid: below 45 s")
    parser.add_argument("--record", action="store_true", help=f"write {RESULT.name}")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [against_peers(c, arguments.quick, folder) for c in (convolution(), matmul())]
    show(rows)
    result = summary(rows, arguments.quick)
    if arguments.record:
        machine = {"cpu": cpu().model, "compiler": str(find()), "python": sys.version.split()[0]}
        kept = {"date": time.strftime("%Y-%m-%d"), "machine": machine, "summary": result}
        RESULT.write_text(json.dumps(kept | {"rows": rows}, indent=1) + "\n")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
