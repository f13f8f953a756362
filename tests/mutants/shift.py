"""Sheet 07, exercise 1, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np


def right_ask_first(world, row, distance):
    inbox = np.empty_like(row)
    request = world.irecv(inbox, (world.rank - distance) % world.size)
    world.isend(row, (world.rank + distance) % world.size).wait()
    request.wait()
    return inbox


def right_wait_for_both(world, row, distance):
    inbox = np.zeros_like(row)
    p = world.size
    requests = (
        world.isend(row, (world.rank + distance) % p),
        world.irecv(inbox, (world.rank + p - distance) % p),
    )
    world.wait(*requests)
    return inbox


def right_into_its_own_row(world, row, distance):
    request = world.isend(row.copy(), (world.rank + distance) % world.size)
    world.recv(row, (world.rank - distance) % world.size)
    request.wait()
    return row


def right_nobody_sends_to_itself(world, row, distance):
    if distance == 0:
        return row
    request = world.isend(row, (world.rank + distance) % world.size)
    arrived = world.recv(row.copy(), (world.rank - distance) % world.size)
    request.wait()
    return arrived


def forgets_to_return(world, row, distance):
    request = world.isend(row, (world.rank + distance) % world.size)
    world.recv(np.empty_like(row), (world.rank - distance) % world.size)
    request.wait()


def everybody_sends_first(world, row, distance):
    world.send(row, (world.rank + distance) % world.size)
    return world.recv(np.empty_like(row), (world.rank - distance) % world.size)


def everybody_receives_first(world, row, distance):
    arrived = world.recv(np.empty_like(row), (world.rank - distance) % world.size)
    world.send(row, (world.rank + distance) % world.size)
    return arrived


def the_other_way(world, row, distance):
    request = world.isend(row, (world.rank - distance) % world.size)
    arrived = world.recv(np.empty_like(row), (world.rank + distance) % world.size)
    request.wait()
    return arrived


def always_the_next(world, row, distance):
    request = world.isend(row, (world.rank + 1) % world.size)
    arrived = world.recv(np.empty_like(row), (world.rank - 1) % world.size)
    request.wait()
    return arrived


def no_circle(world, row, distance):
    request = world.isend(row, world.rank + distance)
    arrived = world.recv(np.empty_like(row), world.rank - distance)
    request.wait()
    return arrived


def nothing_at_the_ends(world, row, distance):
    arrived = np.zeros_like(row)
    if world.rank + distance < world.size:
        request = world.isend(row, world.rank + distance)
    if world.rank >= distance:
        world.recv(arrived, world.rank - distance)
    if world.rank + distance < world.size:
        request.wait()
    return arrived


def even_ranks_send_first(world, row, distance):
    arrived = np.empty_like(row)
    right, left = (world.rank + distance) % world.size, (world.rank - distance) % world.size
    if world.rank % 2 == 0:
        world.send(row, right)
        world.recv(arrived, left)
    else:
        world.recv(arrived, left)
        world.send(row, right)
    return arrived


def rank_0_begins(world, row, distance):
    arrived = np.empty_like(row)
    right, left = (world.rank + distance) % world.size, (world.rank - distance) % world.size
    if world.rank == 0:
        world.send(row, right)
        world.recv(arrived, left)
    else:
        world.recv(arrived, left)
        world.send(row, right)
    return arrived


def does_not_wait_for_what_arrives(world, row, distance):
    arrived = np.zeros_like(row)
    request = world.isend(row, (world.rank + distance) % world.size)
    world.irecv(arrived, (world.rank - distance) % world.size)
    request.wait()
    return arrived


def returns_its_own(world, row, distance):
    request = world.isend(row, (world.rank + distance) % world.size)
    world.recv(np.empty_like(row), (world.rank - distance) % world.size)
    request.wait()
    return row


def receives_into_what_it_sends(world, row, distance):
    request = world.isend(row, (world.rank + distance) % world.size)
    world.recv(row, (world.rank - distance) % world.size)
    request.wait()
    return row


def a_buffer_of_another_kind(world, row, distance):
    request = world.isend(row, (world.rank + distance) % world.size)
    arrived = world.recv(np.empty(len(row), np.float32), (world.rank - distance) % world.size)
    request.wait()
    return arrived


def the_first_number_only(world, row, distance):
    request = world.isend(row[:1], (world.rank + distance) % world.size)
    arrived = world.recv(np.empty_like(row[:1]), (world.rank - distance) % world.size)
    request.wait()
    return arrived


def a_list(world, row, distance):
    return right_ask_first(world, row, distance).tolist()
