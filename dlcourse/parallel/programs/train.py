"""Train a network with any strategy, on whatever it is started on.

python -m dlcourse.parallel.programs.train
torchrun --nproc-per-node 4 -m dlcourse.parallel.programs.train --strategy zero3
mpiexec -n 4 python -m dlcourse.parallel.programs.train --strategy tensor --network transformer

With --checkpoint FOLDER it goes on where it was stopped, on as many ranks as there are then.
"""

import argparse
from types import MappingProxyType

from dlcourse.cluster.launchers import here
from dlcourse.parallel.checkpoint import resume, save
from dlcourse.parallel.data import images, sentences
from dlcourse.parallel.models import convnet, transformer
from dlcourse.parallel.programs.strategies import STRATEGIES

NETWORKS = MappingProxyType({"convnet": convnet, "transformer": transformer})


def program(world, strategy="overlapped", network="convnet", update="sgd", steps=10, folder=None):
    """Train, on the rank's GPU where there is one.

    Args:
        world: a World.
        strategy: a key of STRATEGIES.
        network: "convnet" or "transformer".
        update: "sgd" or "adam".
        steps: how many, those before a checkpoint counted.
        folder: of a checkpoint to go on from and to leave; none if left out.

    Returns:
        list of the losses before each step done here.

    >>> from dlcourse.cluster.run import run
    >>> alone = run(program, ranks=1).results[0]
    >>> together = run(program, ranks=3, args=("zero2",)).results[0]
    >>> round(alone[-1], 5) == round(together[-1], 5)
    True
    """
    trained = NETWORKS[network]("float32").to(world.device)
    data = images(dtype="float32") if network == "convnet" else sentences()
    how = STRATEGIES[strategy]
    chosen = how.make(world, trained, update)
    first = resume(chosen, folder) if folder else 0
    data = [tensor.to(world.device) for tensor in data]
    losses = how.train(world, chosen, data, steps - first, first=first)
    if folder:
        save(world, chosen, folder, steps)
    return losses


def _main():
    """Read the command line, train, and let rank 0 print the losses."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strategy", choices=STRATEGIES, default="overlapped")
    parser.add_argument("--network", choices=NETWORKS, default="convnet")
    parser.add_argument("--update", choices=("sgd", "adam"), default="sgd")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--checkpoint", metavar="FOLDER")
    chosen = parser.parse_args()
    with here() as world:
        losses = program(
            world, chosen.strategy, chosen.network, chosen.update, chosen.steps, chosen.checkpoint
        )
        if world.rank == 0:
            print(f"ranks {world.size}, losses: {' '.join(f'{loss:.6f}' for loss in losses)}")


if __name__ == "__main__":
    _main()
