"""Convolution in NumPy against torch's on the CPU, over the layers of ResNet-50 and VGG-16.

    python -m benchmarks.conv_cpu [--quick] [--threads N] [--record] [--layers TEXT]

Every method takes turns with torch in the same process and with as many threads, and the best
of several turns counts. A turn waits until the threads of the one before sleep: torch's go on
spinning for up to 10 ms after a layer and would take a core from whoever comes next. `auto`
chooses once for each shape; the choice is not timed. A busy machine flatters NumPy: torch's threads
wait for one another at every step, ours draw blocks from one pile. With one thread CPU seconds are
counted, not the clock's: that comparison holds on a busy machine too.
The last line is one JSON object; `--record` keeps it in results/conv_cpu.json.

Where the rest of the gap is: torch compiles what NumPy does in passes. A 1 x 1 layer is one
product for both. With a stride, columns are gathered pixel by pixel, a sixth of such a layer's
time, and a third with only three channels; on 7 x 7 pixels Winograd's transform of the filters
costs as much as it saves; with few channels the transforms of the tiles do.
"""

import argparse
import json
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from dlcourse.conv.blocks import threads
from dlcourse.conv.convolution import conv2d
from dlcourse.conv.cost import estimates, fastest
from dlcourse.conv.methods import METHODS
from dlcourse.conv.shape import conv_shape
from dlcourse.course.probe import cpu

RESULT = Path(__file__).parent / "results" / "conv_cpu.json"
BATCH = 8
PAUSE, TURN = 0.01, 0.02  # seconds


@dataclass(frozen=True)
class Layer:
    """A convolution: C channels of side H, K filters of side R, padding R // 2."""

    name: str
    C: int
    K: int
    H: int
    R: int
    stride: int = 1

    @property
    def options(self):
        return {"stride": self.stride, "padding": self.R // 2}

    @property
    def shape(self):
        x, w = (BATCH, self.C, self.H, self.H), (self.K, self.C, self.R, self.R)
        return conv_shape(x, w, **self.options)


def resnet50():
    """The distinct convolutions of ResNet-50, strides on the 3x3 as in torchvision.

    Source: He et al., "Deep residual learning", 2015, https://arxiv.org/abs/1512.03385, table 1.
    """
    yield Layer("resnet conv1", 3, 64, 224, 7, 2)
    before, H = 64, 56
    for stage, width in enumerate((64, 128, 256, 512), start=2):
        stride, name = 1 if stage == 2 else 2, f"resnet conv{stage}"
        yield Layer(f"{name} reduce first", before, width, H, 1)
        if stride == 2:
            yield Layer(f"{name} 3x3 first", width, width, H, 3, 2)
            yield Layer(f"{name} shortcut", before, 4 * width, H, 1, 2)
        H //= stride
        yield Layer(f"{name} reduce", 4 * width, width, H, 1)
        yield Layer(f"{name} 3x3", width, width, H, 3)
        yield Layer(f"{name} expand", width, 4 * width, H, 1)
        before = 4 * width


def vgg16():
    """The distinct convolutions of VGG-16.

    Source: Simonyan and Zisserman, 2014, https://arxiv.org/abs/1409.1556, table 1, column D.
    """
    for C, K, H in (
        (3, 64, 224),
        (64, 64, 224),
        (64, 128, 112),
        (128, 128, 112),
        (128, 256, 56),
        (256, 256, 56),
        (256, 512, 28),
        (512, 512, 28),
        (512, 512, 14),
    ):
        yield Layer(f"vgg {C}-{K}", C, K, H, 3)


def contenders(layer):
    """Functions that compute a layer: torch's and each method's."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((BATCH, layer.C, layer.H, layer.H), "float32")
    w = rng.standard_normal((layer.K, layer.C, layer.R, layer.R), "float32") / layer.R
    tx, tw = torch.from_numpy(x), torch.from_numpy(w)
    able = [c.method for c in estimates(layer.shape) if c.method != "direct"]
    ours = {name: lambda name=name: conv2d(x, w, **layer.options, method=name) for name in able}
    return {"torch": lambda: torch.conv2d(tx, tw, **layer.options)} | ours


def race(functions, seconds, least, clock=time.perf_counter):
    """Let functions take turns; give the shortest time of each.

    A turn begins with a pause, until the other side's threads sleep, and lasts some calls, so that
    each side finds its own awake. A function more than twice as slow as the fastest is not asked
    again.
    """
    best, turns, end = dict.fromkeys(functions, np.inf), 0, time.perf_counter() + seconds
    while turns < least or time.perf_counter() < end:
        for name, function in functions.items():
            if turns and best[name] > 2 * min(best.values()):
                continue
            time.sleep(PAUSE)
            over = time.perf_counter() + TURN
            while time.perf_counter() < over:
                start = clock()
                function()
                best[name] = min(best[name], clock() - start)
        turns += 1
    return best


def product_flop_per_s(clock, n=1536):
    """Speed of a large matrix product: the peak the table refers to."""
    a = np.ones((n, n), np.float32)
    best = race({"product": lambda: a @ a}, seconds=1, least=5, clock=clock)
    return 2 * n**3 / best["product"]


def memory(function):
    """Bytes that a function holds at the worst moment."""
    tracemalloc.start()
    function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def measure(layer, seconds, least, clock):
    """Race a layer's contenders and judge the choice of `auto`."""
    functions, output = contenders(layer), 4 * int(np.prod(layer.shape.out))
    times = race(functions, seconds, least, clock)
    torch_seconds = times.pop("torch")
    chosen = fastest(layer.shape)
    best = min(times, key=times.get)
    return {
        "layer": layer.name,
        "auto": chosen,
        "best": best,
        "seconds": times,
        "torch_seconds": torch_seconds,
        "flop_per_s": layer.shape.flop / times[best],
        "vs_torch": torch_seconds / times[best],
        "auto_vs_torch": torch_seconds / times[chosen],
        "workspace_bytes": METHODS[best].work(layer.shape, 4).workspace_bytes,
        "taps_over_output": memory(functions["taps"]) / output - 1,
    }


def show(row, layer, peak):
    s = layer.shape
    size = f"{s.C}x{s.H}x{s.W}, {s.K}x{s.R}x{s.S} / {s.stride[0]}"
    print(
        f"{row['layer']:26}{size:26}{row['auto']:11}{row['best']:11}"
        f"{row['flop_per_s'] / 1e9:8.1f}{row['flop_per_s'] / peak:8.0%}"
        f"{row['workspace_bytes'] / 1e6:9.1f}{row['taps_over_output']:9.2f}"
        f"{row['vs_torch']:8.2f}{row['auto_vs_torch']:8.2f}",
        flush=True,
    )


def summary(rows, peak):
    """What the table comes to."""
    geomean = lambda key: float(np.exp(np.mean(np.log([row[key] for row in rows]))))  # noqa: E731
    near = [row["auto_vs_torch"] >= row["vs_torch"] / 1.1 for row in rows]
    return {
        "geomean_vs_torch": round(geomean("vs_torch"), 3),
        "auto_geomean_vs_torch": round(geomean("auto_vs_torch"), 3),
        "auto_within_10pct": round(float(np.mean(near)), 3),
        "taps_workspace_over_output": round(max(row["taps_over_output"] for row in rows), 3),
        "layers": len(rows),
        "batch": BATCH,
        "threads": threads(),
        "product_gflop_per_s": round(peak / 1e9, 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer turns: below 45 seconds")
    parser.add_argument("--record", action="store_true", help=f"write {RESULT.name}")
    parser.add_argument("--layers", default="", help="only layers whose name contains this")
    parser.add_argument("--threads", type=int, default=threads(), help="for both sides")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_grad_enabled(False)
    with threadpool_limits(arguments.threads, user_api="blas"):
        rows, result = table(arguments)
    if arguments.record:
        machine = {"cpu": cpu().model, "numpy": np.__version__, "torch": torch.__version__}
        kept = json.loads(RESULT.read_text()) if RESULT.exists() else {}
        kept[f"threads={arguments.threads}"] = {
            "date": time.strftime("%Y-%m-%d"),
            "machine": machine,
            "summary": result,
            "rows": rows,
        }
        RESULT.write_text(json.dumps(kept, indent=1) + "\n")
    print(json.dumps(result))


def table(arguments):
    """Measure and print layer after layer."""
    clock = time.perf_counter if arguments.threads > 1 else time.process_time
    peak = product_flop_per_s(clock)
    print(f"{'layer':26}{'shape':26}{'auto':11}{'best':11}{'GFLOP/s':>8}{'of peak':>8}", end="")
    print(f"{'space MB':>9}{'taps/out':>9}{'/ torch':>8}{'auto':>8}")
    rows = []
    for layer in (*resnet50(), *vgg16()):
        if arguments.layers in layer.name:
            rows.append(measure(layer, *((0, 2) if arguments.quick else (2.5, 5)), clock))
            show(rows[-1], layer, peak)
    return rows, summary(rows, peak)


if __name__ == "__main__":
    main()
