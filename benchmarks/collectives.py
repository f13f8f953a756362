"""The course's collectives against gloo's, its model against published sweeps, its cluster by size.

    python -m benchmarks.collectives [--quick] [--record]

ring_vs_gloo: gloo's own all-reduce over the course's ring on the same processes, in turns, so that
both meet the same noise; the median time of each counts, and of all sizes and numbers of processes
the least favourable. The same by the shortest time of each stands beside it.
busbw_mean_error: predicted against published bus bandwidth from 1 MiB on, three constants fitted
to each system; held_out is the same with every other size unseen.
virtual_*: a ring all-reduce on the virtual cluster, in a process of its own to see its memory;
the shortest run. virtual_growth: of the median time of a message, from 256 ranks to 1,024; the runs
of 256 stand before and after those of 1,024, since a machine that others share has its moods.
The last line is one JSON object; `--record` keeps it in results/collectives.json.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.calibrate import calibrate, error, sweeps
from dlcourse.cluster.errors import ClusterError
from dlcourse.cluster.run import run
from dlcourse.course.probe import cpu
from tests.cluster.planted import PLANTED

RESULT = Path(__file__).parent / "results" / "collectives.json"
MIB = 2**20
VIRTUAL = """
import json, re, resource, sys, time
from pathlib import Path
import numpy as np
from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.run import run
ranks = int(sys.argv[1])
start = time.perf_counter()
done = run(lambda world: all_reduce(world, np.ones(ranks)), ranks=ranks, time_limit=300)
seconds = time.perf_counter() - start
assert all((array == ranks).all() for array in done.results)
status = Path("/proc/self/status")
if status.exists():  # what getrusage says on Linux counts the parent before the fork
    peak = 1024 * int(re.search(r"VmHWM:\\s*(\\d+) kB", status.read_text())[1])
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on a Mac
print(json.dumps([len(done.trace.messages), seconds, peak]))
"""


def race(world, n, turns):
    """Let gloo's all-reduce and the ring take turns on n bytes: the seconds of each, (turns, 2)."""
    import torch
    import torch.distributed as dist

    torch.set_num_threads(max(1, (os.cpu_count() or 1) // world.size))
    array = torch.ones(n // 4)
    contenders = lambda: dist.all_reduce(array), lambda: all_reduce(world, array)
    seconds = torch.empty((turns, 2), dtype=torch.float64)
    for turn in range(turns):
        for i in (0, 1) if turn % 2 else (1, 0):
            array.fill_(1.0)
            world.barrier()
            start = time.perf_counter()
            contenders[i]()
            seconds[turn, i] = time.perf_counter() - start
            assert array[0] == array[-1] == world.size
    dist.all_reduce(seconds, dist.ReduceOp.MAX)  # a turn ends when the last rank is done
    return seconds.numpy()


def races(world, cases):
    """Race for each (bytes, turns), on the same processes."""
    return [race(world, *case) for case in cases]


def against_gloo(quick):
    """Race with 2 and 4 processes; print a line for each size."""
    rows = []
    print(f"\n{'':21}{'median':^33}{'shortest':^33}")
    print(f"{'processes':>9}{'size':>10}", 2 * f"{'gloo ms':>10}{'ring ms':>10}{'gloo / ring':>13}")
    sizes = (1, 4, 16) if quick else (1, 4, 16, 64)
    turns = {mib: max(20, 300 // mib) if quick else max(60, 1500 // mib) for mib in sizes}
    cases = [(mib * MIB, count) for mib, count in turns.items()]
    for ranks in (2, 4):
        results = run(races, ranks, on="processes", args=(cases,), time_limit=300).results[0]
        for mib, seconds in zip(sizes, results, strict=True):
            rows.append({"processes": ranks, "bytes": mib * MIB})
            print(f"{ranks:9}{f'{mib} MiB':>10}", end=" ")
            for name, times in (("", np.median(seconds, 0)), ("_shortest", seconds.min(0))):
                gloo, ring = times.tolist()
                rows[-1] |= {f"gloo{name}_s": gloo, f"ring{name}_s": ring}
                rows[-1] |= {f"ring_vs_gloo{name}": round(gloo / ring, 3)}
                print(f"{gloo * 1e3:10.2f}{ring * 1e3:10.2f}{gloo / ring:13.2f}", end="")
            print()
    return rows


def held_out(sweep):
    """Mean error on every other size, the constants fitted to the rest; both ways round."""
    for first in (0, 1):
        seen = np.isin(sweep.sizes, np.unique(sweep.sizes)[first::2])
        yield error(calibrate(sweep.where(seen)), sweep.where(~seen))


def calibrated():
    """Fit every published system; print its constants and errors."""
    rows = []
    print(f"\n{'system':22}{'latency us':>11}{'GB/s':>8}{'ramp kB':>9}{'error':>8}{'held out':>10}")
    for name, sweep in sweeps().items():
        model = calibrate(sweep)
        errors = error(model, sweep), float(np.mean(list(held_out(sweep))))
        rows.append({"system": name, "latency_s": model.latency, "ramp_bytes": model.ramp})
        rows[-1] |= {"bandwidth_bytes_per_s": model.bandwidth}
        rows[-1] |= {"mean_error": round(errors[0], 4), "held_out_error": round(errors[1], 4)}
        print(f"{name:22}{model.latency * 1e6:11.2f}{model.bandwidth / 1e9:8.1f}", end="")
        print(f"{model.ramp / 1e3:9.0f}{errors[0]:8.1%}{errors[1]:10.1%}")
    return rows


def virtual(ranks):
    """A ring all-reduce in a fresh process: messages, seconds, peak memory in bytes."""
    command = [sys.executable, "-c", VIRTUAL, str(ranks)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def by_size(order):
    """Ring all-reduces of so many ranks, in this order; a row for each size, printed."""
    runs = [(ranks, *virtual(ranks)) for ranks in order]
    head = (
        f"{'ranks':>9}{'messages':>12}{'runs':>6}{'shortest s':>12}{'median us each':>16}{'MB':>6}"
    )
    print("\n" + head)
    rows = {}
    for size in sorted(set(order)):
        messages, seconds, peaks = zip(*(run[1:] for run in runs if run[0] == size), strict=True)
        rows[size] = row = {"ranks": size, "messages": messages[0], "runs": len(seconds)}
        row |= {"shortest_s": min(seconds), "median_s": float(np.median(seconds))}
        row["peak_bytes"] = max(peaks)
        row["median_s_each"] = each = row["median_s"] / row["messages"]
        print(f"{size:9,}{messages[0]:12,}{len(seconds):6}{min(seconds):12.2f}", end="")
        print(f"{each * 1e6:16.2f}{max(peaks) / 1e6:6.0f}")
    return rows


def named(bug):
    """Whether a planted bug is named, with its rank and lines, in under a second."""
    start = time.perf_counter()
    try:
        run(bug.program, ranks=bug.ranks)
    except ClusterError as failure:
        quick, text = time.perf_counter() - start < 1, str(failure)
        found = re.search(rf"rank {bug.rank}\b", text) and all(at in text for at in bug.places())
        return quick and bool(found) and type(failure) is bug.error
    return False


def measure(quick):
    """Everything, printed as it comes."""
    gloo, systems = against_gloo(quick), calibrated()
    many = 4 * (256,)
    sizes = by_size((64, 256, 1024, 256) if quick else 2 * (64, *many, 1024, *many))
    found = sum(map(named, PLANTED))
    print(f"\n{found} of {len(PLANTED)} planted bugs named with rank and line in under a second")
    mean = lambda key: round(float(np.mean([row[key] for row in systems])), 4)  # noqa: E731
    summary = {
        "ring_vs_gloo": min(row["ring_vs_gloo"] for row in gloo),
        "ring_vs_gloo_shortest": min(row["ring_vs_gloo_shortest"] for row in gloo),
        "busbw_mean_error": mean("mean_error"),
        "busbw_held_out_error": mean("held_out_error"),
        "virtual_256_s": round(sizes[256]["shortest_s"], 2),
        "virtual_1024_s": round(sizes[1024]["shortest_s"], 2),
        "virtual_growth": round(sizes[1024]["median_s_each"] / sizes[256]["median_s_each"], 2),
        "virtual_1024_mb": round(sizes[1024]["peak_bytes"] / 1e6),
        "planted": len(PLANTED),
        "planted_found": found,
    }
    return summary, {"gloo": gloo, "systems": systems, "virtual": [*sizes.values()]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer turns: below 45 seconds")
    parser.add_argument("--record", action="store_true", help=f"write {RESULT.name}")
    arguments = parser.parse_args()
    summary, rows = measure(arguments.quick)
    if arguments.record:
        about = cpu()
        machine = {"cpu": about.model, "cores": about.usable_cores, "numpy": np.__version__}
        machine["load_average"] = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
        kept = {"date": time.strftime("%Y-%m-%d"), "machine": machine, "summary": summary}
        RESULT.write_text(json.dumps(kept | rows, indent=1) + "\n", encoding="utf8")
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
