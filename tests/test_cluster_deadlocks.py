"""Bugs planted in rank programs are named, with rank and line; programs without bugs never are."""

import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.cluster.errors import ClusterError, Deadlock
from dlcourse.cluster.run import run
from tests.cluster import correct
from tests.cluster.planted import PLANTED


def test_the_corpus_is_large_enough():
    assert len(PLANTED) >= 20


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.program.__name__)
def test_a_planted_bug_is_named_with_rank_and_line(bug):
    start = time.perf_counter()
    with pytest.raises(ClusterError) as caught:
        run(bug.program, ranks=bug.ranks)
    seconds = time.perf_counter() - start
    text = str(caught.value)
    assert type(caught.value) is bug.error, text
    assert re.search(rf"ranks? (\d, )*{bug.rank}\b", text)
    for place in bug.places():
        assert place in text
    assert seconds < 1


@given(correct.exchanges(), st.sampled_from([correct.all_at_once, correct.one_by_one]))
def test_nothing_is_reported_about_correct_programs(exchange, program):
    ranks, letters = exchange
    done = run(program, ranks=ranks, args=(letters,))
    for letter in letters:
        assert (done.results[letter.dest][letter.number] == letter.content()).all()
    assert sum(map(len, done.results)) == len(letters)


def test_a_report_says_what_was_printed_and_sent_until_then(capsys):
    def program(world):
        print("before")
        world.barrier()
        world.recv(np.empty(1), 1 - world.rank)

    with pytest.raises(Deadlock) as caught:
        run(program, ranks=2)
    assert capsys.readouterr().out == "rank 0: before\nrank 1: before\n"
    assert caught.value.run.outputs == ["before\n"] * 2
    assert len(caught.value.run.trace.messages) == 2


def test_a_thousand_ranks_in_a_deadlock_are_named_in_a_few_lines():
    with pytest.raises(Deadlock) as caught:
        run(lambda world: world.recv(np.empty(1), (world.rank + 1) % world.size), ranks=1000)
    lines = str(caught.value).splitlines()
    assert lines[0] == "ranks 0, 1, 2, 3, 4, 5, 6, 7, ... wait for each other"
    assert lines[-1] == "  and 992 more"
    assert len(lines) < 20
