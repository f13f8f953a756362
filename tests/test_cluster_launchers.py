"""The same file runs under torchrun, on two "nodes", and under mpiexec, with the same results."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from dlcourse.cluster.errors import NeverReceived
from dlcourse.cluster.launchers import here, launched_by
from dlcourse.cluster.mpi import MpiWorld
from dlcourse.cluster.programs.all_reduce import all_reduce
from dlcourse.cluster.programs.ping_pong import ping_pong
from dlcourse.cluster.run import run

SCRIPTS = Path(sysconfig.get_path("scripts"))
MPIEXEC = SCRIPTS / "mpiexec"
ENVIRONMENT = os.environ | {"PYTHONPATH": os.getcwd(), "OMP_NUM_THREADS": "1"}

LAUNCH = 'exec "$0" -m torch.distributed.run --nnodes 2 --nproc-per-node 2 --node-rank "$NODE" "$@"'
TORCHRUN = ["sh", "-c", LAUNCH, sys.executable]
TWO_NODES = Path(__file__).with_name("cluster") / "two_nodes.sh"

PROGRAM = """
import numpy as np
import torch

from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.launchers import here


def program(world):
    array = all_reduce(world, np.arange(5.0) + world.rank)
    tensor = all_reduce(world, torch.full((3,), world.rank, dtype=torch.bfloat16))
    wide = np.zeros((2, 2))
    request = world.irecv(wide[:, 0], (world.rank - 1) % world.size, tag=3)
    world.send(np.arange(4.0)[::2], (world.rank + 1) % world.size, tag=3)
    world.wait(request)
    world.barrier()
    long = all_reduce(world, np.full(100_000, 1 << world.rank))
    return array.tolist(), tensor.tolist(), wide.tolist(), set(long.tolist())


if __name__ == "__main__":
    with here() as world:
        print(f"{world} has {program(world)}\\n", end="", flush=True)
"""

FAILS = """
from dlcourse.cluster.launchers import here

with here() as world:
    if world.rank == 1:
        raise ValueError("cannot go on")
    world.barrier()
"""


DIES = """
import os
import signal
import time

import numpy as np

from dlcourse.cluster.errors import LostRank
from dlcourse.cluster.launchers import here

with here() as world:
    try:
        world.barrier()
        if world.rank == 3:
            print(f"died {time.monotonic()}\\n", end="", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        world.recv(np.empty(1), 3)
    except LostRank as error:
        print(f"{world} says: {error} {time.monotonic()}\\n", end="", flush=True)
        time.sleep(1)  # the first to fail would end the others of its node before they can speak
        raise
"""


def virtual(ranks):
    space = {}
    exec(compile(PROGRAM, "program.py", "exec"), space)
    return run(space["program"], ranks=ranks)


def expected(ranks):
    results = virtual(ranks).results
    return [f"rank {i} of {ranks} has {result}" for i, result in enumerate(results)]


def said(out):
    """What the ranks printed, by rank: mpiexec may put line ends elsewhere."""
    return sorted(re.findall(r"rank \d+ of .*?\}\)", out))


@pytest.fixture
def start():
    """Starts a command, and ends it after the test if it hasn't ended."""
    with ExitStack() as left:

        def start(*command, **environment):
            process = subprocess.Popen(
                list(map(str, command)),
                env=ENVIRONMENT | environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            left.callback(end, process)
            return process

        yield start


def end(process):
    process.terminate()  # a launcher ends its ranks first
    try:
        process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def output(*processes):
    """The worst exit code, and all that was printed to stdout and stderr."""
    texts = [process.communicate(timeout=60) for process in processes]
    out, err = map("".join, zip(*texts, strict=True))
    return max(abs(process.returncode) for process in processes), out, err


@pytest.fixture(params=["loopback", "namespaces"])
def two_nodes(request):
    """Runs a file under torchrun on two nodes of two ranks each.

    Returns the worst exit code, what was printed to stdout and stderr, and how many bytes the first
    node sent through the cable, if there is one.
    """
    return request.getfixturevalue(request.param)


@pytest.fixture
def loopback(start):
    def run_on(file):
        address = ["--master-addr", "127.0.0.1", "--master-port", free_port()]
        return *output(*(start(*TORCHRUN, *address, file, NODE=node) for node in "01")), None

    return run_on


@pytest.fixture
def namespaces(start):
    code, _, err = output(start("sh", TWO_NODES, "true"))
    if code:
        pytest.skip(f"this user may make no networks here: {err.strip()}")

    def run_on(file):
        command = [*TORCHRUN, "--master-addr", "10.0.0.1", file]
        code, out, err = output(start("sh", TWO_NODES, *command))
        (cable,) = json.loads(out.splitlines()[-1])
        return code, out, err, cable["stats64"]["tx"]["bytes"]

    return run_on


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


def test_torchrun_on_two_nodes_gives_what_the_virtual_cluster_gives(two_nodes, file):
    code, out, err, through_cable = two_nodes(file)
    assert code == 0, err
    assert said(out) == expected(4)
    if through_cable is not None:
        messages = virtual(4).trace.messages
        crossing = sum(m.bytes for m in messages if m.source < 2 <= m.dest)
        assert 800_000 < crossing <= through_cable < 1.5 * crossing


def test_ranks_of_the_other_node_say_which_rank_died(namespaces, tmp_path):
    path = tmp_path / "dies.py"
    path.write_text(DIES)
    code, out, err, _ = namespaces(path)
    assert code != 0
    died = float(re.search(r"died (\S+)", out)[1])
    for rank in range(2):
        says = re.search(rf"rank {rank} of 4 says: rank 3 no longer answers\D* (\S+)", out)
        assert says and float(says[1]) - died < 5, out
        assert f"[rank{rank}]: dlcourse.cluster.errors.LostRank: rank 3" in err


ON_GPUS = """
import sys

import torch

torch.cuda.device_count, torch.cuda.set_device = lambda: int(sys.argv[1]), print

from dlcourse.cluster.launchers import here

with here() as world:
    print(f"rank {world.rank} on {world.device}\\n", end="", flush=True)
"""


needs_mpi = pytest.mark.skipif(not shutil.which(MPIEXEC), reason="the extra mpi is not installed")


@needs_mpi
def test_mpiexec_gives_what_the_virtual_cluster_gives(start, file):
    code, out, err = output(start(MPIEXEC, "-n", 3, sys.executable, file))
    assert code == 0, err
    assert said(out) == expected(3)


@needs_mpi
def test_an_exception_under_mpiexec_ends_all_ranks(start, tmp_path):
    path = tmp_path / "fails.py"
    path.write_text(FAILS)
    code, _, err = output(start(MPIEXEC, "-n", 2, sys.executable, path))
    assert code != 0
    assert "cannot go on" in err and "rank 1 stopped, and all others with it" in err


@needs_mpi
@pytest.mark.parametrize("gpus", [3, 2])
def test_mpi_gives_all_ranks_of_a_computer_their_gpus_or_none(start, tmp_path, gpus):
    path = tmp_path / "program.py"
    path.write_text(ON_GPUS)
    code, out, err = output(start(MPIEXEC, "-n", 3, sys.executable, path, gpus))
    assert code == 0, err
    expected = ["cuda:0", "cuda:1", "cuda:2"] if gpus == 3 else ["cpu"] * 3
    assert sorted(re.findall(r"rank \d on \S+", out)) == [
        f"rank {rank} on {device}" for rank, device in enumerate(expected)
    ]


class OnGpu(torch.Tensor):
    """A tensor that says that it is on a GPU."""

    is_cuda = True

    def cpu(self):
        return self.as_subclass(torch.Tensor).clone()


class Mailbox:
    """Carries the messages of an MPI communicator's only rank."""

    def __init__(self):
        self.sent = []

    def Get_rank(self):
        return 0

    def Get_size(self):
        return 1

    def Isend(self, raw, dest, tag):
        self.sent.append(raw)
        return SimpleNamespace(Wait=lambda: None)

    def Irecv(self, raw, source, tag):
        return SimpleNamespace(Wait=lambda: np.copyto(np.asarray(raw), np.asarray(self.sent.pop())))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_mpi_that_knows_no_cuda_gets_tensors_of_gpus_through_the_host(dtype):
    world = MpiWorld(Mailbox())
    grid = torch.arange(6, dtype=dtype).reshape(2, 3)
    world.send(grid.as_subclass(OnGpu)[:, 1:], 0)
    assert type(world.comm.sent[0]) is np.ndarray
    inbox = torch.zeros(2, 3, dtype=dtype).as_subclass(OnGpu)
    world.recv(inbox[:, :2], 0)
    assert inbox.tolist() == [[1, 2, 0], [4, 5, 0]]


def test_mpi_that_knows_cuda_gets_tensors_of_gpus_as_they_are(monkeypatch):
    kernels_done = []
    stream = SimpleNamespace(synchronize=lambda: kernels_done.append(True))
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: stream)
    world = MpiWorld(Mailbox(), staged=False)
    tensor = torch.ones(2).as_subclass(OnGpu)
    world.send(tensor, 0)
    (raw,) = world.comm.sent
    assert raw.is_cuda and raw.data_ptr() == tensor.data_ptr() and raw.dtype == torch.uint8
    assert kernels_done


def test_without_a_launcher_a_program_runs_alone(start, file):
    code, out, err = output(start(sys.executable, file))
    assert code == 0, err
    assert out.splitlines() == expected(1)


def test_a_program_alone_that_leaves_a_message_says_so():
    with pytest.raises(NeverReceived, match="rank 0 sent 8 B to rank 0"), here() as world:
        world.send(np.zeros(1), 0)


def test_a_program_alone_that_fails_may_run_again():
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), here() as world:
            world.rank / 0


def test_mpi_refuses_ranks_that_have_a_meaning_of_its_own():
    world = MpiWorld(SimpleNamespace(Get_rank=lambda: 0, Get_size=lambda: 2))
    with pytest.raises(ValueError, match="rank 0 sends to rank -1: there are ranks 0 to 1"):
        world.send(np.zeros(1), -1)
    with pytest.raises(ValueError, match="rank 0 receives from rank -1: there are ranks 0 to 1"):
        world.recv(np.zeros(1), -1)
    with pytest.raises(ValueError, match="tag=-1: give a whole number, at least 0"):
        world.recv(np.zeros(1), 1, tag=-1)


@pytest.mark.parametrize(
    ("environment", "launcher"),
    [
        ({"RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "a", "PMI_RANK": "0"}, "torchrun"),
        ({"OMPI_COMM_WORLD_RANK": "0"}, "mpiexec"),
        ({"PMIX_RANK": "0", "RANK": "0"}, "mpiexec"),
        ({"RANK": "0"}, "python"),
    ],
)
def test_the_launcher_is_known_by_its_environment(environment, launcher):
    assert launched_by(environment) == launcher


def test_the_programs_beside_the_slurm_script_measure_what_the_model_says():
    (size, seconds, bus), *_ = run(all_reduce, ranks=4, args=("ring", [80_000], 1)).results[3]
    assert seconds == pytest.approx(6 * (1e-6 + 20_000 / 10e9))
    assert bus == pytest.approx(1.5 * size / seconds)
    trips = run(ping_pong, ranks=3, on="qdr-2014", args=([10, 10**6], 2)).results
    assert trips[1] is None and trips[0][0][1] < trips[0][1][1]
    with pytest.raises(RuntimeError, match="takes two ranks"):
        run(ping_pong, ranks=1)


def test_the_slurm_script_is_bash():
    script = Path(sys.modules[all_reduce.__module__].__file__).with_name("slurm.sh")
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert "dlcourse.cluster.programs.all_reduce" in script.read_text()
