"""Little's law: how much has to be under way at once so that waiting costs nothing.

Source: Little, https://doi.org/10.1287/opre.9.3.383 (1961): amount in flight = rate x time.

Not modelled: caches, queues that fill up, loads that a warp issues before it needs the first.
"""

import math

from dlcourse.gpu.occupancy import WARP


def bytes_in_flight(bytes_per_s, seconds):
    """Bytes that must be under way to keep a memory busy.

    Args:
        bytes_per_s: its bandwidth.
        seconds: of one access, from asking to having.

    Returns:
        Bytes, float.

    >>> bytes_in_flight(900e9, 400e-9)
    360000.0
    """
    return bytes_per_s * seconds


def warps_needed(bytes_per_s, seconds, sms, bytes_per_thread=4, loads=1):
    """Warps on each SM that keep a memory busy, when each has some loads under way.

    Args:
        bytes_per_s: bandwidth of the whole memory.
        seconds: of one access.
        sms: multiprocessors that share the memory.
        bytes_per_thread: of one load.
        loads: that a thread issues before it waits for the first.

    Returns:
        int.

    Raises:
        ValueError: if a number is not above zero.

    >>> warps_needed(900e9, 316e-9, sms=80), warps_needed(900e9, 316e-9, sms=80, loads=4)
    (28, 7)
    """
    numbers = {"bytes_per_s": bytes_per_s, "seconds": seconds, "sms": sms}
    numbers |= {"bytes_per_thread": bytes_per_thread, "loads": loads}
    for name, value in numbers.items():
        if not value > 0:
            raise ValueError(f"{name}={value}: give a number above zero")
    per_warp = WARP * bytes_per_thread * loads
    return math.ceil(bytes_in_flight(bytes_per_s, seconds) / sms / per_warp)


def reached_bytes_per_s(warps, seconds, sms, bytes_per_thread=4, loads=1):
    """Bandwidth that a number of warps can draw, if the memory had no limit of its own.

    Args:
        warps: resident on each SM.
        seconds: of one access.
        sms: multiprocessors.
        bytes_per_thread: of one load.
        loads: under way for each thread.

    Returns:
        Bytes per second.

    >>> reached_bytes_per_s(28, 316e-9, sms=80) >= 900e9
    True
    """
    return warps * WARP * bytes_per_thread * loads * sms / seconds
