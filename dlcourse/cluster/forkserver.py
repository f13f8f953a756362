"""A helper process that imports torch once and forks ranks from then on: a run starts in 0.1 s.

It has no threads and never touches CUDA, so forking is safe, as it would not be in the notebook's
kernel. It ends when the process that started it does, and its ranks with it.
"""

import atexit
import ctypes
import os
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from functools import cache
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
GRACE = 10.0  # seconds that the helper gets to kill its ranks, or to start
POLL = 0.005  # seconds between two looks at the ranks
HELPER = "the helper process that forks the ranks"


class ForkServer:
    """The helper process, as the notebook sees it."""

    def __init__(self):
        self.pipe, theirs = Pipe()
        command = [sys.executable, "-m", __name__, str(theirs.fileno())]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # an interrupt from the keyboard is for the notebook
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        theirs.close()
        atexit.register(self.end)

    def end(self):
        """Let the helper go."""
        self.pipe.close()
        self.process.wait()

    def start(self, folder, ranks):
        """Fork the ranks of a run, whose job stands in a folder."""
        self.pipe.send((str(folder), ranks))
        return Crew(self, ranks)


class Crew:
    """The processes of one run, forked by the helper."""

    def __init__(self, server, ranks):
        self.server = server
        self.pipe = server.pipe
        self.left = set(range(ranks))

    def exits(self, seconds):
        """Wait a while for a rank to end.

        Returns:
            dict, rank -> exit code, negative for a signal; empty if none ended.

        Raises:
            RuntimeError: if the helper has ended, and all ranks with it.
        """
        found = {}
        try:
            while self.left and self.pipe.poll(0 if found else seconds):
                rank, code = self.pipe.recv()
                self.left.discard(rank)
                found[rank] = code
        except (EOFError, OSError) as error:
            self.left.clear()
            code = self.server.process.wait()
            raise RuntimeError(f"{HELPER} ended with exit code {code}: run again") from error
        return found

    def end(self):
        """Kill those that are left; with the helper, if it doesn't."""
        deadline = time.monotonic() + GRACE
        try:
            if self.left:
                self.pipe.send(None)
            while self.left and time.monotonic() < deadline:
                self.exits(0.1)
        finally:  # an interrupt here would leave reports for the next run
            if self.left:
                self.server.process.kill()
                self.server.process.wait()


def serve(pipe):
    """Be the helper: fork ranks as asked, report how they end, until nobody asks any more.

    Args:
        pipe: Connection to the process that started this one; it carries (folder, ranks) to start
            a run, None to kill what is left of it, and back (rank, exit code).

    >>> notebook, helper = Pipe()
    >>> notebook.close()
    >>> serve(helper)
    """
    children = {}
    with suppress(EOFError, OSError):
        while True:
            if not children or pipe.poll(POLL):
                order = pipe.recv()
                if order is None:
                    for pid in children:
                        os.kill(pid, signal.SIGKILL)
                else:
                    children = {_fork(Path(order[0]), rank): rank for rank in range(order[1])}
            _report(pipe, children)


def _report(pipe, children):
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        pipe.send((children.pop(pid), os.waitstatus_to_exitcode(status)))


def _fork(folder, rank):
    from dlcourse.cluster.child import work

    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            work(folder, rank)
    except BaseException:  # or this rank would go on as a second helper
        traceback.print_exc()
    os._exit(1)


def fork_server():
    """The helper of this process; started when first asked for, and again if it was killed.

    Returns:
        ForkServer.

    >>> fork_server() is fork_server()
    True
    """
    server = _server_of(os.getpid())
    if server.process.poll() is not None:
        _server_of.cache_clear()
    return _server_of(os.getpid())


@cache
def _server_of(pid):
    return ForkServer()


if __name__ == "__main__":
    import torch.distributed  # noqa: F401 - so that the ranks have it

    serve(Connection(int(sys.argv[1])))  # ranks that are left end with this process
