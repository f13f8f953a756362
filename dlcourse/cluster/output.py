"""Keeps apart what the ranks print while they share one process."""

import contextlib
import io
import sys
import threading


class Outputs(io.TextIOBase):
    """A stdout that gives each rank's thread a page of its own; others print as before.

    >>> with Outputs(2).collected() as outputs:
    ...     outputs.mine(1)
    ...     print("hello")
    >>> outputs.texts()
    ['', 'hello\\n']
    """

    def __init__(self, ranks):
        self.pages = [io.StringIO() for _ in range(ranks)]
        self.owners = {}  # thread -> page
        self.before = sys.stdout

    def mine(self, rank):
        """Say that the thread that runs now prints for a rank."""
        self.owners[threading.get_ident()] = self.pages[rank]

    def write(self, text):
        """Write to the page of this thread."""
        return self.owners.get(threading.get_ident(), self.before).write(text)

    def flush(self):
        """Hand on what other threads wrote."""
        self.before.flush()

    def close(self):
        """Do nothing: the garbage collector closes this, and a flush in mid-print would hang."""

    @contextlib.contextmanager
    def collected(self):
        """Print to the pages within a block."""
        with contextlib.redirect_stdout(self):
            yield self

    def texts(self):
        """What each rank has printed so far."""
        return [page.getvalue() for page in self.pages]


def by_rank(texts):
    """Lay out what ranks printed, in rank order; ranks that printed nothing are left out.

    Args:
        texts: list of str, by rank.

    Returns:
        str, each line after its rank.

    >>> print(by_rank(["one\\n", "", "two\\nlines\\n"]))
    rank 0: one
    rank 2: two
    rank 2: lines
    """
    return "\n".join(
        f"rank {rank}: {line}" for rank, text in enumerate(texts) for line in text.splitlines()
    )


def counted(n, one, many=None):
    """Say how many there are of something.

    >>> counted(1, "rank"), counted(2, "process", "processes")
    ('1 rank', '2 processes')
    """
    return f"{n} {one if n == 1 else many or one + 's'}"
