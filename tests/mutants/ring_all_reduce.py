"""Sheet 07, exercise 4, wrong and right: right ones are called right_*, the rest is wrong."""

import itertools

import numpy as np


def _step(world, outgoing, incoming, way=1):
    request = world.isend(outgoing, (world.rank + way) % world.size)
    arrived = world.recv(np.empty_like(incoming), (world.rank - way) % world.size)
    request.wait()
    return arrived


def _ring(world, row, adding=None, keeping=None, first=0, way=1, keep_shift=0):
    """A ring with everything that can be wrong about it as a parameter."""
    r, p = way * world.rank, world.size
    adding = p - 1 if adding is None else adding
    keeping = p - 1 if keeping is None else keeping
    parts = np.array_split(row, p)
    for step in range(adding + keeping):
        late = keep_shift if step >= adding else 0
        mine = parts[(r - step - 1 + first + late) % p]
        arrived = _step(world, parts[(r - step + first + late) % p], mine, way)
        if step < adding:
            mine += arrived
        else:
            mine[:] = arrived
    return row


def _two_lines_that_rebind(world, row, sums, copies):
    """`mine = ...` where `mine += arrived` or `mine[:] = arrived` would write into the row."""
    r, p = world.rank, world.size
    parts = np.array_split(row, p)
    for step in range(2 * p - 2):
        mine = parts[(r - step - 1) % p]
        arrived = _step(world, parts[(r - step) % p], mine)
        if step < p - 1 and sums:
            mine = mine + arrived
        elif step < p - 1:
            mine += arrived
        elif copies:
            mine = arrived
        else:
            mine[:] = arrived
    return row


def right_two_loops(world, row):
    r, p = world.rank, world.size
    parts = np.array_split(row, p)
    for step in range(p - 1):
        mine = parts[(r - step - 1) % p]
        mine += _step(world, parts[(r - step) % p], mine)
    for step in range(p - 1):
        mine = parts[(r - step) % p]
        mine[:] = _step(world, parts[(r + 1 - step) % p], mine)
    return row


def right_to_the_left(world, row):
    return _ring(world, row, way=-1)


def right_another_first_part(world, row):
    return _ring(world, row, first=3)


def right_longer_parts_last(world, row):
    p = world.size
    bounds = [len(row) * i // p for i in range(p + 1)]
    parts = [row[a:b].copy() for a, b in itertools.pairwise(bounds)]
    for step in range(2 * p - 2):
        i = (world.rank - step - 1) % p
        arrived = _step(world, parts[(i + 1) % p], parts[i])
        parts[i] = parts[i] + arrived if step < p - 1 else arrived
    return np.concatenate(parts)


def right_rows_of_numbers(world, row):
    """Pads to whole parts: none is longer than the longest."""
    r, p = world.rank, world.size
    length = -(-len(row) // p)
    parts = np.zeros((p, length), row.dtype)
    parts.ravel()[: len(row)] = row
    for step in range(2 * p - 2):
        mine = parts[(r - step - 1) % p]
        arrived = _step(world, parts[(r - step) % p], mine)
        mine[:] = mine + arrived if step < p - 1 else arrived
    return parts.ravel()[: len(row)]


def forgets_to_return(world, row):
    _ring(world, row)


def whole_rows_around_the_ring(world, row):
    total, passing = row.copy(), row
    for _ in range(world.size - 1):
        passing = _step(world, passing, passing)
        total += passing
    return total


def everything_to_everybody(world, row):
    requests = [world.isend(row, other) for other in range(world.size)]
    total = sum(world.recv(np.empty_like(row), other) for other in range(world.size))
    world.wait(*requests)
    return total


def a_server(world, row):
    if world.rank:
        world.send(row, 0)
        return world.recv(row, 0)
    for other in range(1, world.size):
        row += world.recv(np.empty_like(row), other)
    for other in range(1, world.size):
        world.send(row, other)
    return row


def the_first_half_only(world, row):
    return _ring(world, row, keeping=0)


def one_step_too_few(world, row):
    return _ring(world, row, keeping=world.size - 2) if world.size > 1 else row


def one_addition_too_few(world, row):
    return _ring(world, row, adding=max(world.size - 2, 0))


def one_addition_too_many(world, row):
    return _ring(world, row, adding=world.size)


def adds_in_both_halves(world, row):
    return _ring(world, row, adding=2 * (world.size - 1), keeping=0)


def keeps_in_both_halves(world, row):
    return _ring(world, row, adding=0, keeping=2 * (world.size - 1))


def goes_on_with_the_wrong_part(world, row):
    return _ring(world, row, keep_shift=1)


def begins_again_with_its_first_part(world, row):
    return _ring(world, row, keep_shift=-1)


def the_lessons_loop_twice(world, row):
    """In the lesson's loop rank r begins with part r - 1, and ends with part r."""
    return _ring(world, row, first=-1, keep_shift=-1)


def the_lessons_loop_only(world, row):
    return _ring(world, row, first=-1, keeping=0)


def rebinds_what_it_keeps(world, row):
    return _two_lines_that_rebind(world, row, sums=False, copies=True)


def rebinds_the_sums(world, row):
    return _two_lines_that_rebind(world, row, sums=True, copies=False)


def rebinds_both(world, row):
    return _two_lines_that_rebind(world, row, sums=True, copies=True)


def always_the_same_part(world, row):
    r, p = world.rank, world.size
    parts = np.array_split(row, p)
    for _ in range(p - 1):
        mine = parts[(r - 1) % p]
        mine += _step(world, parts[r], mine)
    return row


def sends_before_anybody_receives(world, row):
    r, p = world.rank, world.size
    parts = np.array_split(row, p)
    for step in range(2 * p - 2):
        mine = parts[(r - step - 1) % p]
        arrived = world.recv(np.empty_like(mine), (r - 1) % p)
        world.send(parts[(r - step) % p], (r + 1) % p)
        mine[:] = mine + arrived if step < p - 1 else arrived
    return row


def parts_of_equal_length(world, row):
    length = len(row) // world.size
    whole = row[: length * world.size]
    _ring(world, whole)
    return row


def the_rest_is_lost(world, row):
    length = len(row) // world.size
    return _ring(world, row[: length * world.size])


def the_mean(world, row):
    return _ring(world, row) / world.size


def leaves_its_own_out(world, row):
    mine = row.copy()
    return _ring(world, row) - mine


def buffers_of_the_wrong_length(world, row):
    r, p = world.rank, world.size
    parts = np.array_split(row, p)
    for step in range(2 * p - 2):
        outgoing, mine = parts[(r - step) % p], parts[(r - step - 1) % p]
        arrived = _step(world, outgoing, outgoing)
        mine[:] = mine + arrived if step < p - 1 else arrived
    return row


def the_largest(world, row):
    r, p = world.rank, world.size
    parts = np.array_split(row, p)
    for step in range(2 * p - 2):
        mine = parts[(r - step - 1) % p]
        arrived = _step(world, parts[(r - step) % p], mine)
        mine[:] = np.maximum(mine, arrived) if step < p - 1 else arrived
    return row


def twice_around(world, row):
    """Right, but the second time around costs as much again."""
    first = _ring(world, row.copy())
    _ring(world, row)
    return first
