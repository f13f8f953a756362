"""Rank programs with a bug: each marks the line that a report must name with `# here`."""

import inspect
from dataclasses import dataclass

import numpy as np
import torch

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.broadcast import broadcast
from dlcourse.cluster.collectives.reduce import reduce
from dlcourse.cluster.errors import Deadlock, Mismatch, NeverReceived
from dlcourse.cluster.group import Group

PLANTED = []
LONG = 10_000  # float64: more than the eager limit


@dataclass(frozen=True)
class Planted:
    """A program, how many ranks run it, and what must be reported about which rank."""

    program: object
    ranks: int
    error: type
    rank: int

    def places(self):
        """Every line that must be named, as a report writes it."""
        lines, first = inspect.getsourcelines(self.program)
        numbers = [first + i for i, line in enumerate(lines) if line.rstrip().endswith("# here")]
        return [f"line {number} in {self.program.__name__}:" for number in numbers]


def planted(error, rank, ranks=3):
    def add(program):
        PLANTED.append(Planted(program, ranks, error, rank))
        return program

    return add


def neighbours(world):
    return (world.rank + 1) % world.size, (world.rank - 1) % world.size


@planted(Deadlock, rank=0)
def everybody_receives_first(world):
    right, left = neighbours(world)
    inbox = world.recv(np.empty(1), left)  # here
    world.send(inbox, right)


@planted(Deadlock, rank=2)
def everybody_sends_a_long_message_first(world):
    right, left = neighbours(world)
    world.send(np.zeros(LONG), right)  # here
    world.recv(np.empty(LONG), left)


@planted(Deadlock, rank=1, ranks=2)
def two_long_messages_head_on(world):
    other = 1 - world.rank
    request = world.isend(np.zeros(LONG), other)
    request.wait()  # here
    world.recv(np.empty(LONG), other)


@planted(Deadlock, rank=0, ranks=4)
def last_rank_forgets_to_wrap_around(world):
    right, left = world.rank + 1, (world.rank - 1) % world.size
    if right < world.size:
        world.send(np.zeros(1), right)
    world.recv(np.empty(1), left)  # here


@planted(Deadlock, rank=0)
def waits_for_a_rank_that_has_finished(world):
    if world.rank == 0:
        world.recv(np.empty(1), 2)  # here


@planted(Deadlock, rank=1)
def one_rank_skips_the_barrier(world):
    if world.rank != 2:
        world.barrier()  # here


@planted(Deadlock, rank=0)
def one_rank_leaves_early(world):
    for step in range(3):
        if world.rank == 1 and step == 2:
            return
        all_reduce(world, np.ones(4))  # here


@planted(Deadlock, rank=0, ranks=2)
def one_message_too_few(world):
    for step in range(3):
        if world.rank == 1 and step < 2:
            world.send(np.ones(1), 0)
        elif world.rank == 0:
            world.recv(np.empty(1), 1)  # here


@planted(Deadlock, rank=0)
def wrong_neighbour(world):
    right, _ = neighbours(world)
    request = world.isend(np.zeros(1), right)
    world.recv(np.empty(1), right)  # here
    request.wait()


@planted(Deadlock, rank=2)
def receives_from_itself(world):
    world.recv(np.empty(1), world.rank)  # here


@planted(Deadlock, rank=1)
def long_message_to_itself(world):
    world.send(np.zeros(LONG), world.rank)  # here
    world.recv(np.empty(LONG), world.rank)


@planted(Deadlock, rank=0)
def root_waits_for_itself(world):
    if world.rank:
        world.send(np.zeros(1), 0)
    else:
        for source in range(world.size):
            world.recv(np.empty(1), source)  # here


@planted(Deadlock, rank=3, ranks=4)
def circle_of_waits_behind_two_that_work(world):
    if world.rank < 2:
        world.send(np.zeros(1), 1 - world.rank)
        world.recv(np.empty(1), 1 - world.rank)
    else:
        world.recv(np.empty(1), 5 - world.rank)  # here


@planted(Deadlock, rank=1, ranks=4)
def barrier_against_a_message(world):
    if world.rank == 1:
        world.recv(np.empty(1), 0)  # here
    world.barrier()
    if world.rank == 0:
        world.send(np.zeros(1), 1)


@planted(Mismatch, rank=1, ranks=2)
def tags_differ(world):
    if world.rank == 0:
        world.send(np.zeros(1), 1, tag=1)  # here
    else:
        world.recv(np.empty(1), 0, tag=2)  # here


@planted(Mismatch, rank=0, ranks=2)
def tag_counts_differently(world):
    for step in range(3):
        if world.rank == 0:
            world.send(np.zeros(1), 1, tag=step)
        else:
            world.recv(np.empty(1), 0, tag=step + 1)  # here


@planted(Mismatch, rank=1, ranks=2)
def buffer_is_too_short(world):
    if world.rank == 0:
        world.send(np.zeros(8), 1)  # here
    else:
        world.recv(np.empty(7), 0)  # here


@planted(Mismatch, rank=0, ranks=2)
def float64_into_float32(world):
    if world.rank == 0:
        world.recv(np.empty(4, np.float32), 1)  # here
    else:
        world.send(np.zeros(4), 0)  # here


@planted(Mismatch, rank=1, ranks=2)
def transposed(world):
    if world.rank == 0:
        world.send(np.zeros((2, 3)), 1)  # here
    else:
        request = world.irecv(np.empty((3, 2)), 0)  # here
        request.wait()


@planted(Mismatch, rank=1, ranks=2)
def tensor_into_an_array_of_another_dtype(world):
    if world.rank == 0:
        world.send(torch.zeros(4), 1)  # here
    else:
        world.recv(np.empty(4), 0)  # here


@planted(Mismatch, rank=2)
def broadcast_in_one_all_reduce_in_the_others(world):
    array = np.ones(4)
    if world.rank == 2:
        broadcast(world, array)  # here
    else:
        all_reduce(world, array)  # here


@planted(Mismatch, rank=1, ranks=2)
def collectives_in_another_order(world):
    array = np.ones(4)
    if world.rank == 0:
        all_reduce(world, array)  # here
        broadcast(world, array)
    else:
        broadcast(world, array)  # here
        all_reduce(world, array)


@planted(Mismatch, rank=1)
def roots_differ(world):
    broadcast(world, np.ones(4), root=world.rank % 2)  # here


@planted(Mismatch, rank=2)
def shapes_differ_in_a_collective(world):
    all_reduce(world, np.ones(4 + world.rank // 2))  # here


@planted(Mismatch, rank=1, ranks=2)
def dtypes_differ_in_a_collective(world):
    all_reduce(world, np.ones(4, [np.float32, np.float64][world.rank]))  # here


@planted(Mismatch, rank=1, ranks=2)
def algorithms_differ(world):
    all_reduce(world, np.ones(4), algorithm=["ring", "tree"][world.rank])  # here


@planted(Mismatch, rank=1, ranks=4)
def barrier_in_one_reduce_in_the_other(world):
    for _ in range(3):
        all_gather(world, np.ones(2))
    if world.rank == 1:
        world.barrier()  # here
    else:
        reduce(world, np.ones(2))  # here


@planted(Mismatch, rank=3, ranks=4)
def collectives_of_a_group_in_another_order(world):
    group = Group(world, [world.rank % 2, world.rank % 2 + 2])
    if world.rank == 3:
        group.barrier()  # here
    else:
        all_reduce(group, np.ones(2))  # here


@planted(NeverReceived, rank=0, ranks=2)
def message_that_nobody_wants(world):
    if world.rank == 0:
        world.send(np.zeros(1), 1)  # here


@planted(NeverReceived, rank=1, ranks=2)
def one_message_too_many(world):
    for step in range(4):
        if world.rank == 1:
            world.send(np.zeros(1), 0)  # here
        elif step < 3:
            world.recv(np.empty(1), 1)


@planted(NeverReceived, rank=1, ranks=2)
def never_waits_for_what_it_asked_for(world):
    inbox = np.empty(1)
    if world.rank == 1:
        world.irecv(inbox, 0)  # here
    else:
        world.send(np.zeros(1), 1)


@planted(NeverReceived, rank=0, ranks=2)
def asks_for_what_nobody_sends(world):
    if world.rank == 0:
        world.irecv(np.empty(1), 1)  # here


@planted(NeverReceived, rank=0, ranks=2)
def never_waits_for_a_long_send(world):
    if world.rank == 0:
        world.isend(np.zeros(LONG), 1)  # here
    else:
        world.recv(np.empty(LONG), 0)
