"""A World on MPI, by mpi4py: `mpiexec -n 4 python program.py`. Needs the extra `mpi`.

A CUDA tensor is handed over as it is where MPI says that it takes some ("CUDA-aware"), and else
staged: copied to the host, sent, and copied to the GPU on the other side.
"""

import ctypes
import time

import numpy as np

from dlcourse.cluster.arrays import check_array, dense, fill
from dlcourse.cluster.errors import check_peer, check_tag
from dlcourse.cluster.gpus import gpu_of
from dlcourse.cluster.world import Request, World, piece_on


class MpiRequest(Request):
    """A send or receive of MPI.

    Args:
        request: mpi4py's.
        raw: the bytes it reads or writes; kept alive until then.
        buffer: where to copy a received array that could not be written in place, or None.
        dense: the array that was written in its place.
    """

    __slots__ = ("buffer", "dense", "raw", "request")

    def __init__(self, request, raw, buffer=None, dense=None):
        self.request, self.raw, self.buffer, self.dense = request, raw, buffer, dense

    def wait(self):
        """Return once the message has left the array, or is in it."""
        self.request.Wait()
        if self.buffer is not None:
            fill(self.buffer, self.dense)
            self.buffer = None


class MpiWorld(World):
    """What one process of an MPI communicator sees.

    Args:
        comm: mpi4py communicator.
        device: "cpu", or the GPU of this rank such as "cuda:3".
        staged: whether CUDA tensors go through the host.
    """

    def __init__(self, comm, device="cpu", staged=True):
        self.comm, self.device, self.staged = comm, device, staged
        self.piece = piece_on(device)
        self.rank, self.size = comm.Get_rank(), comm.Get_size()
        self.start = time.perf_counter()

    @classmethod
    def join(cls):
        """Join all processes that mpiexec started, with a GPU of their own where each has one."""
        from mpi4py import MPI

        comm = MPI.COMM_WORLD
        node = comm.Split_type(MPI.COMM_TYPE_SHARED)
        world = cls(comm, gpu_of(node.Get_rank(), node.Get_size()), not _takes_cuda(MPI))
        world.piece = min(comm.allgather(world.piece))  # some computers may have GPUs, others none
        return world

    def isend(self, array, dest, tag=0):
        """Begin to send."""
        check_peer(self.rank, "sends to", dest, self.size)
        check_tag(tag)
        check_array(array, "send")
        raw = _raw(dense(array.cpu() if self._through_host(array) else array))
        return MpiRequest(self.comm.Isend(raw, dest, tag), raw)

    def irecv(self, buffer, source, tag=0):
        """Begin to receive."""
        check_peer(self.rank, "receives from", source, self.size)
        check_tag(tag)
        check_array(buffer, "recv")
        room = _room_on_host(buffer) if self._through_host(buffer) else dense(buffer)
        raw = _raw(room)
        copied = None if room is buffer else buffer
        return MpiRequest(self.comm.Irecv(raw, source, tag), raw, copied, room)

    def time(self):
        """Seconds since the ranks met; what was queued on the GPU is waited for."""
        if self.device != "cpu":
            import torch

            torch.cuda.synchronize()
        return time.perf_counter() - self.start

    def _through_host(self, array):
        return self.staged and getattr(array, "is_cuda", False)


def _takes_cuda(library):
    """Whether MPI takes CUDA tensors; MPICH, Open MPI and their kin answer that."""
    ask = getattr(ctypes.CDLL(library.__file__), "MPIX_Query_cuda_support", None)
    return bool(ask and ask())


def _room_on_host(tensor):
    import torch

    return torch.empty(tensor.shape, dtype=tensor.dtype)


def _raw(array):
    """The bytes of a dense array, as something that mpi4py takes."""
    if isinstance(array, np.ndarray):
        return array.reshape(-1).view(np.uint8)
    import torch

    raw = array.reshape(-1).view(torch.uint8)
    if raw.is_cuda:
        torch.cuda.current_stream().synchronize()  # MPI doesn't wait for our kernels
        return raw
    return raw.numpy()
