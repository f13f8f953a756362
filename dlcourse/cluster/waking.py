"""How threads of one computer that talk to each other share its cores."""

import contextlib
import os


def wake_gently():
    """Let this thread, and those that it starts, be woken without pushing aside whoever woke them.

    Who wakes another one has passed something on and is about to sleep. Pushed aside first, it ends
    its call much later: two switches instead of one. The baton of virtual ranks costs several times
    as much so, and the usual all-reduce of 1 MiB between two processes on two busy cores took 3 ms,
    and 0.6 ms in this way.

    Linux only, where it is always allowed; elsewhere nothing changes.

    Source: sched(7), SCHED_BATCH, https://man7.org/linux/man-pages/man7/sched.7.html

    >>> wake_gently()
    """
    if hasattr(os, "SCHED_BATCH"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
