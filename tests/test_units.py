"""Units: what is printed can be read back, and GB is never GiB."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.units import UNITS, parse, show

quantities = st.floats(1e-9, 1e21) | st.floats(-1e21, -1e-9) | st.just(0.0)
units = st.sampled_from(UNITS)


@given(quantities, units, st.integers(1, 15), st.booleans())
def test_what_is_printed_reads_back_within_its_digits(value, unit, digits, binary):
    text = show(value, unit, digits, binary)
    assert math.isclose(parse(text, unit), value, rel_tol=0.5000001 * 10 ** (1 - digits))


@given(quantities, units, st.booleans())
def test_printing_what_was_read_changes_nothing(value, unit, binary):
    text = show(value, unit, binary=binary)
    assert show(parse(text, unit), unit, binary=binary) == text


@given(st.floats(1, 1e21), st.sampled_from([u for u in UNITS if u not in ("s", "FLOP/B")]))
def test_the_prefix_leaves_a_number_below_a_thousand(value, unit):
    assert 1 <= float(show(value, unit).split()[0]) < 1000
    assert 1 <= float(show(value, unit, binary=True).split()[0]) < 1024


@given(st.floats(0.001, 1e6))
def test_decimal_and_binary_prefixes_stay_apart(number):
    for i, prefix in enumerate("kMGTPE", 1):
        decimal = parse(f"{number} {prefix}B", "B")
        binary = parse(f"{number} {prefix.upper()}iB", "B")
        assert math.isclose(binary / decimal, 1.024**i)


@pytest.mark.parametrize(
    "text", ["16 KB", "16 gib", "16", "GB", "", "1e999 B", "nan B", "1 2 B", "3 s"]
)
def test_what_is_no_quantity_is_named_with_the_way_out(text):
    with pytest.raises(ValueError, match="is no quantity in B: write a number and one of B, kB"):
        parse(text, "B")


@pytest.mark.parametrize("text", ["5us", "5 μs", " 5e3 ns ", "0.005 ms", "5E-6 s"])
def test_one_time_many_spellings(text):
    assert parse(text, "s") == 5e-6


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_the_unknown_is_not_printed(value):
    with pytest.raises(ValueError, match="leave out what is not known"):
        show(value, "s")


def test_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="'GB' is no unit of the course: use one of B, s"):
        show(1, "GB")
