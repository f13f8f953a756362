"""The assembly text of the traced build: read, numbered and assembled again, for every system."""

import importlib.util

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.gpu.emulator import assembly
from dlcourse.gpu.emulator.annotate import annotate
from dlcourse.gpu.emulator.build import HERE
from dlcourse.gpu.emulator.compiler import find, ziglang
from dlcourse.gpu.emulator.instrument import flags, prepare
from dlcourse.gpu.emulator.order import arrange
from dlcourse.gpu.emulator.rewrite import translation_unit

SOURCE = """__global__ void work(const float *x, float *y, double *z, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float sum = 0;
    for (int k = 0; k < n; k++)
        if (x[k] > 0)
            sum += x[i] * x[k];
    y[i] = sum;
    z[i] = z[i] / 3;
}
"""
TARGETS = ("x86_64-linux-gnu", "aarch64-linux-gnu", "aarch64-macos", "x86_64-windows-gnu")
FOUND = {("load", 5), ("load", 6), ("store", 7), ("load", 8), ("store", 8)}


def check(sites):
    places = {(s.kind, s.line) for s in sites if s.kind not in {"block", "none"}}
    places.discard(("load", 2))  # Windows: threadIdx comes back through the thread's own stack
    assert places == FOUND
    flop = [f for s in sites for f in s.flop]
    assert sorted(flop) == sorted([(6, "float32", 1), (6, "float32", 1), (8, "float64", 1)])
    order = [s.line for s in sites if s.kind in {"load", "store"}]
    assert order == sorted(order), "numbers grow along the path"
    (loop,) = [n for n, s in enumerate(sites) if s.kind == "none" and sites[n - 1].line <= 6]
    assert all(s.line <= 6 for s in sites[:loop]) and all(s.line > 6 for s in sites[loop + 1 :])


def unit(folder):
    path = folder / "kernel.cpp"
    path.write_text(translation_unit(SOURCE, "work", {}, "kernel.cu"), encoding="utf8")
    return path


def test_places_of_the_systems_compiler(tmp_path):
    compiler, text = find(), tmp_path / "kernel.s"
    compiler.run(
        *compiler.flags, *flags(compiler), "-I", HERE / "include", "-S", unit(tmp_path), "-o", text
    )
    check(annotate(text.read_text(encoding="utf8"), "kernel.cu").sites)


@pytest.mark.skipif(not importlib.util.find_spec("ziglang"), reason="needs the ziglang wheel")
@pytest.mark.parametrize("target", TARGETS)
def test_places_on_other_systems(target, tmp_path):
    zig, text = ziglang(), tmp_path / "kernel.s"
    how = ["-target", target, *zig.flags, *flags(zig)]
    zig.run(*how, "-I", HERE / "include", "-S", unit(tmp_path), "-o", text)
    check(annotate(text.read_text(encoding="utf8"), "kernel.cu").sites)
    prepare(text, "kernel.cu")
    zig.run("-target", target, "-c", text, "-o", tmp_path / "kernel.o")


graphs = st.integers(1, 8).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, n - 1), max_size=3), min_size=n, max_size=n)
)


def flat(tree):
    return [n for part in tree for n in (flat(part) if isinstance(part, list) else [part])]


def loops(tree):
    for part in tree:
        if isinstance(part, list):
            yield flat(part)
            yield from loops(part)


@given(graphs)
def test_order_is_weakly_topological(successors):
    tree = arrange(range(len(successors)), successors)
    order = flat(tree)
    assert sorted(order) == list(range(len(successors)))
    at = {node: i for i, node in enumerate(order)}
    headers = [(part[0], set(part)) for part in loops(tree)]
    for node, onward in enumerate(successors):
        for to in onward:
            back = any(to == header and node in part for header, part in headers)
            assert at[to] > at[node] or back


def test_a_copy_reads_and_writes():
    text = "\n".join(
        [
            "k:",
            '\t.file 1 "k.cu"',
            "\t.loc 1 3 1",
            "\tpushq\t%rbp",
            "\tcall\t__tsan_memcpy",
            "\tret",
        ]
    )
    assert [(s.kind, s.line) for s in annotate(text, "k.cu").sites] == [("load", 3), ("store", 3)]


def test_functions_of_the_emulator_are_left_alone():
    text = "\n".join(
        ["f:", "\tpushq\t%rbp", "\tcall\t__tsan_read4@PLT", "\tjmp\t__sanitizer_cov_trace_pc@PLT"]
    )
    done = annotate(text, "k.cu")
    assert not done.sites and "tsan" not in done.text and done.text.splitlines()[3] == "\tret"


def test_arithmetic_between_conversions_is_half():
    lines = ["k:", '\t.file 1 "k.cu"', "\t.loc 1 1 1", "\tpushq\t%rbp"]
    lines += ["\tcall\t__sanitizer_cov_trace_pc", "\tmulss\t%xmm0, %xmm1", "\tcall\temu_widen"]
    lines += ["\taddss\t%xmm0, %xmm1", "\tcall\temu_narrow", "\taddsd\t%xmm0, %xmm1", "\tret"]
    (site,) = annotate("\n".join(lines), "k.cu").sites
    assert [f[1] for f in site.flop] == ["float32", "float16", "float64"]


def test_arm_has_its_own_words():
    target = assembly.target_of("k:\n\tstp x29, x30, [sp]\n")
    assert target.move.format(value=7, register="w1") == "\tmov\tw1, #7"
