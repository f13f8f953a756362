"""Every strategy against one device; data parallelism against torch's; schedules against papers.

    python -m benchmarks.parallel [--quick] [--record]

ddp_vs_torch: steps per second of the course's bucketed, overlapped data parallelism over those of
torch's DistributedDataParallel: the same two processes on gloo, network, rows, update and sizes of
buckets (torch's default, 25 MiB), in turns. The shortest step of each counts.
ddp_vs_torch_processor: the same of processor time, torch's over ours; less noisy.
parity: cases of strategy, machine and precision whose parameters after ten steps are those of one
device, within 1e-10 in float64 and 1e-5 in float32, of all cases.
step_time_error: largest relative difference between a simulated step and its closed form.
zero_bubble_rates_matched, paper_speedups_matched: of the 24 published numbers each.
The last line is one JSON object; `--record` keeps it in results/parallel.json.
"""

import argparse
import json
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from dlcourse.cluster.run import run
from dlcourse.parallel.data import images, sentences, share
from dlcourse.parallel.data_parallel import Bucketed, Naive, Overlapped
from dlcourse.parallel.expert import ExpertParallel
from dlcourse.parallel.grid import Grid, Replicas
from dlcourse.parallel.mixed import DataThenModel
from dlcourse.parallel.mixture import with_experts
from dlcourse.parallel.models import convnet, loss, transformer
from dlcourse.parallel.pipeline import Pipeline
from dlcourse.parallel.programs.strategies import STRATEGIES
from dlcourse.parallel.sequence import ContextParallel
from dlcourse.parallel.split_layers import joined
from dlcourse.parallel.tensor import TensorParallel, split_network
from dlcourse.parallel.train import train, train_one
from dlcourse.parallel.update import optimizer
from dlcourse.plan.eight_bit import speedups_matched
from dlcourse.plan.schedules import NAMES, schedule
from dlcourse.plan.zero_bubble import zero_bubble_rates
from tests.parallel.step_times import COMPUTE, predicted, simulated
from tests.parallel.step_times import STRATEGIES as DATA_PARALLEL

RESULT = Path(__file__).parent / "results" / "parallel.json"
MIB = 2**20
LIMIT = 25 * MIB  # of a bucket: torch's default
PAIR = "torch DDP", "overlapped"
SHAPE = {"vocabulary": 512, "length": 64, "width": 512, "heads": 8, "blocks": 4}
ROWS = 4
TOLERANCE = {"float64": 1e-10, "float32": 1e-5}


class TorchDdp:
    """torch's DistributedDataParallel as a strategy."""

    def __init__(self, world, network):
        from torch.nn.parallel import DistributedDataParallel

        self.network = DistributedDataParallel(network, bucket_cap_mb=LIMIT / MIB)
        self.optimizer = optimizer("sgd", network.parameters())

    def step(self, x, y, of):
        self.optimizer.zero_grad()
        value = loss(self.network(x), y)
        value.backward()
        self.optimizer.step()
        return value.item()


def race(world, turns):
    """Let strategies take turns, a step each: the shortest step of each, and the parameters."""
    import torch.distributed as dist

    torch.set_num_threads(1)
    x, y = share(world, sentences(ROWS, SHAPE["length"], SHAPE["vocabulary"]))
    make = {"torch DDP": TorchDdp, "overlapped": Overlapped, "bucketed": Bucketed, "naive": Naive}
    networks = {name: transformer("float32", **SHAPE) for name in make}
    chosen = {name: make[name](world, network) for name, network in networks.items()}
    best = {name: torch.full((2,), float("inf")) for name in chosen}
    for turn in range(turns):
        for name, strategy in chosen.items():
            if name in ("naive", "bucketed") and turn % 4:
                continue
            world.barrier()
            start = time.perf_counter(), time.process_time()
            strategy.step(x, y, of=ROWS * SHAPE["length"])
            end = time.perf_counter(), time.process_time()
            taken = torch.tensor(end) - torch.tensor(start)
            dist.all_reduce(taken, dist.ReduceOp.MAX)
            best[name] = best[name].minimum(taken)
    theirs, ours = (torch.cat([p.flatten() for p in networks[n].parameters()]) for n in PAIR)
    assert (ours - theirs).abs().max() < 1e-4, "they train to different numbers"
    return {name: seconds.tolist() for name, seconds in best.items()}, len(ours)


def against_torch(quick):
    """Race with two processes; print a line for each strategy."""
    best, numbers = run(race, 2, "processes", args=(8 if quick else 40,), time_limit=300).results[0]
    print(f"\n2 processes, gloo, {numbers / 1e6:.1f} million numbers: ms a step, ms of processor")
    for name, (seconds, cpu) in best.items():
        print(f"{name:12}{seconds * 1e3:9.1f}{cpu * 1e3:9.1f}")
    rate, work = (torchs / ours for torchs, ours in zip(*map(best.get, PAIR), strict=True))
    return best, round(rate, 3), round(work, 3)


def data_x_tensor(world, network, update):
    """Two replicas of a network that is split between two ranks."""
    grid = Grid(world, data=2, tensor=2)
    return Replicas(grid.along("data"), TensorParallel(grid.along("tensor"), network, update))


class PipelineXTensor(Pipeline):
    """Two stages, each of them split between two ranks."""

    def __init__(self, world, network, update):
        grid = Grid(world, pipeline=2, tensor=2)
        self.tensor = grid.along("tensor")
        self.network = split_network(self.tensor, network, join=True)
        super().__init__(grid.along("pipeline"), self.network, schedule("1F1B", 2, 4), update)

    def tensors(self):
        return joined(self.tensor, self.network, super().tensors())


@dataclass(frozen=True)
class Case:
    """A strategy, and what it trains.

    Attributes:
        make: (world, network, update) -> strategy.
        network: "convnet" or "transformer".
        experts: whether with units of experts.
        replicas: groups of ranks that share out the rows of a batch; 1: all see all of them.
    """

    strategy: str
    make: object
    network: str
    ranks: int = 2
    experts: bool = False
    replicas: int = 1

    def build(self, dtype):
        """The network as it begins."""
        network = {"convnet": convnet, "transformer": transformer}[self.network](dtype)
        return with_experts(network) if self.experts else network


def cases():
    """Yield every strategy with every network that it can train."""
    for network in ("convnet", "transformer"):
        for name in DATA_PARALLEL:
            yield Case(name, STRATEGIES[name].make, network, ranks=3, replicas=3)
        for name in ("tensor", *NAMES):
            yield Case(name, STRATEGIES[name].make, network)
        yield Case("expert", ExpertParallel, network, experts=True, replicas=2)
        yield Case("data x tensor", data_x_tensor, network, ranks=4, replicas=2)
        yield Case("pipeline x tensor", PipelineXTensor, network, ranks=4)
    yield Case("conv data, dense model", DataThenModel, "convnet", ranks=3)
    yield Case("context", ContextParallel, "transformer", ranks=3)
    yield Case("tensor, sequence", partial(TensorParallel, sequence=True), "transformer")


def trained(world, case, dtype, data):
    """Ten steps of a strategy: the parameters that the rank can give, by name."""
    strategy = case.make(world, case.build(dtype), "sgd")
    rows = Grid(world, data=case.replicas, model=case.ranks // case.replicas).along("data")
    train(rows, strategy, data, steps=10, size=7)
    return {name: kept["value"] for name, kept in strategy.tensors().items()}


def several(world, chosen):
    """Many cases in one run: starting ranks takes longer than training."""
    torch.set_num_threads(1)
    return [trained(world, *case) for case in chosen]


def difference(results, case, dtype, data):
    """Largest difference of any rank's parameters from one device's; every one is there."""
    one = case.build(dtype)
    train_one(one, data, steps=10, size=7)
    wanted = dict(one.named_parameters())
    assert set().union(*results) == set(wanted)
    return max((r[name] - wanted[name]).abs().max().item() for r in results for name in r)


def differences(machine, dtype, networks=("convnet", "transformer")):
    """Difference of each case of these networks: dict."""
    data, found = {"convnet": images(64, dtype), "transformer": sentences(64)}, {}
    for ranks in (2, 3, 4):
        chosen = [case for case in cases() if case.ranks == ranks and case.network in networks]
        mine = [(case, dtype, data[case.network]) for case in chosen]
        results = run(several, ranks, machine, args=(mine,), time_limit=300).results
        for about, *by_rank in zip(mine, *results, strict=True):
            found[about[0].strategy, about[0].network, ranks] = difference(by_rank, *about)
    return found


def parity(quick):
    """Print the table of strategy, machine and precision: largest difference to one device."""
    rows = []
    print(f"\n{'strategy':24}{'network':13}{'ranks':>5}  {'machine':10}", end="")
    print("".join(f"{dtype:>10}" for dtype in TOLERANCE))
    for machine in ("ideal", "processes"):
        dtypes = ["float64"] if quick else list(TOLERANCE)
        few = quick and machine == "processes"
        networks = ("transformer",) if few else ("convnet", "transformer")
        found = {dtype: differences(machine, dtype, networks) for dtype in dtypes}
        for key in found["float64"]:
            name, network, ranks = key
            apart = {dtype: found[dtype][key] for dtype in dtypes}
            good = all(apart[dtype] <= TOLERANCE[dtype] for dtype in dtypes)
            print(f"{name:24}{network:13}{ranks:5}  {machine:10}", end="")
            print("".join(f"{apart[dtype]:10.1e}" for dtype in dtypes), "" if good else "differs")
            rows.append({"strategy": name, "network": network, "ranks": ranks, "machine": machine})
            rows[-1] |= apart
    return rows


def step_times():
    """Simulated steps against their closed forms: largest relative error by strategy."""
    print(f"\n{'simulated step':22}largest relative difference to its closed form")
    errors = {}
    for name in DATA_PARALLEL:
        pairs = [(simulated(name, p, c), predicted(name, p, c)) for p in (2, 4) for c in COMPUTE]
        errors[name] = max(abs(found / wanted - 1) for found, wanted in pairs)
        print(f"{name:22}{errors[name]:.1%}")
    return errors


def measure(quick):
    """Everything, printed as it comes."""
    steps, rate, work = against_torch(quick)
    rows, errors, rates = parity(quick), step_times(), zero_bubble_rates()
    good = [row[d] <= limit for row in rows for d, limit in TOLERANCE.items() if d in row]
    summary = {
        "ddp_vs_torch": rate,
        "ddp_vs_torch_processor": work,
        "parity": f"{sum(good)} of {len(good)}",
        "step_time_error": round(max(errors.values()), 4),
        "zero_bubble_rates_matched": sum(rate.matches for rate in rates),
        "paper_speedups_matched": speedups_matched()[0],
    }
    return summary, {"step_seconds": steps, "parity": rows, "step_time_errors": errors}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    fewer = "fewer turns, float64 only, the transformer only on processes: below 45 seconds"
    parser.add_argument("--quick", action="store_true", help=fewer)
    parser.add_argument("--record", action="store_true", help=f"write {RESULT.name}")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    summary, rows = measure(arguments.quick)
    if arguments.record:
        from dlcourse.course.probe import cpu

        about = cpu()
        machine = {"cpu": about.model, "cores": about.usable_cores, "torch": torch.__version__}
        kept = {"date": time.strftime("%Y-%m-%d"), "machine": machine, "summary": summary}
        RESULT.write_text(json.dumps(kept | rows, indent=1) + "\n", encoding="utf8")
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
