"""Ranks as threads of which only one runs at a time: the baton says which.

Each rank has a lock and waits for it. Data come first: as long as some rank can go on, one does,
the last one that was enabled before others. Only then does the clock replay, until it asks for a
rank. So every run of a program is the same, and the clock works for long without a break, with
what it needs in the processor's cache.
"""

import ctypes
import gc
import threading
import time

from dlcourse.cluster.waking import wake_gently

SELDOM = 200_000  # objects between two garbage collections
GRACE = 2.0  # seconds that a thread gets to end when it is told to
PATIENCE = 0.5  # of them by itself: told so while it ends, it would print a traceback


class Stopped(BaseException):
    """Ends a rank's thread because another rank failed, or time is up."""


class Scheduler:
    """The threads of a run.

    Args:
        size: number of ranks.
        clock: Clock.
        work: function (rank) that a thread runs; it must catch the program's exceptions.
        stuck: function () -> exception, called when nobody can go on but not all have finished.
        late: function () -> exception, called when time is up.
    """

    def __init__(self, size, clock, work, stuck, late):
        self.clock = clock
        self.work = work
        self.stuck = stuck
        self.late = late
        self.batons = [threading.Lock() for _ in range(size)]
        self.ended = threading.Event()
        self.failure = None
        self.running = 0  # the rank that has the baton
        self.able = list(reversed(range(size)))  # ranks that can go on, the next one last
        self.far = {}  # rank whose data are far ahead of its time -> the length of its log then
        self.threads = [
            threading.Thread(target=self._main, args=(rank,), name=f"rank {rank}", daemon=True)
            for rank in range(size)
        ]

    def run(self, time_limit):
        """Run all ranks to their end.

        Args:
            time_limit: seconds, in real time.

        Returns:
            The exception that ended the run, or None.
        """
        often = gc.get_threshold()
        gc.set_threshold(SELDOM, *often[1:])  # messages come and go, and are no garbage
        try:
            self._start()
            self._pass_on()
            if not self.ended.wait(time_limit):
                self.fail(self.late())
        finally:
            self.stop()
            self._join()
            gc.set_threshold(*often)
        if self.failure:
            self.clock.finish()
        return self.failure

    def _start(self):
        for baton in self.batons:
            baton.acquire()
        size = len(self.threads)
        before = threading.stack_size(max(2**18, min(2**23, 2**29 // size) & -4096))
        try:
            for thread in self.threads:
                thread.start()
        finally:
            threading.stack_size(before)

    def _main(self, rank):
        wake_gently()
        try:
            self._take(rank)
            self.work(rank)
            if not self.ended.is_set():
                self.clock.finished[rank] = True
                self._pass_on()
        except Stopped:
            pass
        except BaseException as error:  # the clock's own: better told at once than at the limit
            self.fail(error)

    def _take(self, rank):
        self.batons[rank].acquire()
        if self.ended.is_set():
            raise Stopped
        self.running = rank

    def _pass_on(self):
        """Give the baton to whoever comes next."""
        rank = self._next()
        if rank is not None:
            self._hand_to(rank)
            return
        if not all(self.clock.finished):
            self.failure = self.failure or self.stuck()
        self.ended.set()

    def _next(self):
        """Who gets the baton, or None when no rank goes on."""
        if not self.able:
            self._let_time_pass()
        return self.able.pop() if self.able else None

    def _let_time_pass(self):
        """Let the clock replay until it asks for a rank; who is no longer far ahead comes next."""
        asked = self.clock.advance()
        if asked is None:
            return
        self.far.pop(asked, None)
        logs = self.clock.logs
        near = [rank for rank, length in self.far.items() if 2 * len(logs[rank]) <= length]
        for rank in near:
            del self.far[rank]
        self.able = [*reversed(near), asked]

    def enable(self, rank):
        """Let a rank that waits go on, next: what its data waited for has come."""
        self.able.append(rank)

    def give_way(self, rank):
        """Called by a rank that cannot go on; returns when it can, or its clock has caught up."""
        if self.ended.is_set():
            raise Stopped
        following = self._next()
        if following == rank:
            return
        if following is None:
            self.fail(self.stuck())
            raise Stopped
        self._hand_to(following)
        self._take(rank)

    def stand_back(self, rank):
        """Called by a rank whose data are far ahead; returns when they are less so."""
        self.far[rank] = len(self.clock.logs[rank])
        self.give_way(rank)

    def fail(self, failure):
        """End the run with an exception; the first one counts."""
        self.failure = self.failure or failure
        self.ended.set()

    def stop(self):
        """Let every thread that waits for the baton see that the run has ended."""
        self.ended.set()
        for rank in range(len(self.batons)):
            self._hand_to(rank)

    def _hand_to(self, rank):
        """Give a rank the baton; at the run's end it may have it already."""
        try:  # noqa: SIM105 (suppress costs more than all else here, at every message)
            self.batons[rank].release()
        except RuntimeError:
            pass

    def _join(self):
        deadline = time.monotonic() + GRACE
        while (alive := [t for t in self.threads if t.is_alive()]) and time.monotonic() < deadline:
            for thread in alive:
                thread.join(PATIENCE)
                if thread.is_alive():
                    _raise_in(thread, Stopped)


def _raise_in(thread, exception):
    """Raise an exception in another thread, at the next line of Python that it runs."""
    ident = ctypes.c_ulong(thread.ident)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(exception))
