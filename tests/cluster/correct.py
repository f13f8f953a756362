"""Rank programs without a bug, drawn at random: nothing may be reported about them."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st


@dataclass(frozen=True)
class Letter:
    source: int
    dest: int
    tag: int
    length: int
    number: int

    def content(self):
        return np.arange(self.length) + 1000.0 * self.number


@st.composite
def exchanges(draw):
    """(ranks, letters): who sends what to whom, in the order of sending and of receiving."""
    ranks = draw(st.integers(1, 6))
    rank = st.integers(0, ranks - 1)
    length = st.sampled_from([0, 1, 7, 8192, 8193, 20_000])
    letter = st.tuples(rank, rank, st.integers(0, 2), length)
    letters = draw(st.lists(letter, max_size=12))
    return ranks, [Letter(*facts, number) for number, facts in enumerate(letters)]


def all_at_once(world, letters):
    """Ask for everything, send everything, wait in the opposite order, return what came."""
    inbox = {a.number: np.full(a.length, -1.0) for a in letters if a.dest == world.rank}
    requests = []
    for letter in letters:
        if letter.dest == world.rank:
            requests.append(world.irecv(inbox[letter.number], letter.source, letter.tag))
    for letter in letters:
        if letter.source == world.rank:
            requests.append(world.isend(letter.content(), letter.dest, letter.tag))
    world.compute(1e-6 * world.rank)
    world.wait(*reversed(requests))
    return inbox


def one_by_one(world, letters):
    """Every letter by blocking calls, all ranks in the same order: the serial way."""
    inbox = {}
    for letter in letters:
        if letter.source == letter.dest:
            if letter.dest == world.rank:
                inbox[letter.number] = letter.content()
        elif letter.source == world.rank:
            world.send(letter.content(), letter.dest, letter.tag)
        elif letter.dest == world.rank:
            inbox[letter.number] = world.recv(np.empty(letter.length), letter.source, letter.tag)
    world.barrier()
    return inbox
