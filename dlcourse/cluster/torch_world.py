"""Real ranks: a World on torch.distributed, point to point only.

CPU tensors and NumPy arrays travel over gloo, CUDA tensors over NCCL. NCCL matches messages of two
ranks by their order, whatever their tags. Gloo lets every send wait for its receiver; here, as in
MPI and on the virtual cluster, only messages longer than EAGER_LIMIT do: of shorter ones a copy is
sent in the background.

Not checked: whether the array that is sent and the buffer agree in shape and dtype, and whether all
ranks are in the same collective. A shorter message leaves the end of its buffer as it was, a longer
one ends the receiver. The virtual cluster names both: try a program there first.
"""

import time
from collections import defaultdict, deque
from datetime import timedelta

import numpy as np

from dlcourse.cluster.arrays import check_array, copy_of, dense, fill
from dlcourse.cluster.errors import LostRank, check_peer, check_tag, forgotten, unmatched
from dlcourse.cluster.gpus import gpu_of
from dlcourse.cluster.mail import EAGER_LIMIT
from dlcourse.cluster.world import BARRIER, SENT, Request, World, piece_on

BACKGROUND = 256  # short sends under way at most, before the next one waits
END = BARRIER + 1  # the tag of the last barrier's messages
MOMENT = 1.0  # seconds that messages under way get to arrive once all programs have ended


class TorchRequest(Request):
    """A send or receive of torch.distributed.

    Args:
        work: what torch.distributed gave.
        tensor: what it reads or writes; kept alive until then.
        peer: rank at the other end.
        tag: of the message.
        posted: dict of the requests that this rank has still to wait for, -> "isend" or "irecv".
        buffer: where to copy a received tensor that could not be written in place, or None.
    """

    __slots__ = ("buffer", "peer", "posted", "tag", "tensor", "work")

    def __init__(self, work, tensor, peer, tag, posted, buffer=None):
        self.work, self.tensor, self.peer, self.buffer = work, tensor, peer, buffer
        self.tag, self.posted = tag, posted

    def wait(self):
        """Return once the message has left the array, or is in it; a second time, at once."""
        if self.work is None:
            return
        try:
            self.work.wait()
        except RuntimeError as error:
            raise gone(self.peer) from error
        if self.buffer is not None:
            fill(self.buffer, self.tensor)
        self.work = None
        self.posted.pop(self, None)

    def comes(self, deadline):
        """Whether both sides of the message come until then, on the clock of time.monotonic."""
        try:
            self.work.wait(timedelta(seconds=max(deadline - time.monotonic(), 1e-3)))
        except RuntimeError:
            return False
        return True


def gone(peer):
    """What to raise where torch says that a connection is closed.

    >>> gone(3)
    LostRank('rank 3 no longer answers: it died, or stopped because another rank did')
    """
    return LostRank(f"rank {peer} no longer answers: it died, or stopped because another rank did")


class OwnRequest(Request):
    """Receives what a rank sent to itself, which torch.distributed doesn't carry.

    Args:
        buffer: where it goes.
        peer: the rank itself.
        tag: of the message.
        posted: as for TorchRequest.

    Attributes:
        letter: what was sent; None before that, and once it is in the buffer.
    """

    __slots__ = ("buffer", "letter", "peer", "posted", "tag")

    def __init__(self, buffer, peer, tag, posted):
        self.buffer, self.peer, self.tag, self.posted = buffer, peer, tag, posted
        self.letter = None

    def wait(self):
        """Fill the buffer; a second time, do nothing."""
        if self not in self.posted:
            return
        if self.letter is None:
            raise RuntimeError("this rank waits for a message from itself that it didn't send")
        fill(self.buffer, self.letter)
        self.letter = None
        del self.posted[self]

    def comes(self, deadline):
        """Whether it was sent: nothing is under way here."""
        return self.letter is not None


class TorchWorld(World):
    """What one process of a torch.distributed group sees.

    Two NCCL groups, one for messages to higher ranks and one for those to lower ranks: within one,
    two ranks that both send first would wait for each other.

    Args:
        device: "cpu", or the GPU of this rank such as "cuda:3".
    """

    def __init__(self, device="cpu"):
        import torch.distributed as dist

        self.rank, self.size = dist.get_rank(), dist.get_world_size()
        self.device = device
        self.piece = piece_on(device)
        self.own = defaultdict(deque)  # tag -> what this rank sent to itself, not asked for yet
        self.asked = defaultdict(deque)  # tag -> OwnRequests, not sent yet
        self.background = deque()  # requests of short sends
        self.posted = {}  # requests the program has still to wait for: "isend" or "irecv"
        cuda = device != "cpu"
        self.up, self.down = (dist.new_group(backend="nccl") if cuda else None for _ in range(2))
        self.default = dist.group.WORLD
        self.start = time.perf_counter()

    def isend(self, array, dest, tag=0):
        """Begin to send."""
        check_peer(self.rank, "sends to", dest, self.size)
        check_tag(tag)
        check_array(array, "send")
        if dest == self.rank:
            self.own[tag].append(copy_of(array))
            self._hand_over(tag)
            return SENT
        tensor = _tensor(dense(array))
        group = self._group(tensor, self.rank, dest)
        eager = group is self.default and tensor.nbytes <= EAGER_LIMIT
        tensor = tensor.clone() if eager else tensor
        work = _begin(group.send, tensor, dest, tag)
        request = TorchRequest(work, tensor, dest, tag, self.posted)
        if not eager:
            self.posted[request] = "isend"
            return request
        self.background.append(request)
        if len(self.background) > BACKGROUND:
            self.background.popleft().wait()
        return SENT

    def irecv(self, buffer, source, tag=0):
        """Begin to receive."""
        check_peer(self.rank, "receives from", source, self.size)
        check_tag(tag)
        check_array(buffer, "recv")
        if source == self.rank:
            request = OwnRequest(buffer, source, tag, self.posted)
            self.asked[tag].append(request)
            self._hand_over(tag)
        else:
            room = dense(buffer)
            tensor, copied = _tensor(room), None if room is buffer else buffer
            work = _begin(self._group(tensor, source, self.rank).recv, tensor, source, tag)
            request = TorchRequest(work, tensor, source, tag, self.posted, copied)
        self.posted[request] = "irecv"
        return request

    def _hand_over(self, tag):
        """Give the next letter to oneself to the request that came first."""
        if self.own[tag] and self.asked[tag]:
            self.asked[tag].popleft().letter = self.own[tag].popleft()

    def finish(self):
        """Wait until the programs of all ranks have ended, and a moment for what is under way.

        Returns:
            list of sentences on what is left over: messages with one side only, requests that this
            rank never waited for.
        """
        short, self.background = self.background, deque()
        self.barrier(END)  # which no barrier of a program can be taken for
        self.wait(*self.background)  # of the barrier; first, as a wait in vain cuts all connections
        lines = [
            unmatched(self.rank, self.rank, tag, letter.nbytes)
            for tag, letters in self.own.items()
            for letter in letters
        ]
        deadline = time.monotonic() + MOMENT
        lines += [self._vain(r, "isend") for r in short if not r.comes(deadline)]
        for request, call in self.posted.items():
            there = request.comes(deadline)
            lines.append(forgotten(self.rank, call) if there else self._vain(request, call))
        return lines

    def _vain(self, request, call):
        if call == "isend":
            return unmatched(self.rank, request.peer, request.tag, request.tensor.nbytes)
        return unmatched(request.peer, self.rank, request.tag)

    def time(self):
        """Seconds since the ranks met; what was queued on the GPU is waited for."""
        if self.device != "cpu":
            import torch

            torch.cuda.synchronize()
        return time.perf_counter() - self.start

    def _group(self, tensor, source, dest):
        if self.up is None or not tensor.is_cuda:
            return self.default
        return self.up if source < dest else self.down


def join(backend_options):
    """Join the group that the environment or the options describe.

    Args:
        backend_options: arguments of torch.distributed.init_process_group.

    Returns:
        TorchWorld, on the GPU of this rank where there is one for each rank of the computer.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     world = join({"init_method": f"file://{folder}/store", "rank": 0, "world_size": 1})
    ...     world.barrier()
    ...     leave()
    >>> world
    rank 0 of 1
    """
    import os

    import torch.distributed as dist

    place, ranks = os.environ.get("LOCAL_RANK", 0), os.environ.get("LOCAL_WORLD_SIZE", 1)
    device = gpu_of(int(place), int(ranks))
    dist.init_process_group("gloo" if device == "cpu" else "cpu:gloo,cuda:nccl", **backend_options)
    return TorchWorld(device)


def leave():
    """Leave the group: without this, some runs fail as their processes end.

    >>> leave()
    """
    import torch.distributed as dist

    if dist.is_initialized():
        dist.destroy_process_group()


def _begin(call, tensor, peer, tag):
    """Send or receive by the group itself: torch's own isend checks again, which takes its time."""
    if tensor.is_complex():
        import torch

        tensor = torch.view_as_real(tensor)
    try:
        return call([tensor], peer, tag)
    except RuntimeError as error:
        raise gone(peer) from error


def _tensor(array):
    """A tensor on the same memory."""
    if not isinstance(array, np.ndarray):
        return array
    import torch

    return torch.from_numpy(array)
