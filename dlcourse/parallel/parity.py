"""Several ranks beside one device: do they come to the same parameters, and how long is a step?"""

from dlcourse.cluster.run import run
from dlcourse.parallel.data import batch, share
from dlcourse.parallel.train import train_one


def parity(make, network, data, ranks, on="ideal", rows=False, steps=5, size=8):
    """Train with a strategy and on one device; find the largest difference of any parameter.

    Args:
        make: function (world, network) -> strategy, which has step(x, y, of) and tensors().
        network: function () -> the network as it begins.
        data: (x, y) tensors.
        ranks: how many.
        on: machine, as for `run`.
        rows: whether the ranks share out the rows of a batch; if not, all see all of them.
        steps: how many.
        size: rows in a step.

    Returns:
        float; 0 or rounding if the strategy is right.

    Raises:
        ValueError: if no rank has some of the parameters, or one has others.

    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.data_parallel import Naive
    >>> from dlcourse.parallel.models import convnet
    >>> [parity(Naive, convnet, images(16), 3, rows=share) < 1e-12 for share in (True, False)]
    [True, False]
    """
    one = network()
    train_one(one, data, steps, size)
    found = run(_train, ranks, on, args=(make, network, data, rows, steps, size)).results
    return furthest(found, dict(one.named_parameters()))


def furthest(found, wanted):
    """Compare the ranks' parameters with one device's.

    Args:
        found: list by rank of dicts name -> tensor, each of some of the parameters.
        wanted: dict name -> tensor, all of them.

    Returns:
        float, the largest difference.

    Raises:
        ValueError: as `parity`.

    >>> import torch
    >>> a, b = torch.zeros(2), torch.ones(1)
    >>> furthest([{"a": a}, {"b": b + 0.5}], {"a": a, "b": b})
    0.5
    """
    names = set().union(*found)
    if names != set(wanted):
        odd = ", ".join(sorted(names ^ set(wanted)))
        raise ValueError(f"{odd}: a parameter that only the ranks or only the device have")
    pairs = [(its[name], wanted[name]) for its in found for name in its]
    return max((ours - theirs).abs().max().item() for ours, theirs in pairs)


def clocked_step(make, network, data, ranks, on="ideal", size=8):
    """Ask the virtual clock how long a step takes, when the first is over.

    Args:
        make, network, data, ranks, on, size: as for `parity`; all ranks see all rows.

    Returns:
        seconds. Only messages take time, and what a strategy charges to the clock.

    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.models import convnet
    >>> from dlcourse.parallel.tensor import TensorParallel
    >>> 0 < clocked_step(TensorParallel, convnet, images(16), ranks=2) < 1e-3
    True
    """
    first, both = (
        run(_steps, ranks, on, args=(make, network, data, False, count, size)).seconds
        for count in (1, 2)
    )
    return both - first


def _steps(world, make, network, data, rows, steps, size):
    strategy = make(world, network())
    for step in range(steps):
        x, y = batch(data, step, size)
        mine = share(world, (x, y)) if rows else (x, y)
        strategy.step(*mine, of=y.numel())
    return strategy


def _train(world, *args):
    return {name: kept["value"] for name, kept in _steps(world, *args).tensors().items()}
