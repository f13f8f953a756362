"""Sheet 07, exercise 5, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np


def _swap(world, partner, outgoing, incoming):
    request = world.isend(outgoing, partner)
    arrived = world.recv(np.empty_like(incoming), partner)
    request.wait()
    return arrived


def _halving(world, row, low, high, distance, upwards=lambda rank, d: rank & d, way=1):
    """Halve down to one part: gives the steps that were taken."""
    steps = []
    while 0 < distance < world.size:
        middle, partner = (low + high) // 2, world.rank ^ distance
        keep, give = slice(low, middle), slice(middle, high)
        if upwards(world.rank, distance):
            keep, give = give, keep
        row[keep] += _swap(world, partner, row[give], row[keep])
        steps.append((partner, keep, give))
        low, high = keep.start, keep.stop
        distance = distance // 2 if way == 1 else distance * 2
    return steps


def _doubling(world, row, steps):
    for partner, keep, give in steps:
        row[give] = _swap(world, partner, row[keep], row[give])
    return row


def right_near_first(world, row):
    """Partners at distance 1, 2, 4, ...: other parts, the same sums."""
    steps = _halving(world, row, 0, len(row), 1, way=-1)
    return _doubling(world, row, steps[::-1])


def right_recursion(world, row):
    def reduce(part, distance):
        if distance:
            lower, upper = np.split(part, 2)
            keep, give = (upper, lower) if world.rank & distance else (lower, upper)
            keep += _swap(world, world.rank ^ distance, give, keep)
            reduce(keep, distance // 2)
            give[:] = _swap(world, world.rank ^ distance, keep, give)

    reduce(row, world.size // 2)
    return row


def right_lower_ranks_keep_the_upper_half(world, row):
    steps = _halving(world, row, 0, len(row), world.size // 2, lambda rank, d: not rank & d)
    return _doubling(world, row, steps[::-1])


def right_new_arrays(world, row):
    steps, distance = [], world.size // 2
    while distance:
        lower, upper = np.split(row, 2)
        upwards = bool(world.rank & distance)
        keep, give = (upper, lower) if upwards else (lower, upper)
        row = keep + _swap(world, world.rank ^ distance, give, keep)
        steps.append((world.rank ^ distance, upwards))
        distance //= 2
    for partner, upwards in reversed(steps):
        other = _swap(world, partner, row, row)
        row = np.concatenate([other, row] if upwards else [row, other])
    return row


def forgets_to_return(world, row):
    right_recursion(world, row)


def whole_rows(world, row):
    """Recursive doubling: half the messages, but whole rows in each."""
    distance = 1
    while distance < world.size:
        row = row + _swap(world, world.rank ^ distance, row, row)
        distance *= 2
    return row


def a_ring(world, row):
    r, p = world.rank, world.size
    parts = np.array_split(row, p)
    for step in range(2 * p - 2):
        request = world.isend(parts[(r - step) % p], (r + 1) % p)
        mine = parts[(r - step - 1) % p]
        arrived = world.recv(np.empty_like(mine), (r - 1) % p)
        request.wait()
        mine[:] = mine + arrived if step < p - 1 else arrived
    return row


def halving_alone(world, row):
    _halving(world, row, 0, len(row), world.size // 2)
    return row


def doubles_in_the_order_of_halving(world, row):
    steps = _halving(world, row, 0, len(row), world.size // 2)
    return _doubling(world, row, steps)


def both_keep_the_lower_half(world, row):
    steps = _halving(world, row, 0, len(row), world.size // 2, lambda rank, d: False)
    return _doubling(world, row, steps[::-1])


def halves_once_too_few(world, row):
    steps = _halving(world, row, 0, len(row), world.size // 4)
    return _doubling(world, row, steps[::-1])


def adds_on_the_way_up_too(world, row):
    steps = _halving(world, row, 0, len(row), world.size // 2)
    for partner, keep, give in steps[::-1]:
        row[give] += _swap(world, partner, row[keep], row[give])
    return row


def gives_back_what_it_gave(world, row):
    steps = _halving(world, row, 0, len(row), world.size // 2)
    for partner, keep, give in steps[::-1]:
        row[keep] = _swap(world, partner, row[give], row[keep])
    return row


def keeps_instead_of_adding(world, row):
    distance, low, high, steps = world.size // 2, 0, len(row), []
    while distance:
        middle = (low + high) // 2
        keep, give = slice(low, middle), slice(middle, high)
        if world.rank & distance:
            keep, give = give, keep
        row[keep] = _swap(world, world.rank ^ distance, row[give], row[keep])
        steps.append((world.rank ^ distance, keep, give))
        low, high, distance = keep.start, keep.stop, distance // 2
    return _doubling(world, row, steps[::-1])


def sends_what_it_keeps(world, row):
    distance, low, high, steps = world.size // 2, 0, len(row), []
    while distance:
        middle = (low + high) // 2
        keep, give = slice(low, middle), slice(middle, high)
        if world.rank & distance:
            keep, give = give, keep
        row[keep] += _swap(world, world.rank ^ distance, row[keep], row[keep])
        steps.append((world.rank ^ distance, keep, give))
        low, high, distance = keep.start, keep.stop, distance // 2
    return _doubling(world, row, steps[::-1])


def partner_by_adding(world, row):
    distance, low, high = world.size // 2, 0, len(row)
    while distance:
        middle, partner = (low + high) // 2, (world.rank + distance) % world.size
        keep, give = slice(low, middle), slice(middle, high)
        if world.rank & distance:
            keep, give = give, keep
        row[keep] += _swap(world, partner, row[give], row[keep])
        low, high, distance = keep.start, keep.stop, distance // 2
    return row


def both_send_first_and_neither_receives(world, row):
    distance, low, high = world.size // 2, 0, len(row)
    while distance:
        middle = (low + high) // 2
        keep, give = slice(low, middle), slice(middle, high)
        if world.rank & distance:
            keep, give = give, keep
        arrived = world.recv(row[keep].copy(), world.rank ^ distance)
        world.send(row[give], world.rank ^ distance)
        row[keep] += arrived
        low, high, distance = keep.start, keep.stop, distance // 2
    return row


def forgets_to_halve(world, row):
    distance = world.size // 2
    while distance:
        middle = len(row) // 2
        keep, give = slice(0, middle), slice(middle, len(row))
        if world.rank & distance:
            keep, give = give, keep
        row[keep] += _swap(world, world.rank ^ distance, row[give], row[keep])
        row[give] = _swap(world, world.rank ^ distance, row[keep], row[give])
        distance //= 2
    return row


def the_mean(world, row):
    return right_recursion(world, row) / world.size


def its_own_part_only(world, row):
    steps = _halving(world, row, 0, len(row), world.size // 2)
    return row[steps[-1][1]] if steps else row


def one_by_one(world, row):
    """Right numbers, but every one is a message of its own."""
    for i in range(len(row)):
        whole_rows(world, row[i : i + 1])
        distance, total = 1, row[i : i + 1].copy()
        while distance < world.size:
            total += _swap(world, world.rank ^ distance, total, total)
            distance *= 2
        row[i] = total[0]
    return row
