"""Check a student's rank program: run it on virtual ranks, and look at what it sent.

A deadlock, a mismatch or an error in one rank becomes the complaint, with rank and line.
"""

from collections import Counter

import numpy as np

from dlcourse.cluster.errors import ClusterError, RankError
from dlcourse.cluster.run import run
from dlcourse.course.answers import kind, text
from dlcourse.course.check import Complaint
from dlcourse.units import show

LONGEST_RUN = 5.0  # seconds of real time; a right program takes milliseconds
LONG = 2**14  # times as many numbers: too long to be sent before the receiver asks
OVERWRITTEN = "A long row leaves when its receiver asks: did what arrived overwrite it before?"


def on_ranks(program, arrays, *more):
    """Run a rank program, each rank with one row of an array.

    Args:
        program: function (world, row, *more) -> array, or tuple of arrays, of the same shapes in
            all ranks.
        arrays: array (ranks, ...); rank r gets a copy of arrays[r].
        more: further arguments, the same in all ranks.

    Returns:
        Array of what the ranks returned, in rank order; a tuple of arrays for tuples; None if all
        of them returned None.

    Raises:
        Complaint: for a deadlock and the like, or if a rank returns something else.
        Exception: what the program itself raises in a rank.

    >>> on_ranks(lambda world, row: 10 * world.rank + row, np.array([[1, 2], [3, 4]]))
    array([[ 1,  2],
           [13, 14]])
    """
    done = played(program, arrays, *more)
    print(*done.outputs, sep="", end="")
    return None if all(result is None for result in done.results) else _stacked(done.results)


def on_pairs(program, firsts, seconds, *more):
    """Run a rank program as `on_ranks` does, each rank with its rows of two arrays.

    Args:
        program: function (world, first, second, *more) -> array, or tuple of arrays.
        firsts, seconds: arrays (ranks, ...); rank r gets copies of firsts[r] and seconds[r].
        more: further arguments, the same in all ranks.

    Returns:
        As `on_ranks`.

    Raises:
        Complaint, Exception: as `on_ranks`.

    >>> on_pairs(lambda world, a, b: a + b, np.array([[1], [2]]), np.array([[30], [40]]))
    array([[31],
           [42]])
    """
    return on_ranks(_with_second(program, seconds), firsts, *more)


def of_pairs(also):
    """Make an `also` for programs that `on_pairs` runs of one for `on_ranks`.

    Its limit is called without the second arrays: limit(firsts, *more).

    >>> also = of_pairs(spends_at_most(lambda rows: 9, messages_of_busiest, "{} of {}"))
    >>> also(lambda world, a, b: world.barrier(), np.zeros((2, 1)), np.zeros((2, 1)))
    ''
    """
    return lambda program, firsts, seconds, *more: also(
        _with_second(program, seconds), firsts, *more
    )


def _with_second(program, seconds):
    return lambda world, first, *more: program(world, first, seconds[world.rank].copy(), *more)


def _stacked(results):
    """Arrays of one shape, one behind the other; tuples of arrays part by part."""
    if all(isinstance(result, tuple) for result in results) and len({*map(len, results)}) == 1:
        return tuple(map(_stacked, zip(*results, strict=True)))
    for rank, result in enumerate(results):
        if kind(result) != "an array":
            due = "arrays as a tuple" if _holds_arrays(result) else "an array"
            words = f"Rank {rank} should return {due}; it returns {text(result)}"
            raise Complaint(f"{words}, {kind(result)}.".replace("None, a NoneType", "None"))
        if result.shape != results[0].shape:
            shapes = f"{results[0].shape}, rank {rank} one of shape {result.shape}"
            raise Complaint(f"Rank 0 returns an array of shape {shapes}: they should be alike.")
    return np.stack(results)


def _holds_arrays(result):
    return isinstance(result, list) and any(isinstance(item, np.ndarray) for item in result)


def played(program, arrays, *more):
    """Run a rank program as `on_ranks` does, and keep the whole Run.

    >>> played(lambda world, row: world.barrier(), np.zeros((2, 1))).seconds > 0
    True
    """
    raised = {}

    def start(world):
        try:
            return program(world, arrays[world.rank].copy(), *more)
        except Exception as error:
            raised[world.rank] = error
            raise

    try:
        return run(start, ranks=len(arrays), time_limit=LONGEST_RUN)
    except RankError as error:
        raise raised[error.rank] from None
    except ClusterError as error:
        raise Complaint(f"{type(error).__name__}: {error}") from None


def long_rows_too(program, arrays, *more):
    """Say what goes wrong with rows too long to be sent before they are asked for.

    Args:
        program: a rank program that treats all numbers of a row alike.
        arrays: array (ranks, n).
        more: further arguments.

    Returns:
        A sentence, or "".

    >>> def swap(world, row):
    ...     world.send(row, 1 - world.rank)
    ...     return world.recv(row, 1 - world.rank)
    >>> on_ranks(swap, np.array([[1], [2]])).tolist()
    [[2], [1]]
    >>> print(long_rows_too(swap, np.array([[1], [2]])).splitlines()[0])
    It is right, but not for long rows: with np.repeat(rows, 16384, axis=1) it ends like this.
    """
    words = f"It is right, but not for long rows: with np.repeat(rows, {LONG}, axis=1) it"
    try:
        long = on_ranks(program, np.repeat(arrays, LONG, axis=1), *more)
    except Complaint as complaint:
        return f"{words} ends like this.\n{complaint}"
    right = np.array_equal(long[:, ::LONG], on_ranks(program, arrays, *more))
    return "" if right else f"{words} returns something else. {OVERWRITTEN}"


def spends_at_most(limit, measure, words, unit=None):
    """Make an `also` for `check` that limits what a program spends.

    Args:
        limit: limit(arrays, *more) -> the most that is needed.
        measure: measure(run, *more) -> what was spent.
        words: what is measured, with {} for that and {} for what is enough.
        unit: "B" or "s", to write both with.

    Returns:
        Function (program, arrays, *more) -> a sentence, or "".

    >>> words = "it sends {} messages where {} are enough"
    >>> silent = spends_at_most(lambda arrays: 0, lambda run: len(run.trace.messages), words)
    >>> silent(lambda world, row: world.barrier(), np.zeros((2, 1)))
    'It is right, but it sends 2 messages where 0 are enough.'
    """

    def also(program, arrays, *more):
        both = measure(played(program, arrays, *more), *more), limit(arrays, *more)
        if both[0] <= both[1] * (1 + 1e-9):
            return ""
        written = [show(value, unit) if unit else value for value in both]
        return f"It is right, but {words.format(*written)}."

    return also


def messages_of_busiest(run, *_):
    """The most messages that one rank sent in a Run.

    >>> messages_of_busiest(run(lambda world: world.barrier(), ranks=4))
    2
    """
    return max(Counter(message.source for message in run.trace.messages).values(), default=0)


def bytes_of_busiest(run, *_):
    """The most bytes that one rank sent in a Run.

    >>> bytes_of_busiest(run(lambda world: world.barrier(), ranks=4))
    2
    """
    sent = Counter()
    for message in run.trace.messages:
        sent[message.source] += message.bytes
    return max(sent.values(), default=0)


def bytes_between_nodes(run, node):
    """Bytes that went from one node of `node` ranks to another in a Run.

    >>> bytes_between_nodes(run(lambda world: world.barrier(), ranks=4), node=2)
    6
    """
    sent = [(m.source // node, m.dest // node, m.bytes) for m in run.trace.messages]
    return sum(size for source, dest, size in sent if source != dest)


def all_of(*limits):
    """Join several `also`: the first sentence counts.

    >>> all_of(lambda f, x: "", lambda f, x: "too slow")(None, 1)
    'too slow'
    """
    return lambda *given: next(filter(None, (limit(*given) for limit in limits)), "")
