"""The same file runs under torchrun, on two "nodes", and under mpiexec, with the same results."""

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from dlcourse.cluster.launchers import launched_by
from dlcourse.cluster.programs.all_reduce import all_reduce
from dlcourse.cluster.programs.ping_pong import ping_pong
from dlcourse.cluster.run import run

SCRIPTS = Path(sysconfig.get_path("scripts"))
MPIEXEC = SCRIPTS / "mpiexec"
ENVIRONMENT = os.environ | {"PYTHONPATH": os.getcwd(), "OMP_NUM_THREADS": "1"}

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
    return array.tolist(), tensor.tolist(), wide.tolist()


if __name__ == "__main__":
    with here() as world:
        print(f"{world} has {program(world)}", flush=True)
"""

FAILS = """
from dlcourse.cluster.launchers import here

with here() as world:
    if world.rank == 1:
        raise ValueError("cannot go on")
    world.barrier()
"""


def expected(ranks):
    space = {}
    exec(compile(PROGRAM, "program.py", "exec"), space)
    results = run(space["program"], ranks=ranks).results
    return sorted(f"rank {i} of {ranks} has {result}" for i, result in enumerate(results))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(*command):
    return subprocess.Popen(
        list(map(str, command)),
        env=ENVIRONMENT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def output(process):
    try:
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, out, err


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


def test_torchrun_on_two_nodes_gives_what_the_virtual_cluster_gives(file):
    address = ["--master-addr", "127.0.0.1", "--master-port", free_port()]
    command = [sys.executable, "-m", "torch.distributed.run", "--nnodes", 2, "--nproc-per-node", 2]
    nodes = [start(*command, *address, "--node-rank", node, file) for node in range(2)]
    done = [output(node) for node in nodes]
    assert [code for code, _, _ in done] == [0, 0], done
    assert sorted("".join(out for _, out, _ in done).splitlines()) == expected(4)


needs_mpi = pytest.mark.skipif(not shutil.which(MPIEXEC), reason="the extra mpi is not installed")


@needs_mpi
def test_mpiexec_gives_what_the_virtual_cluster_gives(file):
    code, out, err = output(start(MPIEXEC, "-n", 3, sys.executable, file))
    assert code == 0, err
    # mpiexec joins what ranks print at the same time, and may put line ends elsewhere
    assert sorted(re.findall(r"rank .*?\]\]\)", out)) == expected(3)


@needs_mpi
def test_an_exception_under_mpiexec_ends_all_ranks(tmp_path):
    path = tmp_path / "fails.py"
    path.write_text(FAILS)
    code, _, err = output(start(MPIEXEC, "-n", 2, sys.executable, path))
    assert code != 0
    assert "cannot go on" in err and "rank 1 stopped, and all others with it" in err


def test_without_a_launcher_a_program_runs_alone(file):
    code, out, err = output(start(sys.executable, file))
    assert code == 0, err
    assert out.splitlines() == expected(1)


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
