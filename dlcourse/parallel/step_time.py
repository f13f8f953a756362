"""How long a step of data-parallel training takes, predicted and put on the virtual clock."""

from types import MappingProxyType

from dlcourse.cluster.collectives.arrays import choose
from dlcourse.cluster.collectives.costs import seconds


def charge(world, network, times):
    """Let a network's units take time on a virtual clock; on real machines they do anyway.

    Args:
        world: a World.
        network: torch.nn.Sequential of units.
        times: (seconds of forward, seconds of backward) for each unit.

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.data_parallel import Naive
    >>> from dlcourse.parallel.models import convnet
    >>> from dlcourse.parallel.train import train
    >>> data = images(8)
    >>> def program(world):
    ...     network = convnet()
    ...     charge(world, network, [(1e-3, 2e-3)] * 4)
    ...     train(world, Naive(world, network), data, steps=1)
    >>> run(program, ranks=1).seconds
    0.012
    """
    for (name, unit), (forward, backward) in zip(network.named_children(), times, strict=True):
        _charge_forward(world, unit, forward, f"forward {name}")
        _charge_backward(world, unit, backward, f"backward {name}")


def step_seconds(strategy, sizes, times, p, net):
    """Predict a step on a network on which every rank has a port of its own.

    Args:
        strategy: "naive", "bucketed", "overlapped", "zero1", "zero2" or "zero3".
        sizes: bytes of each message's gradients: of a parameter, a bucket or a unit. For
            "overlapped" of equal length, each computed in equal time.
        times: (seconds of forward, seconds of backward) for each unit.
        p: ranks.
        net: AlphaBeta.

    Returns:
        Seconds. Exact where p divides every size; within 10 % for "overlapped", if messages take
        much longer than their latency.

    >>> from dlcourse.cluster.collectives.costs import AlphaBeta
    >>> net = AlphaBeta(alpha=0, beta=1e-9)
    >>> [round(step_seconds(how, [10**6] * 4, [(1e-3, 2e-3)] * 4, 8, net) * 1e3, 2)
    ...     for how in ("bucketed", "overlapped")]
    [19.0, 14.62]
    """
    return choose(FORMULAS, strategy)(sizes, times, p, net)


def _charge_forward(world, unit, seconds, label):
    unit.register_forward_pre_hook(lambda *_: world.compute(seconds, label=label))


def _charge_backward(world, unit, seconds, label):
    def watch(_unit, _inputs, output):
        if output.requires_grad:
            output.register_hook(lambda _: world.compute(seconds, label=label))

    unit.register_forward_hook(watch)


def _after(*collectives):
    """Everything computes, then everything is sent."""

    def formula(sizes, times, p, net):
        sent = sum(seconds(name, n, p, net) for n in sizes for name in collectives)
        return sum(map(sum, times)) + sent

    return formula


def _overlapped(sizes, times, p, net):
    """Backward hides all but the end, or the messages take all the time from the first bucket on.

    A bucket's second half sets out with the next bucket's first, so that three halves are left when
    backward ends.
    """
    if p == 1:
        return sum(map(sum, times))
    forward, backward = map(sum, zip(*times, strict=True))
    half = net.message(sizes[0] * (p - 1) / p)
    left = min(3, 2 * len(sizes)) * half
    return forward + max(backward + left, backward / len(sizes) + 2 * len(sizes) * half)


FORMULAS = MappingProxyType(
    {
        "naive": _after("all_reduce"),
        "bucketed": _after("all_reduce"),
        "overlapped": _overlapped,
        "zero1": _after("reduce_scatter", "all_gather"),
        "zero2": _after("reduce_scatter", "all_gather"),
        "zero3": _after("all_gather", "reduce_scatter", "all_gather"),
    }
)
