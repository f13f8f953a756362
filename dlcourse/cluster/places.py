"""Where in a student's program something happened: a line, its function, its text."""

import contextlib
import linecache
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
MACHINERY = frozenset(map(str, HERE.rglob("*.py"))) - frozenset(map(str, HERE.glob("programs/*")))
MACHINERY |= {contextlib.__file__, threading.__file__}


@dataclass(frozen=True)
class Place:
    """A line of a program.

    >>> print(Place("ring.py", 12, "ring", "world.send(chunk, 1)"))
    line 12 in ring: world.send(chunk, 1)
    """

    file: str
    line: int
    function: str
    text: str = ""

    def __str__(self):
        name = "" if self.function.startswith("<") else f" in {self.function}"
        return f"line {self.line}{name}" + (f": {self.text}" if self.text else "")


def innermost(frame):
    """The innermost place of the program in a stack, or None.

    >>> innermost(sys._getframe()).function
    '<module>'
    """
    while frame is not None:
        code = frame.f_code
        if code.co_filename not in MACHINERY:
            return at(code, frame.f_lineno)
        frame = frame.f_back
    return None


def at(code, line):
    """The place of a line of some code.

    >>> at(at.__code__, at.__code__.co_firstlineno).text
    'def at(code, line):'
    """
    text = linecache.getline(code.co_filename, line).strip()
    return Place(code.co_filename, line, code.co_name, text)


def caller(depth):
    """Where the program is, cheaply: its line is left to `resolve`.

    Args:
        depth: frames up from here that are surely not the program's.

    >>> caller(0)[0].co_name
    '<module>'
    """
    first = frame = sys._getframe(depth)
    while frame is not None and frame.f_code.co_filename in MACHINERY:
        frame = frame.f_back
    frame = frame or first  # the program is the library's own
    return frame.f_code, frame.f_lasti


def resolve(place):
    """The Place for what `caller` found; a Place stays as it is.

    >>> resolve((resolve.__code__, 0)).function
    'resolve'
    """
    if isinstance(place, Place):
        return place
    code, offset = place
    line = code.co_firstlineno
    for start, end, number in code.co_lines():
        if start <= offset < end and number is not None:
            line = number
    return at(code, line)


def of_thread(thread):
    """Where in its program a thread is, or None.

    >>> import threading
    >>> of_thread(threading.current_thread()).function
    '<module>'
    """
    return innermost(sys._current_frames().get(thread.ident))
