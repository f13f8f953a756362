"""Compressed gradients: what codes lose, what messages weigh, and what training needs of both."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.cluster.run import run
from dlcourse.parallel.checkpoint import resume, save
from dlcourse.parallel.codebooks import codebook, decode, encode, errors
from dlcourse.parallel.compression import Compressed, EightBit, Full, OneBit, TopK, traffic
from dlcourse.parallel.data import images
from dlcourse.parallel.data_parallel import Naive
from dlcourse.parallel.eight_bit_errors import redo, table
from dlcourse.parallel.models import convnet
from dlcourse.parallel.train import train
from tests.parallel.compression_ranks import one_step, program

BOOKS = ["dynamic", "linear", "static", "mantissa"]
CODES = [Full(), EightBit(), EightBit("linear"), OneBit(), TopK(0.05)]
books = st.sampled_from(BOOKS).map(codebook)
codes = st.sampled_from(CODES)
numbers = st.floats(-20, 20, width=32) | st.floats(-(2**-12), 2**-12, width=32)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def rows():
    return images(16, "float32")


def test_the_dynamic_tree_is_the_authors():
    magnitudes = np.sort(codebook("dynamic").magnitudes)[1:-1]
    decades = [np.sum((magnitudes > 10.0**-n / 10) & (magnitudes < 10.0**-n)) for n in range(6)]
    assert decades == [64, 32, 16, 8, 4, 2]
    assert magnitudes[[0, -1]] == pytest.approx([2.75e-6, 0.99140625])
    assert np.sum((magnitudes > 0.1) & (magnitudes < 0.45)) == 32


@pytest.mark.parametrize(
    ("name", "number", "printed"),
    [
        ("dynamic", 0.2345678, 0.236719),
        ("dynamic", 0.0000234, 0.000019),
        ("static", 0.2345678, 0.23125),
        ("mantissa", 0.2345678, 0.2),
        ("mantissa", 2.499, 2),
    ],
)
def test_examples_of_the_paper(name, number, printed):
    codes, scale = encode(np.array([number]), codebook(name), scale=1.0)
    assert decode(codes, scale, codebook(name))[0] == pytest.approx(printed, abs=5e-7)


@given(books, st.lists(numbers, min_size=1, max_size=9))
def test_the_nearest_code_is_chosen(book, values):
    values = np.array(values)
    codes, scale = encode(values, book)
    distances = abs(values[:, None] - scale * book.values)
    assert abs(decode(codes, scale, book) - values) == pytest.approx(distances.min(1), abs=1e-12)


def search(ordered, number):
    """The published search, step by step."""
    low, middle, high = 0, 64, 128
    for step in (32, 16, 8, 4, 2, 1):
        if number > ordered[middle]:
            low, middle = middle, middle + step
        else:
            middle, high = middle - step, middle
    pair = (middle, high) if low == middle else (low, middle)
    return min(ordered[list(pair)], key=lambda value: abs(value - number))


@given(books, st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_the_published_search_is_one_of_other_thresholds(book, values):
    codes, scale = encode(np.array(values), book, scale=1.0, nearest=False)
    ordered = np.sort(book.magnitudes)
    assert decode(codes, scale, book).tolist() == [search(ordered, value) for value in values]


def test_the_published_search_misses_a_quarter():
    values = np.random.default_rng(0).standard_normal(50_000)
    book = codebook("dynamic")
    right, wrong = (encode(values, book, nearest=nearest)[0] for nearest in (True, False))
    assert np.mean(right != wrong) == pytest.approx(0.24, abs=0.01)
    assert np.all(book.magnitudes[wrong & 127] <= book.magnitudes[right & 127])


@given(books, st.lists(numbers, max_size=9), st.booleans())
def test_tensors_and_arrays_get_the_same_codes(book, values, nearest):
    array = np.array(values, np.float32)
    ours, scale = encode(torch.tensor(array), book, nearest=nearest)
    theirs, same = encode(array.astype(float), book, nearest=nearest)
    assert scale == same and ours.tolist() == theirs.tolist()
    assert decode(ours, scale, book).tolist() == decode(theirs, scale, book).tolist()


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_what_no_code_stands_for_is_named(bad):
    with pytest.raises(ValueError, match=f"a value is {bad}: only finite"):
        encode(np.array([1.0, bad]), codebook("dynamic"))


def test_unknown_names_are_named():
    with pytest.raises(ValueError, match="codebook 'log': there are dynamic, linear"):
        codebook("log")
    with pytest.raises(ValueError, match=r"distribution 'N\(0,2\)': the paper has U\(0,1\), N"):
        redo("N(0,2)", "linear")
    with pytest.raises(ValueError, match="a value is 0"):
        errors(np.zeros(2), np.ones(2))
    with pytest.raises(ValueError, match="share=0: "):
        TopK(0)


def test_table_2_prints_squared_errors_of_the_published_search():
    def matched(pairs, kind, column, within):
        ratios = [getattr(ours, kind) / row[column] for row, ours in pairs]
        return sum(abs(ratio - 1) < within for ratio in ratios)

    published, nearest = table(), table(nearest=True)
    assert matched(published, "relative", "mean_relative_error", 0.09) == 16
    assert matched(published, "relative", "mean_relative_error", 0.015) == 14
    assert matched(nearest, "relative", "mean_relative_error", 0.09) == 0
    assert matched(published, "squared", "mean_abs_error", 0.07) == 15
    assert matched(published, "absolute", "mean_abs_error", 0.07) == 0
    assert matched(nearest, "absolute", "mean_abs_error", 0.07) == 0


@st.composite
def gradients(draw):
    shape = draw(st.integers(1, 5)), draw(st.integers(1, 20))
    seed = draw(st.integers(0, 99))
    values = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    return values * draw(st.sampled_from([0, 1e-6, 1, 1e4]))


@given(codes, gradients())
def test_a_message_is_as_long_as_said_and_read_as_written(code, values):
    message = code.pack(values)
    assert message.dtype == torch.uint8 and len(message) == code.length(*values.shape)
    read = code.unpack(message, *values.shape)
    assert read.shape == values.shape
    worst = 1.001 if code.feedback else 0.55 / 64 + 1e-6  # of the largest: half a cell of the tree
    assert (read - values).abs().max() <= worst * values.abs().max()


@given(gradients())
def test_one_bit_keeps_the_sums_of_rows(values):
    read = OneBit().unpack(OneBit().pack(values), *values.shape)
    assert torch.allclose(read.sum(1), values.sum(1), rtol=1e-4, atol=1e-4 * values.abs().max())
    assert torch.equal(read >= 0, values >= 0) or (values == 0).any()


@given(gradients(), st.floats(0.01, 1))
def test_top_k_keeps_the_largest_and_nothing_else(values, share):
    code = TopK(share)
    read = code.unpack(code.pack(values), *values.shape)
    kept = read != 0
    assert torch.equal(read[kept], values[kept])
    if values.any():
        assert kept.sum() == code.kept(values.numel())
        assert values[kept].abs().min() >= values[~kept].abs().max() if (~kept).any() else True


@settings(max_examples=20, deadline=None)
@given(codes, st.integers(0, 99))
def test_feedback_loses_nothing(code, seed):
    def sent_and_left(world):
        strategy = Compressed(world, torch.nn.Linear(7, 3), code=code, feedback=True)
        generator = torch.Generator().manual_seed(seed)
        left, given, sent = strategy.left[0], 0, 0
        for _ in range(5):
            gradient = torch.randn(3, 7, generator=generator)
            given = given + gradient
            sent = sent + code.unpack(strategy.pack(gradient, left), 3, 7)
        return given, sent + left

    assert torch.allclose(*run(sent_and_left, 1).results[0], atol=1e-5)


@settings(max_examples=6, deadline=None)
@given(codes, st.integers(1, 5), st.sampled_from(["sgd", "adam"]), st.integers(1, 9))
def test_all_ranks_end_with_the_same_parameters_to_the_bit(code, ranks, update, size):
    found = run(program, ranks, args=(images(16, "float32"), code, None, 2, size, update)).results
    for parameters, losses in found:
        assert torch.equal(parameters, found[0][0]) and losses == found[0][1]
    assert not torch.isnan(found[0][0]).any()


def test_32_bits_train_as_plain_data_parallelism_does(rows):
    def plain(world):
        network = convnet("float32")
        train(world, Naive(world, network), rows, 10, 8)
        return torch.cat([p.detach().reshape(-1) for p in network.parameters()])

    wanted = run(plain, 3).results[0]
    found, _ = run(program, 3, args=(rows, Full(), None, 10)).results[0]
    assert (found - wanted).abs().max() < 1e-5


@pytest.mark.parametrize("code", CODES, ids=lambda code: type(code).__name__)
@pytest.mark.parametrize("ranks", [2, 3])
def test_ranks_send_what_the_closed_form_says(code, ranks, rows):
    before, after = (run(one_step, ranks, args=(rows, code, steps)) for steps in (0, 2))
    bytes_ = [sum(m.bytes for m in found.trace.messages) for found in (before, after)]
    assert bytes_[1] - bytes_[0] == 2 * ranks * traffic(code, after.results[0], ranks)


def test_eight_bits_and_one_with_feedback_learn_what_32_do_and_one_without_does_not(rows):
    """Sixteen digits by heart, on four ranks; 2.3 is what knowing nothing costs."""

    def last(*code):
        _, losses = run(program, 4, args=(rows, *code, 80, 16)).results[0]
        return np.mean(losses[-4:])

    full = last(Full(), None)
    assert full < 0.01
    assert last(EightBit(), None) == pytest.approx(full, abs=0.01)
    assert last(OneBit(), True) == pytest.approx(full, abs=0.1)
    assert last(OneBit(), False) > 0.5


def test_training_goes_on_from_a_checkpoint(tmp_path, rows):
    def begin(world):
        strategy = Compressed(world, convnet("float32"))
        train(world, strategy, rows, 2, 8)
        save(world, strategy, tmp_path, step=2)

    def go_on(world):
        network = convnet("float32", seed=5)
        strategy = Compressed(world, network)
        first = resume(strategy, tmp_path)
        train(world, strategy, rows, 4 - first, 8, first)
        return torch.cat([p.detach().reshape(-1) for p in network.parameters()])

    run(begin, 2)
    whole, _ = run(program, 2, args=(rows, EightBit(), None, 4)).results[0]
    assert all(torch.equal(found, whole) for found in run(go_on, 2).results)


def test_real_processes_come_to_the_same(rows):
    args = (rows, OneBit())
    virtual, real = (run(program, 2, on=on, args=args).results for on in ("ideal", "processes"))
    for (ours, losses), (theirs, same) in zip(virtual, real, strict=True):
        assert torch.allclose(ours, theirs, atol=1e-6) and losses == pytest.approx(same, abs=1e-5)
