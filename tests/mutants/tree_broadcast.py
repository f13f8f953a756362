"""Sheet 07, exercise 3, wrong and right: right ones are called right_*, the rest is wrong."""


def _rounds(world):
    return [2**i for i in range((world.size - 1).bit_length())]


def right_halving(world, row, root):
    """From far to near: place i sends to i + d where d divides i, d = ..., 4, 2, 1."""
    place, p = (world.rank - root) % world.size, world.size
    for d in reversed(_rounds(world)):
        if place % (2 * d) == 0 and place + d < p:
            world.send(row, (world.rank + d) % p)
        elif place % (2 * d) == d:
            world.recv(row, (world.rank - d) % p)
    return row


def right_parent_then_children(world, row, root):
    p = world.size
    place = (world.rank - root) % p
    if place:
        parent = place - 2 ** (place.bit_length() - 1)
        world.recv(row, (parent + root) % p)
    for i in range(place.bit_length(), p.bit_length()):
        if place + 2**i < p:
            world.send(row, (place + 2**i + root) % p)
    return row


def right_begins_all_sends(world, row, root):
    p = world.size
    place, requests = (world.rank - root) % p, []
    for d in _rounds(world):
        if place < d and place + d < p:
            requests.append(world.isend(row, (world.rank + d) % p))
        elif d <= place < 2 * d:
            world.recv(row, (world.rank - d) % p)
    world.wait(*requests)
    return row


def forgets_to_return(world, row, root):
    right_halving(world, row, root)


def one_after_the_other(world, row, root):
    if world.rank != root:
        return world.recv(row, root)
    for other in range(world.size):
        if other != root:
            world.send(row, other)
    return row


def a_chain(world, row, root):
    place = (world.rank - root) % world.size
    if place:
        world.recv(row, (world.rank - 1) % world.size)
    if place + 1 < world.size:
        world.send(row, (world.rank + 1) % world.size)
    return row


def rank_0_is_the_root(world, row, root):
    return right_halving(world, row, 0)


def powers_of_two_only(world, row, root):
    place, p = (world.rank - root) % world.size, world.size
    for d in _rounds(world):
        if place < d:
            world.send(row, (world.rank + d) % p)
        elif d <= place < 2 * d:
            world.recv(row, (world.rank - d) % p)
    return row


def no_circle(world, row, root):
    place = world.rank - root
    for d in _rounds(world):
        if 0 <= place < d and place + d < world.size:
            world.send(row, world.rank + d)
        elif d <= place < 2 * d:
            world.recv(row, world.rank - d)
    return row


def one_round_too_few(world, row, root):
    place, p = (world.rank - root) % world.size, world.size
    for d in _rounds(world)[:-1]:
        if place < d and place + d < p:
            world.send(row, (world.rank + d) % p)
        elif d <= place < 2 * d:
            world.recv(row, (world.rank - d) % p)
    return row


def sends_before_it_has_it(world, row, root):
    place, p = (world.rank - root) % world.size, world.size
    for d in reversed(_rounds(world)):
        if place < d and place + d < p:
            world.send(row, (world.rank + d) % p)
        elif d <= place < 2 * d:
            world.recv(row, (world.rank - d) % p)
    return row


def waits_for_the_wrong_one(world, row, root):
    place, p = (world.rank - root) % world.size, world.size
    for d in _rounds(world):
        if place < d and place + d < p:
            world.send(row, (world.rank + d) % p)
        elif d <= place < 2 * d:
            world.recv(row, (world.rank - 1) % p)
    return row


def everybody_receives_in_every_round(world, row, root):
    place, p = (world.rank - root) % world.size, world.size
    for d in _rounds(world):
        if place < d and place + d < p:
            world.send(row, (world.rank + d) % p)
        elif place >= d:
            world.recv(row, (world.rank - d) % p)
    return row


def the_root_turns_round(world, row, root):
    """Places counted the other way, ranks not."""
    place, p = (root - world.rank) % world.size, world.size
    for d in _rounds(world):
        if place < d and place + d < p:
            world.send(row, (world.rank + d) % p)
        elif d <= place < 2 * d:
            world.recv(row, (world.rank - d) % p)
    return row


def right_two_children(world, row, root):
    """Another tree, as flat: latencies of messages that follow one another overlap."""
    p = world.size
    place = (world.rank - root) % p
    if place:
        world.recv(row, ((place - 1) // 2 + root) % p)
    for child in range(2 * place + 1, min(2 * place + 3, p)):
        world.send(row, (child + root) % p)
    return row


def adds(world, row, root):
    place, p = (world.rank - root) % world.size, world.size
    for d in _rounds(world):
        if place < d and place + d < p:
            world.send(row, (world.rank + d) % p)
        elif d <= place < 2 * d:
            row += world.recv(row.copy(), (world.rank - d) % p)
    return row


def everybody_to_everybody(world, row, root):
    requests = [world.isend(row, other) for other in range(world.size)]
    for other in range(world.size):
        arrived = world.recv(row.copy(), other)
        if other == root:
            result = arrived
    world.wait(*requests)
    return result


def twice(world, row, root):
    return right_halving(world, right_halving(world, row, root), root)
