"""Tracebacks and stack dumps without the machinery's own frames."""

import linecache
import re
import sysconfig

from dlcourse.cluster.places import MACHINERY, Place

LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})
FRAME = re.compile(r'  File "(?P<file>.*)", line (?P<line>\d+) in (?P<name>.*)')


def trimmed(error):
    """A traceback as Python prints it, without the frames of the cluster.

    Args:
        error: traceback.TracebackException; changed.

    Returns:
        str.

    >>> from traceback import TracebackException
    >>> try:
    ...     1 / 0
    ... except ZeroDivisionError as e:
    ...     print(trimmed(TracebackException.from_exception(e)).splitlines()[-1])
    ZeroDivisionError: division by zero
    """
    link = error
    while link is not None:
        link.stack[:] = [frame for frame in link.stack if frame.filename not in MACHINERY]
        link = link.__cause__ or link.__context__
    return "".join(error.format()).rstrip()


def program_stack(dump):
    """Where a program was, from what faulthandler wrote of its process.

    Args:
        dump: text; the main thread comes last.

    Returns:
        list of Place, the innermost first, libraries left out.

    >>> program_stack('Thread 1 (most recent call first):\\n  File "ring.py", line 7 in step\\n')
    [Place(file='ring.py', line=7, function='step', text='')]
    """
    last = dump.rpartition("Thread ")[2]
    frames = [
        (m["file"], int(m["line"]), m["name"]) for m in map(FRAME.match, last.split("\n")) if m
    ]
    return [
        Place(file, line, name, linecache.getline(file, line).strip())
        for file, line, name in frames
        if file not in MACHINERY and not file.startswith((*LIBRARIES, "<frozen"))
    ]
