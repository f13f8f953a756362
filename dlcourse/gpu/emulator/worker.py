"""The process that runs kernels: whatever a kernel does to its memory, the notebook lives on.

Runs as a script, with as few imports as can be. It reads a request a line (JSON) and answers in a
line; after a crash or when the time was up it answers once more and ends. Python's own threads run
the blocks: ctypes lets the interpreter go while they do.
"""

import ctypes
import json
import mmap
import os
import signal
import sys
import threading
import time

STOP_AT = 56  # offset of Launch.stop, whose values follow; see runtime.h
ENDED, TIME_UP = 1, 2
CALM, TICK = 0.02, 0.002  # seconds until a launch is looked after, and between looks: crash.cpp


class Variable(ctypes.Structure):
    """A `__constant__` or `__device__` variable of a library; runtime.h has the same."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("address", ctypes.c_uint64),
        ("size", ctypes.c_uint64),
        ("element", ctypes.c_uint32),
        ("space", ctypes.c_uint32),
    )


class Machine:
    """The libraries that were loaded, the threads that run them, and the arena."""

    def __init__(self, path):
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)
        self.base = ctypes.addressof(ctypes.c_char.from_buffer(self.map))
        self.stop = ctypes.c_uint32.from_buffer(self.map, STOP_AT)
        self.libraries, self.pointer, self.forbidden = {}, None, []

    def library(self, path):
        if path not in self.libraries:
            library = self.libraries[path] = ctypes.CDLL(path)
            library.emu_machine.restype = ctypes.c_void_p
            library.emu_forbid.argtypes = [ctypes.c_void_p, ctypes.c_uint64, ctypes.c_int]
            for name in ("emu_begin", "emu_end"):
                getattr(library, name).argtypes = [ctypes.c_void_p] * 2
            library.emu_run.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32]
            self.pointer = self.pointer or library.emu_machine()
        return self.libraries[path]

    def forbid(self, library, guards):
        """Make pages trap, and those of the launch before usable."""
        if guards == self.forbidden:
            return
        for offset, size in self.forbidden:
            library.emu_forbid(self.base + offset, size, 0)
        for offset, size in guards:
            library.emu_forbid(self.base + offset, size, 1)
        self.forbidden = guards

    def fill(self, library, values):
        """Copy values from the arena into variables of the library, by name.

        Returns:
            the name of one that is too small and its bytes, or None.
        """
        table = (Variable * 1000).in_dll(library, "emu_variables")
        for variable in table:
            if not variable.name:
                break
            name = variable.name.decode()
            offset, size = values.get(name, (0, 0))
            if size > variable.size:
                return name, variable.size
            ctypes.memmove(variable.address, self.base + offset, size)
        return None

    def run(self, path, workers, guards, values):
        """Run the launch that lies in the arena; return whether this process can go on."""
        library = self.library(path)
        self.forbid(library, guards)
        if small := self.fill(library, values):
            return {"seconds": 0, "alive": True, "small": small}
        library.emu_begin(self.pointer, self.base)
        began = time.perf_counter()
        _ring(CALM, TICK)
        threads = [self.start(library, number) for number in range(1, workers)]
        library.emu_run(self.pointer, self.base, 0)
        for thread in threads:
            thread.join()
        _ring(0, 0)
        seconds = time.perf_counter() - began
        library.emu_end(self.pointer, self.base)
        return {"seconds": seconds, "alive": self.stop.value in (0, ENDED)}

    def start(self, library, number):
        arguments = (self.pointer, self.base, number)
        thread = threading.Thread(target=library.emu_run, args=arguments, daemon=True)
        thread.start()
        return thread


def _main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the key press is for the notebook's kernel
    machine = Machine(sys.argv[1])
    _answer({"base": machine.base})
    for line in sys.stdin:
        reply = machine.run(**json.loads(line))
        _answer(reply)
        if not reply["alive"]:
            os._exit(0)


def _ring(first, interval):
    """Have the system's clock ring for the library, which has the handler; 0: no longer."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, first, interval)


def _answer(reply):
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _main()
