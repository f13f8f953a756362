"""The notebook's side of the worker process: start it, ask it, end it, start it anew."""

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from dlcourse.gpu.emulator.arena import SMALLEST, Arena

GRACE = 1.0  # seconds beyond a kernel's own limit, on Windows


class Process:
    """A worker process and the arena that it shares; both are made when they are needed."""

    def __init__(self):
        """Start nothing yet."""
        self.lock = threading.Lock()
        self.arena = self.child = None
        atexit.register(self.end)

    def ready(self, size=SMALLEST):
        """Make sure of a living worker with an arena of at least `size` bytes.

        Returns:
            Arena.
        """
        fits = self.arena is not None and self.arena.size >= size
        if self.child is None or self.child.poll() is not None or not fits:
            self.end()
            self._start(size)
        return self.arena

    def _start(self, size):
        self.arena = Arena(max(SMALLEST, 1 << (size - 1).bit_length()))
        script = Path(__file__).with_name("worker.py")
        command = [sys.executable, "-I", "-S", str(script), str(self.arena.path)]
        pipe = subprocess.PIPE
        self.child = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        hello = self._answer()
        self.arena.remove()
        if hello is None:
            raise RuntimeError(f"the emulated GPU's process did not start: {' '.join(command)}")
        self.base = hello["base"]

    def ask(self, time_limit, **request):
        """Have the worker run the launch in the arena.

        Args:
            time_limit: seconds.
            request: keywords of `Machine.run` in worker.py.

        Returns:
            dict, or None if the worker died.
        """
        try:
            with self._bounded(time_limit + GRACE):
                self.child.stdin.write(json.dumps(request) + "\n")
                self.child.stdin.flush()
                reply = self._answer()
        except BaseException as error:  # also an impatient student's Ctrl-C
            self.end()
            if isinstance(error, BrokenPipeError):
                return None
            raise
        if reply is None or not reply["alive"]:
            self.end()
        return reply

    @contextmanager
    def _bounded(self, seconds):
        """End the worker after a time on Windows; elsewhere it has a clock of its own."""
        alarm = threading.Timer(seconds, self.child.kill) if os.name == "nt" else None
        if alarm:
            alarm.start()
        yield
        if alarm:
            alarm.cancel()

    def _answer(self):
        """The worker's next line; None if it has ended, as it does when it hangs."""
        line = self.child.stdout.readline()
        return json.loads(line) if line else None

    def end(self):
        """End the worker."""
        child, self.child = self.child, None
        if child is None:
            return
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()


def process():
    """The process that runs this session's kernels.

    Returns:
        Process; another one after a fork.

    >>> process() is process()
    True
    """
    return _process(os.getpid())


@cache
def _process(pid):
    return Process()
