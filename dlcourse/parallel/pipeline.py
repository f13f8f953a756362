"""Pipeline parallelism: each rank has some layers, micro-batches pass through the ranks.

Which passes a rank does in which order is data: any schedule of `dlcourse.plan.schedules` (GPipe,
1F1B, interleaved 1F1B, zero-bubble H1), or one written by hand. Part g of the network stands on
rank g mod p, as its chunk g // p. Activations go from part to part, their gradients come back.

A message begins to be received one pass before it is needed. NCCL takes the messages between two
ranks in their order, whatever their tags: there, interleave on three ranks or more.
"""

from contextlib import nullcontext

import numpy as np

from dlcourse.cluster.collectives.broadcast import broadcast
from dlcourse.parallel.models import loss
from dlcourse.parallel.split_backward import SplitBackward
from dlcourse.parallel.update import optimizer

DTYPES = ("float64", "float32", "bfloat16", "float16")  # of activations
NOTE = 10  # numbers in a message that tells a tensor's shape


def cut(network, parts):
    """Cut a network between its units.

    Args:
        network: torch.nn.Sequential.
        parts: how many parts, nearly equal, the first ones longer; or a list of their numbers of
            units.

    Returns:
        list of torch.nn.Sequential, which share the network's weights.

    Raises:
        ValueError: if there are not enough units, or the numbers don't add up to them.

    >>> from dlcourse.parallel.models import convnet
    >>> [list(dict(part.named_children())) for part in cut(convnet(), 3)]
    [['conv1', 'conv2'], ['hidden'], ['scores']]
    """
    units = len(network)
    if isinstance(parts, int):
        parts = [units // parts + (i < units % parts) for i in range(parts)]
    if sum(parts) != units or min(parts) < 1:
        raise ValueError(f"parts={parts}: give 1 or more units each, {units} in all")
    ends = np.cumsum(parts).tolist()
    return [network[end - length : end] for length, end in zip(parts, ends, strict=True)]


class Pipeline:
    """One rank of a pipeline: it trains its chunks of the network.

    Args:
        world: a World, or a Group of one, of as many ranks as the schedule has stages.
        network: torch.nn.Sequential, the same in all ranks, of units that take a batch of no rows
            too; this rank's chunks are changed in place.
        schedule: Schedule.
        update: "sgd" or "adam".
        parts: units in each part of the network, as for `cut`; nearly equal if left out.
        seconds: dict kind of pass -> what it costs on a virtual clock; measured if left out.

    Raises:
        ValueError: if the schedule has another number of stages than there are ranks, or there are
            not as many parts as its stages have chunks.

    Attributes:
        chunks: this rank's parts of the network.

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.models import convnet
    >>> from dlcourse.parallel.train import train_one
    >>> from dlcourse.plan.schedules import one_f_one_b
    >>> data = images(8)
    >>> def program(world):
    ...     return round(Pipeline(world, convnet(), one_f_one_b(2, 4)).step(*data), 9)
    >>> run(program, ranks=2).results == [0.0, round(train_one(convnet(), data, 1, 8)[0], 9)]
    True
    """

    def __init__(self, world, network, schedule, update="sgd", parts=None, seconds=None):
        if schedule.stages != world.size:
            raise ValueError(f"{schedule.stages} stages on {world.size} ranks: give one rank each")
        self.world, self.schedule, self.seconds = world, schedule, seconds
        self.last = schedule.stages * schedule.chunks - 1  # number of the last part
        self.order = schedule.orders[world.rank]
        self.parts = cut(network, parts or self.last + 1)
        if len(self.parts) != self.last + 1:
            raise ValueError(f"parts={parts}: {schedule.title}, needs {self.last + 1}")
        self.chunks = self.parts[world.rank :: world.size]
        self.halves = [SplitBackward(chunk) for chunk in self.chunks]
        weights = [weight for chunk in self.chunks for weight in chunk.parameters()]
        self.optimizer = optimizer(update, weights)
        self.seen = self.ends = None  # shape of an input row; what enters and leaves each chunk

    def step(self, x, y, of=None):
        """Train on a batch.

        Args:
            x: tensor (n, ...), the same in all ranks.
            y: tensor (n, ...), its targets, the same in all ranks.
            of: number of targets by which their losses are divided; those of y if left out.

        Returns:
            The batch's loss in the last part's rank, 0.0 in the others.

        Raises:
            ValueError: if there are fewer rows than micro-batches.
        """
        self.optimizer.zero_grad()
        value = self.backward(x, y, of)
        self.optimizer.step()
        return value

    def backward(self, x, y, of=None):
        """Add a batch's gradients to those of this rank's weights; otherwise as `step`."""
        if len(x) < self.schedule.micro_batches:
            count = self.schedule.micro_batches
            raise ValueError(f"a batch of {len(x)} rows has too few for {count} micro-batches")
        if self.seen != x.shape[1:]:
            self.seen, self.ends = x.shape[1:], self._meet(x)
        batch = _Batch(self, x, y, of or y.numel())
        batch.ask(self.order[0])
        for step, following in zip(self.order, [*self.order[1:], None], strict=True):
            received = batch.take(step)
            if following:
                batch.ask(following)  # so that its message travels during this pass
            with self._charged(step):
                result = batch.run(step, received)
            batch.send(step, result)
        self.world.wait(*batch.sends.values())
        return batch.loss

    def tensors(self):
        """Parameters and the optimizer's state by name, whole: what a checkpoint keeps."""
        found = {}
        for part, module in enumerate(self.parts):
            for name, weight in module.named_parameters():
                state = self.optimizer.state.get(weight) or self.optimizer.begin(weight.detach())
                kept = {"value": weight.detach()} | state
                found[name] = {key: tensor.clone() for key, tensor in kept.items()}
                for tensor in found[name].values():
                    broadcast(self.world, tensor, root=self.rank_of(part))
        return found

    def restore(self, tensors):
        """Go on from what `tensors` gave, of any strategy."""
        for chunk in self.chunks:
            self.optimizer.restore(chunk, tensors)

    def part(self, chunk):
        """The number in the whole network of a chunk of this rank."""
        return chunk * self.world.size + self.world.rank

    def _charged(self, step):
        """Charge a pass to a virtual clock: what it is said to cost, or what it does cost here."""
        if self.seconds is None:
            return self.world.measured(repr(step))
        self.world.compute(self.seconds[step.kind], label=repr(step))
        return nullcontext()

    def _meet(self, x):
        """Send a batch of no rows through the network, to see what enters and leaves each chunk."""
        import torch

        found = []
        for chunk, module in enumerate(self.chunks):
            part, enters = self.part(chunk), x[:0]
            if part:
                note = self.world.recv(np.empty(NOTE, np.int64), self.rank_of(part - 1), 2 * part)
                enters = _read(note, x.device)
            with torch.no_grad():
                leaves = module(enters)
            if part < self.last:
                self.world.send(_note(leaves), self.rank_of(part + 1), 2 * (part + 1))
            found.append((enters, leaves))
        return found

    def rank_of(self, part):
        """The rank on which a part of the network stands."""
        return part % self.world.size


class _Batch:
    """One batch on its way through one rank."""

    def __init__(self, pipeline, x, y, of):
        self.pipeline, self.world = pipeline, pipeline.world
        count = pipeline.schedule.micro_batches
        self.x, self.y = x.tensor_split(count), y.tensor_split(count)
        self.of = of
        self.asked = {}  # pass -> (buffer, Request)
        self.done = {}  # (micro-batch, chunk) -> Forward
        self.sends = {}  # pass -> Request
        self.loss = 0.0

    def ask(self, step):
        """Begin to receive what a pass needs from another part."""
        part = self.pipeline.part(step.chunk)
        source = part + {"F": -1, "W": 0}.get(step.kind, 1)
        if step.kind == "W" or not 0 <= source <= self.pipeline.last:
            return
        like = self.pipeline.ends[step.chunk][step.kind != "F"]
        shape = len(self.x[step.micro]), *like.shape[1:]
        buffer = like.new_empty(shape)
        rank = self.pipeline.rank_of(source)
        self.asked[step] = buffer, self.world.irecv(buffer, rank, self._tag(step, part))

    def take(self, step):
        """Wait for what a pass needs from another part; None if it needs nothing."""
        if step not in self.asked:
            return None
        buffer, request = self.asked.pop(step)
        request.wait()
        if step.kind != "F":  # this gradient's activation has long arrived: let go of it
            self.sends.pop(step._replace(kind="F")).wait()
        return buffer

    def run(self, step, received):
        """Do a pass; return what another part needs of it, or None."""
        half, place = self.pipeline.halves[step.chunk], (step.micro, step.chunk)
        if step.kind == "F":
            return self._forward(step, received)
        if step.kind == "B":
            return half.input_gradient(self.done[place], received)
        done = self.done.pop(place)
        return half.backward(done, received) if step.kind == "BW" else half.weight_gradients(done)

    def _forward(self, step, received):
        """A forward pass; the last part's ends in its share of the batch's loss."""
        x = self.x[step.micro] if received is None else received.requires_grad_()
        done = self.pipeline.halves[step.chunk].forward(x)
        self.done[step.micro, step.chunk] = done
        if self.pipeline.part(step.chunk) < self.pipeline.last:
            return done.y.detach()
        done.y = loss(done.y, self.y[step.micro], self.of)
        self.loss += done.y.item()
        return None

    def send(self, step, result):
        """Send what a pass has made to the part that needs it."""
        if result is not None:
            dest = self.pipeline.part(step.chunk) + (1 if step.kind == "F" else -1)
            rank = self.pipeline.rank_of(dest)
            self.sends[step] = self.world.isend(result, rank, self._tag(step, dest))

    def _tag(self, step, part):
        """One for each message of a batch: a micro-batch, and the part it goes to and from."""
        parts = self.pipeline.last + 1
        return 2 * (step.micro * parts + part) + (step.kind != "F")


def _note(tensor):
    """Shape and dtype of a tensor as a message."""
    dtype = DTYPES.index(str(tensor.dtype).removeprefix("torch."))
    facts = [dtype, tensor.ndim, *tensor.shape]
    return np.array(facts + [0] * (NOTE - len(facts)), np.int64)


def _read(note, device):
    """The tensor, without rows, that such a message tells of."""
    import torch

    dtype, axes, *shape = note.tolist()
    return torch.empty(shape[:axes], dtype=getattr(torch, DTYPES[dtype]), device=device)
