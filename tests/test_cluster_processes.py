"""Real ranks: the virtual cluster's programs run on them unchanged, and no failure is silent."""

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

from dlcourse.cluster.errors import LostRank, NeverReceived, RankError, TimeLimit
from dlcourse.cluster.processes import run_processes
from dlcourse.cluster.run import run

MACHINES = ["ideal", "dgx-h100", "processes"]


@pytest.mark.parametrize("machine", MACHINES)
def test_a_ring_gives_the_same_on_every_machine(machine):
    def ring(world, n):
        total, part = np.zeros(n), np.full(n, float(world.rank))
        for _ in range(world.size):
            total += part
            request = world.isend(part, (world.rank + 1) % world.size)
            part = world.recv(np.empty(n), (world.rank - 1) % world.size)
            request.wait()
        return total

    for n in (1, 20_000):
        done = run(ring, ranks=4, on=machine, args=(n,))
        assert all((total == 6).all() and total.shape == (n,) for total in done.results)
        assert done.seconds > 0


@pytest.mark.parametrize("machine", MACHINES)
def test_tags_gaps_tensors_and_letters_to_oneself_arrive_on_every_machine(machine):
    def program(world):
        import torch

        other = 1 - world.rank
        requests = [world.isend(np.full(2, tag), other, tag) for tag in (1, 2)]
        second, first = (world.recv(np.empty(2, int), other, tag).tolist() for tag in (2, 1))
        wide = np.zeros((3, 2))
        requests += [world.irecv(wide[:, 1], other), world.isend(np.arange(6.0)[::2], other)]
        requests.append(world.isend(torch.ones(2, dtype=torch.bfloat16), other, 3))
        half = world.recv(torch.zeros(2, dtype=torch.bfloat16), other, 3)
        world.wait(*requests, *requests)
        world.send(np.array([True]), world.rank, tag=9)
        own = world.recv(np.array([False]), world.rank, tag=9)
        world.send(np.empty(0), other)
        nothing = world.recv(np.empty(0), other)
        world.barrier()
        with world.measured("nothing"):
            world.compute(1e-3)
        assert world.time() >= 0
        return first, second, wide.tolist(), half.tolist(), own.tolist(), nothing.tolist()

    expected = [1, 1], [2, 2], [[0, 0], [0, 2], [0, 4]], [1, 1], [True], []
    assert run(program, ranks=2, on=machine).results == [expected] * 2


@pytest.mark.parametrize("machine", MACHINES)
def test_backward_views_and_subclasses_arrive_on_every_machine(machine):
    def program(world):
        other, filled = 1 - world.rank, np.zeros(3)
        world.send(np.arange(3.0)[::-1], other)
        world.recv(filled[::-1], other)
        world.send(np.arange(2).view(np.recarray), other)
        return filled.tolist(), world.recv(np.empty(2, int), other).tolist()

    assert run(program, ranks=2, on=machine).results == [([0, 1, 2], [0, 1])] * 2


@pytest.mark.parametrize("machine", MACHINES)
def test_letters_to_oneself_arrive_in_the_order_in_which_they_were_asked_for(machine):
    def program(world):
        inboxes = np.zeros((3, 1))
        world.send(np.ones(1), 0)
        requests = [world.irecv(inbox, 0) for inbox in inboxes]
        for number in (2.0, 3.0):
            world.send(np.full(1, number), 0)
        world.wait(*reversed(requests), *requests)
        return inboxes.ravel().tolist()

    assert run(program, ranks=1, on=machine).results == [[1, 2, 3]]


@pytest.mark.parametrize("machine", MACHINES)
def test_what_a_rank_returned_outlives_the_failure_of_another(machine):
    def program(world):
        if world.rank == 0:
            return "done"
        time.sleep(0.2)
        raise KeyError("lost my keys")

    with pytest.raises(RankError, match="rank 1 stopped") as caught:
        run(program, ranks=2, on=machine)
    assert caught.value.run.results == ["done", None]


@pytest.mark.parametrize("fork", [True, False])
def test_forked_and_spawned_processes_give_the_same(fork):
    def program(world, word):
        print(word, world.rank, flush=True)
        os.write(1, b"from C\n")
        world.barrier()
        return os.environ["RANK"], os.environ["WORLD_SIZE"], os.getcwd()

    if fork and sys.platform != "linux":
        pytest.skip("forking is safe on Linux only")
    done = run_processes(program, ranks=2, args=("rank",), time_limit=60, fork=fork)
    assert done.results == [(str(rank), "2", os.getcwd()) for rank in range(2)]
    assert done.outputs == [f"rank {rank}\nfrom C\n" for rank in range(2)]


def test_many_runs_in_a_row_all_succeed_and_are_quick():
    def program(world):
        world.barrier()
        return world.rank

    start = time.monotonic()
    for _ in range(8):
        assert run(program, ranks=4, on="processes").results == [0, 1, 2, 3]
    assert time.monotonic() - start < 8 * 4


def test_an_exception_stops_all_and_shows_the_traceback_of_its_rank():
    def program(world):
        print("hello from", world.rank)
        world.barrier()
        if world.rank == 2:
            raise KeyError("lost my keys")
        world.recv(np.empty(1), 2)

    start = time.monotonic()
    with pytest.raises(RankError, match="rank 2 stopped") as caught:
        run(program, ranks=4, on="processes", time_limit=30)
    assert time.monotonic() - start < 5
    text = str(caught.value)
    assert 'raise KeyError("lost my keys")' in text and "dlcourse/cluster" not in text
    assert "hello from 3\n" in caught.value.run.outputs


@pytest.mark.parametrize("rank", [0, 2])
def test_a_killed_rank_is_named_within_five_seconds(rank):
    def program(world):
        if world.rank == rank:
            os.kill(os.getpid(), signal.SIGKILL)
        world.barrier()

    start = time.monotonic()
    with pytest.raises(LostRank, match=rf"rank {rank} died: signal 9 \(SIGKILL\)"):
        run(program, ranks=4, on="processes")
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("code", [3, 0])
def test_a_rank_that_ends_its_process_is_named_with_what_it_said_last(code):
    def program(world):
        if world.rank == 1:
            print("cannot go on", file=sys.stderr)
            os._exit(code)
        world.barrier()

    with pytest.raises(LostRank, match=f"rank 1 died: exit code {code}\n  cannot go on"):
        run(program, ranks=2, on="processes")


def test_a_rank_that_cannot_begin_says_why(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "getcwd", lambda: str(tmp_path / "gone"))
    with pytest.raises(LostRank, match=r"rank 0 died: exit code 1\n(.*\n)*.*No such file .*gone"):
        run(lambda world: world.rank, ranks=1, on="processes")


def test_a_hang_ends_at_its_limit_with_the_stack_of_every_rank():
    def hang(world):
        def wait_in_vain():
            world.recv(np.empty(1), 1)

        if world.rank == 2:
            return "done"
        return wait_in_vain() if world.rank == 0 else time.sleep(60)

    start = time.monotonic()
    with pytest.raises(TimeLimit) as caught:
        run(hang, ranks=3, on="processes", time_limit=3)
    assert time.monotonic() - start < 10
    text = str(caught.value)
    first = hang.__code__.co_firstlineno
    assert f"line {first + 2} in wait_in_vain: world.recv(np.empty(1), 1)\n" in text
    assert text.count(f"line {first + 6} in hang: return wait_in_vain()") == 2
    assert "rank 2 had finished" in text
    assert caught.value.run.results[2] == "done"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_rank_outlives_the_process_that_started_it(tmp_path):
    script = textwrap.dedent("""
        import os, sys, time
        from dlcourse.cluster.run import run

        def program(world):
            open(f"{sys.argv[1]}/{os.getpid()}", "w").close()
            while True:
                time.sleep(0.1)

        run(program, ranks=2, on="processes")
    """)
    path = tmp_path / "script.py"
    path.write_text(script)
    ranks = tmp_path / "ranks"
    ranks.mkdir()
    notebook = subprocess.Popen([sys.executable, path, ranks], env=os.environ | {"PYTHONPATH": "."})
    deadline = time.monotonic() + 30
    while len(os.listdir(ranks)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    notebook.kill()
    notebook.wait()
    pids = os.listdir(ranks)
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(pids) == 2 and not any(map(alive, pids))


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")")[-1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_functions_of_notebook_cells_run_on_both_machines_even_after_threads():
    import nbformat
    from nbclient import NotebookClient

    cells = [
        "import torch\nfrom dlcourse.cluster.run import run\nones = torch.ones(600, 600)\n"
        "_ = ones @ ones  # starts threads, after which this process can't be forked safely",
        "def double(x):\n    return 2 * x\n\ndef program(world):\n    print('here', world.rank)\n"
        "    world.barrier()\n    return (ones @ ones)[0, 0].item() + double(world.rank)",
        "run(program, ranks=3)",
        "run(program, ranks=3, on='processes').results",
        "try:\n    run(lambda world: 1 / world.rank, ranks=2, on='processes')\n"
        "except Exception as error:\n    print(error)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=60).execute()
    virtual, real, error = (cell.outputs[0] for cell in notebook.cells[2:])
    assert "rank 2: here 2" in virtual["data"]["text/plain"]
    assert real["data"]["text/plain"] == "[600.0, 602.0, 604.0]"
    assert "run(lambda world: 1 / world.rank, ranks=2, on='processes')" in error["text"]


@pytest.mark.skipif(sys.platform != "linux", reason="no helper elsewhere")
def test_a_helper_that_was_killed_is_named_and_replaced(monkeypatch):
    with pytest.raises(RuntimeError, match="ended with exit code -9: run again"):
        run(lambda world: os.kill(os.getppid(), signal.SIGKILL), ranks=2, on="processes")
    monkeypatch.setenv("OF_THE_HELPER", "too")
    assert run(lambda world: world.size, ranks=2, on="processes").results == [2, 2]
    monkeypatch.delenv("OF_THE_HELPER")
    found = run(lambda world: os.environ.get("OF_THE_HELPER"), ranks=1, on="processes").results
    assert found == [None], "a rank has the environment of now"


def test_arguments_and_results_travel_as_they_are():
    import torch

    data = {"x": np.arange(3), "y": torch.ones(2)}
    result = run(lambda world, d: d, ranks=1, on="processes", args=(data,)).results[0]
    assert (result["x"] == data["x"]).all() and (result["y"] == data["y"]).all()


def unreceived(world):
    if world.rank == 0:
        for tag in (1, 7, 2):
            world.send(np.zeros(3), 1, tag)
    else:
        for tag in (2, 1):
            world.recv(np.zeros(3), 0, tag)


def unreceived_by_itself(world):
    world.send(np.zeros(2), world.rank, tag=world.rank)
    if world.rank == 0:
        world.recv(np.zeros(2), 0)


def unsent(world):
    if world.rank == 1:
        world.irecv(np.zeros(1), 0, tag=3)


def unsent_by_itself(world):
    if world.rank == 1:
        world.irecv(np.zeros(1), 1, tag=3)


def forgotten_by_itself(world):
    if world.rank == 1:
        world.irecv(np.zeros(1), 1)
        world.send(np.zeros(1), 1)


def forgotten_isend(world):
    if world.rank == 0:
        world.isend(np.zeros(100_000), 1)
    else:
        world.recv(np.zeros(100_000), 0)


def forgotten_irecv(world):
    world.irecv(np.zeros(1), 0) if world.rank else world.send(np.zeros(1), 1)


def unreceived_and_long(world):
    if world.rank == 0:
        world.isend(np.zeros(100_000), 1)


LEFT = {
    unreceived: "rank 0 sent 24 B with tag 7 to rank 1, which never received them",
    unreceived_by_itself: "rank 1 sent 16 B with tag 1 to rank 1, which never received them",
    unsent: "rank 1 asked for a message with tag 3 from rank 0, which never sent it",
    unsent_by_itself: "rank 1 asked for a message with tag 3 from rank 1, which never sent it",
    forgotten_by_itself: "rank 1 never waited for its irecv",
    forgotten_isend: "rank 0 never waited for its isend",
    forgotten_irecv: "rank 1 never waited for its irecv",
    unreceived_and_long: "rank 0 sent 800000 B to rank 1, which never received them",
}


@pytest.mark.parametrize("machine", ["ideal", "processes"])
@pytest.mark.parametrize("program", LEFT, ids=lambda program: program.__name__)
def test_what_a_program_leaves_over_is_named_on_every_machine(machine, program):
    start = time.monotonic()
    with pytest.raises(NeverReceived) as caught:
        run(program, ranks=2, on=machine)
    assert time.monotonic() - start < 5
    title, *lines = str(caught.value).splitlines()
    assert title == "the program ended with something left over"
    assert [line.strip() for line in lines if line.strip().startswith("rank")] == [LEFT[program]]
    assert caught.value.run.results == [None, None]


def test_a_message_may_be_under_way_for_long_before_it_is_received():
    def program(world):
        if world.rank == 0:
            world.send(np.zeros(1), 1)
            return "sent"
        time.sleep(1.5)
        return world.recv(np.ones(1), 0).item()

    assert run(program, ranks=2, on="processes").results == ["sent", 0]


def test_a_barrier_that_one_rank_lacks_is_shown_where_the_others_wait():
    def program(world):
        return world.barrier() if world.rank else None

    with pytest.raises(TimeLimit) as caught:
        run(program, ranks=3, on="processes", time_limit=1)
    text = str(caught.value)
    assert text.count("in program: return world.barrier() if world.rank else None") == 2
    assert "rank 0 had finished" in text


def test_many_that_are_left_over_are_counted():
    def program(world):
        for _ in range(10):
            world.send(np.zeros(1), (world.rank + 1) % world.size)

    with pytest.raises(NeverReceived, match="and 22 more"):
        run(program, ranks=3, on="processes")


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("ranks", [0, -1, 1.5, "4"])
def test_a_wrong_number_of_ranks_is_named_on_every_machine(machine, ranks):
    with pytest.raises(ValueError, match=f"ranks={ranks!r}: give a whole number, at least 1"):
        run(print, ranks=ranks, on=machine)


def test_a_run_says_one_of_a_thing_and_many_of_it():
    def program(world, messages):
        for _ in range(messages):
            world.send(np.zeros(1), 0)
            world.recv(np.zeros(1), 0)

    said = [repr(run(program, ranks=1, args=(messages,))) for messages in (0, 1, 2)]
    words = ["", ", 1 message, 8 B", ", 2 messages, 16 B"]
    assert all(
        re.fullmatch(f"1 rank on ideal: [^,]*{w}", s) for s, w in zip(said, words, strict=True)
    )
    assert repr(run(program, ranks=1, on="processes", args=(0,))).startswith("1 process: ")


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("tag", [-1, 1.5, "a"])
def test_a_wrong_tag_is_named_on_every_machine(machine, tag):
    with pytest.raises(RankError, match=f"tag={tag!r}: give a whole number, at least 0"):
        run(lambda world: world.recv(np.zeros(1), 1 - world.rank, tag), ranks=2, on=machine)


def test_wrong_calls_name_the_value_and_the_rule():
    with pytest.raises(RankError, match="rank 0 sends to rank 5: there are ranks 0 to 0"):
        run(lambda world: world.send(np.zeros(1), 5), ranks=1, on="processes")
    with pytest.raises(TypeError, match=r"pickle '_thread.lock' object; .*: make this inside it"):
        run(lambda world, lock: lock, on="processes", args=(threading.Lock(),))
