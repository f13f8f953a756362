"""Runs a rank program on real processes of this computer, joined by torch.distributed."""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dlcourse.cluster.child import Job
from dlcourse.cluster.errors import LostRank, NeverReceived, RankError, TimeLimit
from dlcourse.cluster.forkserver import fork_server
from dlcourse.cluster.output import counted
from dlcourse.cluster.results import Run
from dlcourse.cluster.stacks import program_stack, trimmed

GRACE = 2.0  # seconds that the others get to fail too when a rank has: whose was first?


class Spawned:
    """The processes of one run where forking is not safe: each starts Python anew."""

    def __init__(self, folder, ranks):
        command = [sys.executable, "-m", "dlcourse.cluster.child", str(folder)]
        env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self.processes = {
            rank: subprocess.Popen([*command, str(rank)], stdin=subprocess.PIPE, env=env)
            for rank in range(ranks)
        }

    def exits(self, seconds):
        """Wait a while for a rank to end: dict, rank -> exit code."""
        deadline = time.monotonic() + seconds
        while True:
            found = {r: p.returncode for r, p in self.processes.items() if p.poll() is not None}
            if found or not self.processes or time.monotonic() > deadline:
                break
            time.sleep(0.01)
        for rank in found:
            self.processes.pop(rank).stdin.close()
        return found

    def end(self):
        """Kill those that are left."""
        for process in self.processes.values():
            process.kill()
            process.wait()
            process.stdin.close()


def run_processes(program, ranks, args=(), time_limit=60.0, fork=sys.platform == "linux"):
    """Run `program(world, *args)` in processes.

    Args:
        program: function; it and its arguments travel by cloudpickle.
        ranks: how many processes.
        args: further arguments.
        time_limit: seconds.
        fork: fork the processes from a helper that has torch already; else start each anew.

    Returns:
        Run, without a trace.

    Raises:
        TypeError: if the program uses something that can't travel.
        RankError, LostRank, TimeLimit, NeverReceived: each with `run`, what the ranks did so far.

    >>> run_processes(lambda world: world.rank + world.size, ranks=2).results
    [2, 3]
    """
    with tempfile.TemporaryDirectory(prefix="ranks-") as name:
        folder = Path(name)
        where = os.getcwd(), sys.path, sys.argv, dict(os.environ)
        job = Job(_packed(program, args), ranks, time_limit, *where)
        (folder / "job").write_bytes(pickle.dumps(job))
        start = time.monotonic()
        crew = fork_server().start(folder, ranks) if fork else Spawned(folder, ranks)
        try:
            codes = _watch(crew, ranks, start + time_limit + GRACE)
        finally:
            crew.end()
        return _collect(folder, ranks, codes, time.monotonic() - start, time_limit)


def _packed(program, args):
    import cloudpickle

    try:
        return cloudpickle.dumps((program, args))
    except (TypeError, pickle.PicklingError) as error:
        way = "a program and what it uses travel to the processes: make this inside it"
        raise TypeError(f"{error}; {way}") from error


def _watch(crew, ranks, deadline):
    """Wait until all have ended, some time after the first failure, or until the deadline."""
    codes = {}
    while len(codes) < ranks and time.monotonic() < deadline:
        fresh = crew.exits(min(0.1, max(0, deadline - time.monotonic())))
        if any(fresh.values()) and not any(codes.values()):
            deadline = min(deadline, time.monotonic() + GRACE)
        codes |= fresh
    return codes


def _collect(folder, ranks, codes, seconds, time_limit):
    files = [folder / f"{rank}.result" for rank in range(ranks)]
    found = [pickle.loads(file.read_bytes()) if file.exists() else None for file in files]
    texts = [_text(folder / f"{rank}.out") for rank in range(ranks)]
    values = [result and result.value for result in found]
    done = Run(counted(ranks, "process", "processes"), values, texts, seconds)
    failure = _failure(folder, found, codes, time_limit)
    if failure:
        failure.run = done
        raise failure
    return done


def _failure(folder, found, codes, time_limit):
    """What went wrong first, or None."""
    lost = [rank for rank in codes if found[rank] is None]
    if lost:
        return _lost(folder, lost[0], codes[lost[0]])
    raised = [(result.when, rank) for rank, result in enumerate(found) if result and result.error]
    if raised:
        rank = min(raised)[1]
        return RankError(rank, trimmed(found[rank].error))
    if len(codes) < len(found):
        return _late(folder, found, codes, time_limit)
    left = [line for result in found for line in result.left]
    return NeverReceived(left) if left else None


def _lost(folder, rank, code):
    how = f"signal {-code} ({signal.Signals(-code).name})" if code < 0 else f"exit code {code}"
    last = _text(folder / f"{rank}.err").strip().splitlines()[-5:]
    return LostRank("\n  ".join([f"rank {rank} died: {how}", *last]))


def _late(folder, found, codes, time_limit):
    lines = [f"not done after {time_limit:g} s (time_limit)"]
    for rank in sorted(set(range(len(found))) - set(codes)):
        if found[rank]:
            lines.append(f"  rank {rank} had finished")
        else:
            lines.append(f"  rank {rank} was at work")
            lines += [f"    {place}" for place in program_stack(_text(folder / f"{rank}.stack"))]
    return TimeLimit("\n".join(lines))


def _text(path):
    return path.read_text(encoding="utf8", errors="replace") if path.exists() else ""
