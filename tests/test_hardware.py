"""The sourced tables: every row says where it comes from, and no number is out of this world."""

import csv

import pytest

from dlcourse.hardware.gpus import gpu, gpus
from dlcourse.hardware.latency import measured_cycles, pointer_chase, post_cycles
from dlcourse.hardware.links import link_figures
from dlcourse.hardware.tables import DATA, names, rows

RANGES = {  # what a column ends with -> the least and the most that is believable
    "bytes_per_s": (1e8, 1e14),
    "flop_per_s": (1e12, 1e17),
    "seconds": (1e-9, 1),
    "seconds_std": (1e-7, 0.1),
    "seconds_per_kernel": (1e-7, 1e-4),
    "_hz": (5e8, 4e9),
    "cycles": (1, 2000),
    "year": (2000, 2030),
    "post": (2014, 2023),
    "sms": (4, 400),
    "gpus": (2, 1024),
    "set_bytes": (500, 1e10),
    "_w": (40, 2000),
    "_usd": (50, 50_000),
    "memory_gib": (1, 500),
    "l2_mib": (0.25, 300),
    "_kib_per_sm": (16, 512),
}
ZERO_SAYS_SO = {"shared_reserved_bytes", "sequence_parallel"}  # none, and no
TABLES = pytest.mark.parametrize("table", names())


@TABLES
def test_every_row_is_complete_and_says_where_it_comes_from(table):
    found = rows(table)
    assert found
    for row in found:
        assert None not in row and set(row) == set(found[0]), "a comma too many or too few"
        assert len(row["source"]) > 10
        assert row["seen"] in {"seen", "derived", "recall", "mixed"}


@TABLES
def test_numbers_are_believable_and_unknown_is_not_zero(table):
    for row in rows(table):
        for column, value in row.items():
            if isinstance(value, str) or value is None:
                continue
            for ending, (low, high) in RANGES.items():
                if column.endswith(ending):
                    assert low <= value <= high, f"{table}: {column} = {value}"
            allowed = "base latency" in row.get("quantity", "") or column in ZERO_SAYS_SO
            assert value != 0 or allowed, f"{table}: {column} is 0: leave out what is not known"


@TABLES
def test_no_row_stands_twice(table):
    found = [tuple(row.values()) for row in rows(table)]
    assert len(found) == len(set(found))


@TABLES
def test_columns_of_numbers_hold_numbers_only(table):
    columns = {name: {type(row[name]) for row in rows(table)} for name in rows(table)[0]}
    for name, types in columns.items():
        assert not ({int, float} & types and str in types), f"{table}: {name} mixes text in"


def test_tables_cannot_be_changed_by_a_reader():
    with pytest.raises(TypeError):
        rows("links")[0]["bytes_per_s"] = 1


def test_files_are_plain_csv_with_one_line_a_row():
    for path in DATA.glob("*.csv"):
        text = path.read_text(encoding="utf8")
        assert "\r" not in text and text.endswith("\n")
        assert (
            len(list(csv.reader(text.splitlines()))) == text.count("\n") == len(rows(path.stem)) + 1
        )


def test_compute_capability_stays_a_name():
    assert {row["compute_capability"] for row in rows("sm_limits")} >= {"7.0", "9.0", "10.0"}


def test_gpus_are_in_base_units():
    h100 = gpu("H100 SXM")
    assert h100.memory_bytes == 80 * 2**30 and h100.l2_bytes == 50 * 2**20
    assert h100.fp16_flop_per_s > 10 * h100.fp32_flop_per_s
    assert gpu("GTX 580").fp16_flop_per_s is None and gpu("A100 SXM 40GB").price_usd is None
    assert len({found.name for found in gpus()}) == len(gpus())


def test_peaks_follow_from_lanes_and_clock():
    """NVIDIA's float32 peak is lanes x 2 FLOP x clock, and an SM has 32, 64, 128 or 192."""
    for found in gpus():
        if found.architecture.startswith("CDNA"):
            continue
        lanes = found.fp32_flop_per_s / (2 * found.sms * found.clock_hz)
        assert min(abs(lanes / n - 1) for n in (32, 64, 128, 192)) < 0.1, found.name


def test_shared_memory_agrees_between_the_two_tables():
    limits = {row["compute_capability"]: row["shared_kib_per_sm"] for row in rows("sm_limits")}
    found = [g for g in gpus() if g.compute_capability in limits]
    assert len(found) > 25
    assert all(g.shared_bytes == limits[g.compute_capability] * 1024 for g in found)


@pytest.mark.parametrize(
    ("ask", "hint"),
    [
        (lambda: gpu("H100"), "H100 PCIe, H100 SXM"),
        (lambda: gpu("RTX 4900"), "RTX 4090"),
        (lambda: gpu("?"), "gpus"),
        (lambda: rows("gpu_spec"), "gpu_specs"),
        (lambda: link_figures("NVLink 4"), "NVLink 4 (H100/H200, 18 links)"),
        (lambda: post_cycles(2021), "2020, 2023"),
        (lambda: measured_cycles("H100"), "H100 PCIe"),
        (lambda: pointer_chase("T4"), "V100"),
    ],
)
def test_an_unknown_name_says_what_there_is(ask, hint):
    with pytest.raises(ValueError) as refusal:
        ask()
    assert hint in str(refusal.value)


def test_latency_grows_with_the_distance_from_the_core():
    for name in ("V100", "A100-80GB", "H100 PCIe", "L40"):
        cycles = measured_cycles(name)
        near = cycles.get("L2", cycles.get("L2 near"))
        assert cycles["L1"] < near < cycles["global"]
        size, chase = pointer_chase(name)
        assert (size[1:] > size[:-1]).all()
        assert abs(chase[0] / cycles["L1"] - 1) < 0.1, "the walk that fits in L1"
        assert abs(chase[-1] / cycles["global"] - 1) < 0.35, "the walk that only memory holds"


def test_bus_bandwidth_follows_from_time_and_bytes():
    """An all-reduce moves 2 (n - 1) / n of its bytes: the published columns agree with that."""
    for row in rows("busbw_sweeps"):
        share = 2 * (row["gpus"] - 1) / row["gpus"]
        found = share * row["bytes"] / row["seconds"]
        assert abs(found / row["busbw_bytes_per_s"] - 1) < 0.01
    for row in rows("deepbench_allreduce"):
        share = 2 * (row["gpus"] - 1) / row["gpus"]
        found = share * row["bytes"] / row["seconds"]
        assert abs(found / row["busbw_bytes_per_s"] - 1) < 0.01
