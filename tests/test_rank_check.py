"""A check of a rank program names what is wrong: a deadlock, a rank, a cost; and never hangs."""

import numpy as np
import pytest

from dlcourse.course.check import CheckFailed, Complaint, check
from dlcourse.course.rank_check import (
    all_of,
    bytes_between_nodes,
    bytes_of_busiest,
    long_rows_too,
    messages_of_busiest,
    of_pairs,
    on_pairs,
    on_ranks,
    played,
    spends_at_most,
)

ROWS = [(np.array([[1, 2], [3, 4]]),), (np.array([[1.0], [0.5], [4.0]]),)]


def neighbours(world):
    return (world.rank + 1) % world.size, (world.rank - 1) % world.size


def shift(world, row):
    right, left = neighbours(world)
    request = world.isend(row, right)
    arrived = world.recv(np.empty_like(row), left)
    request.wait()
    return arrived


def verdict(program, against=lambda rows: np.roll(rows, 1, axis=0), **more):
    with pytest.raises(CheckFailed) as failed:
        check(program, against, ROWS, name="shift", through=on_ranks, **more)
    return str(failed.value)


def test_a_right_program_gets_a_tick_and_its_prints_stay_out(capsys):
    def chatty(world, row):
        print("hello from", world.rank)
        return shift(world, row)

    check(chatty, lambda rows: np.roll(rows, 1, axis=0), ROWS, through=on_ranks, also=long_rows_too)
    assert capsys.readouterr().out == "✓ chatty: 2 inputs, all as expected\n"


def test_a_wrong_answer_is_shown_as_a_call_to_paste(capsys):
    def stays(world, row):
        print("rank", world.rank, "stays")
        return row

    assert verdict(stays).startswith(
        "✗ shift goes wrong on 2 of 2 inputs. The smallest:\n"
        "    on_ranks(shift, np.array([[1, 2], [3, 4]]))\n"
        "It should return [[3, 4], [1, 2]]; yours returns [[1, 2], [3, 4]]."
    )
    assert capsys.readouterr().out == "rank 0 stays\nrank 1 stays\n"


def receives_first(world, row):
    right, left = neighbours(world)
    arrived = world.recv(np.empty_like(row), left)
    world.send(row, right)
    return arrived


def sends_first(world, row):
    right, left = neighbours(world)
    world.send(row, right)
    return world.recv(np.empty_like(row), left)


def divides(world, row):
    return row // (world.rank - world.rank)[0]


def other_shapes(world, row):
    return row[: world.rank + 1]


def one_returns_nothing(world, row):
    return row if world.rank else None


def wrong_where_long(world, row):
    return shift(world, row) if len(row) < 100 else row


WORDS = {
    receives_first: ["Deadlock: ", "rank 0 waits for a message from rank 1", "in receives_first:"],
    sends_first: [
        "for long rows: with np.repeat(rows, 16384, axis=1) it ends like this.\nDeadlock: "
    ],
    divides: ["It raises TypeError: 'int' object is not subscriptable, in line", "return row //"],
    other_shapes: ["Rank 0 returns an array of shape (1,), rank 1 one of shape (2,)"],
    one_returns_nothing: ["Rank 0 should return an array; it returns None."],
    wrong_where_long: ["it returns something else. A long row leaves when its receiver asks: "],
}


@pytest.mark.parametrize("program", WORDS, ids=lambda program: program.__name__)
def test_what_is_wrong_is_said(program):
    words = verdict(program, also=long_rows_too)
    assert all(part in words for part in WORDS[program]), words


def test_what_is_spent_is_limited():
    few = spends_at_most(lambda rows: 0, messages_of_busiest, "{} messages, {} are enough")
    short = spends_at_most(lambda rows: 4, bytes_of_busiest, "{}, {} are enough", unit="B")
    assert verdict(shift, also=all_of(few, short)).endswith("but 1 messages, 0 are enough.")
    assert verdict(shift, also=short).endswith("It is right, but 16 B, 4 B are enough.")


def test_bytes_between_nodes_are_those_that_leave_one():
    done = played(shift, np.zeros((4, 3)))
    assert bytes_between_nodes(done, node=2) == 2 * 3 * 8
    assert bytes_between_nodes(done, node=4) == 0


def test_nobody_returns_anything():
    assert on_ranks(lambda world, row: None, np.zeros((3, 1))) is None


def test_rows_are_copies():
    rows = np.ones((2, 2))
    on_ranks(lambda world, row: row.__iadd__(1), rows)
    assert rows.sum() == 4


def test_a_list_is_no_array():
    with pytest.raises(Complaint, match=r"Rank 0 should return an array; it returns \[1\], a list"):
        on_ranks(lambda world, row: [1], np.zeros((2, 1)))


def test_a_tuple_of_arrays_is_stacked_part_by_part():
    rows, columns = on_ranks(lambda world, row: (row, row[:, None]), np.arange(6).reshape(3, 2))
    assert (rows.shape, columns.shape) == ((3, 2), (3, 2, 1))


def test_a_list_of_arrays_is_no_tuple():
    with pytest.raises(
        Complaint, match=r"Rank 0 should return arrays as a tuple; it returns \[\[0"
    ):
        on_ranks(lambda world, row: [row, row], np.zeros((2, 1)))


def test_tuples_of_different_lengths_are_named():
    with pytest.raises(
        Complaint, match=r"Rank 0 should return an array; it returns \(\[0\]\), a tuple"
    ):
        on_ranks(lambda world, row: (row,) * (world.rank + 1), np.zeros((2, 1)))


def test_pairs_are_copies_too_and_what_is_spent_on_them_is_limited():
    parts = np.ones((2, 3))
    on_pairs(lambda world, first, second: second.__iadd__(first), parts, parts)
    assert parts.sum() == 6

    def swap(world, first, second, tag):
        world.send(second, 1 - world.rank, tag)
        return world.recv(first, 1 - world.rank, tag)

    assert on_pairs(swap, parts, 2 * parts, 7).tolist() == (2 * parts).tolist()
    short = of_pairs(spends_at_most(lambda firsts, tag: tag, bytes_of_busiest, "{} {}", unit="B"))
    assert short(swap, parts, parts, 7) == "It is right, but 24 B 7 B."
    assert short(swap, parts, parts, 24) == ""
