"""Rank programs of the tests of data parallelism: a process that imports them needs no pytest."""

from functools import cache

import torch

from dlcourse.parallel.data import batch, images, sentences, share
from dlcourse.parallel.data_parallel import Bucketed, Naive, Overlapped
from dlcourse.parallel.models import convnet, loss, transformer
from dlcourse.parallel.sharded import Zero1, Zero2, Zero3
from dlcourse.parallel.train import train
from dlcourse.parallel.update import optimizer

PLAIN = [Naive, Bucketed, Overlapped]
SHARDED = [Zero1, Zero2, Zero3]
NETWORKS = {"convnet": convnet, "transformer": transformer}


@cache
def data(name, dtype):
    """What a network learns from; read by the test, for scikit-learn takes its time to import."""
    return images(64, dtype) if name == "convnet" else sentences(64)


def options(strategy):
    """Small buckets: several of them in these small networks."""
    return {"limit": 2**14} if strategy in (Bucketed, Overlapped) else {}


def program(world, strategy, name, dtype, update, steps, size, rows):
    torch.set_num_threads(1)
    chosen = strategy(world, NETWORKS[name](dtype, seed=world.rank), update, **options(strategy))
    losses = train(world, chosen, rows, steps, size)
    return {key: value["value"] for key, value in chosen.tensors().items()}, losses


def worst(found, wanted):
    assert found.keys() == wanted.keys()
    return max((found[key] - wanted[key]).abs().max().item() for key in wanted)


def everything(world, cases):
    """Train every case, one behind the other: starting ranks takes longer than training."""
    return [program(world, *case) for case in cases]


def torchs(world, wrap, name, update, rows):
    """Ten steps of torch's own data parallelism: the parameters, whole."""
    network = wrap(NETWORKS[name]())
    updating = optimizer(update, network.parameters())
    for step in range(10):
        x, y = share(world, batch(rows, step, 8))
        updating.zero_grad()
        loss(network(x), y).backward()
        updating.step()
    whole = {
        key: getattr(p, "full_tensor", lambda p=p: p)() for key, p in network.named_parameters()
    }
    return {key.removeprefix("module."): value.detach() for key, value in whole.items()}


def against_torch(world, rows):
    """Largest difference to DDP and to FSDP2, by case."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard
    from torch.nn.parallel import DistributedDataParallel

    mesh = init_device_mesh("cpu", (world.size,))

    def sharded(network):
        for unit in network.children():
            fully_shard(unit, mesh=mesh)
        return fully_shard(network, mesh=mesh)

    pairs = {Overlapped: DistributedDataParallel, Zero3: sharded}
    found = {}
    for name in NETWORKS:
        for update in ("sgd", "adam"):
            for ours, theirs in pairs.items():
                mine, _ = program(world, ours, name, "float64", update, 10, 8, rows[name])
                case = f"{ours.__name__} {name} {update}"
                found[case] = worst(mine, torchs(world, theirs, name, update, rows[name]))
    return found
