"""What a source says about its kernels, and which launches and arguments they refuse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.gpu.arguments import check, extent, machine, shared_bytes
from dlcourse.gpu.constants import texts
from dlcourse.gpu.errors import LaunchError
from dlcourse.gpu.signature import TYPES, constant_memory, kernels, parse

F4, I4 = np.dtype("f4"), np.dtype("i4")


# --- signatures ---


@pytest.mark.parametrize(
    ("source", "entry", "printed"),
    [
        ("__global__ void f() {}", None, "f()"),
        ("__global__ void f(void);", None, "f()"),
        ('extern "C" __global__ void f(int n) {}', None, "f(int n)"),
        ("void __global__ f(int n) {}", None, "f(int n)"),
        ("__global__ void __launch_bounds__(256, 2) f(int n) {}", None, "f(int n)"),
        ("__launch_bounds__(N) __global__ static void f(int n) {}", None, "f(int n)"),
        ("__global__ void f(const float *__restrict__ x) {}", None, "f(const float* x)"),
        ("__global__ void f(float const* const x) {}", None, "f(const float* x)"),
        ("__global__ void f(float x[], float y[N]) {}", None, "f(float* x, float* y)"),
        (
            "__global__ void f(unsigned n, long long int m) {}",
            None,
            "f(unsigned int n, long long m)",
        ),
        ("__global__ void f(float4* x, uchar4 *y) {}", None, "f(float4* x, uchar4* y)"),
        ("__global__ void f(\n  int n, // , int m)\n  int k /* ) */) {}", None, "f(int n, int k)"),
        ("typedef float real; __global__ void f(real* x) {}", None, "f(float* x)"),
        ("using real = double;\n__global__ void f(real x) {}", None, "f(double x)"),
        ("#define REAL half\n__global__ void f(REAL* x) {}", None, "f(half* x)"),
        ("struct P { int a; }; __global__ void f(const P* p) {}", None, "f(const P* p)"),
        (
            "template <typename T> __global__ void f(T* x, T a) {}",
            "f<int>",
            "f<int>(int* x, int a)",
        ),
        (
            "template <class T, int N = 4>\n__global__ void f(T x) {}",
            "f<float>",
            "f<float>(float x)",
        ),
        ("__global__ void g() {} __global__ void f(int n) {}", "f", "f(int n)"),
    ],
)
def test_signatures_are_read(source, entry, printed):
    assert str(parse(source, entry)) == printed


@pytest.mark.parametrize(
    ("source", "entry", "message"),
    [
        ("int main() {}", None, "the source has no kernel: begin one with `__global__ void"),
        ("// __global__ void f() {}", None, "the source has no kernel"),
        ("__global__ void f() {} __global__ void g() {}", None, "2 kernels: name one of f, g"),
        ("__global__ void f() {}", "g", "the source has no kernel 'g': it has f"),
        ("__global__ void f() {}", "f<int>", "f is no template: leave out <int>"),
        ("template <typename T> __global__ void f(T x) {}", None, r"template of <typename T>"),
        ("__global__ void f(float** x) {}", None, r"parameter 1, `float\*\* x`, cannot be passed"),
        ("__global__ void f(int n, int& m) {}", None, "parameter 2, `int& m`, cannot be passed"),
        ("__global__ void f(int) {}", None, "parameter 1, `int`, has no name or no type"),
        ("__global__ void f(unsigned int) {}", None, "parameter 1, `unsigned int`, has no name"),
    ],
)
def test_what_is_no_signature_says_why(source, entry, message):
    with pytest.raises(ValueError, match=message):
        parse(source, entry)


def test_macros_may_stand_for_types():
    macros = {"T": "half4", "index": "long long"}
    x, n = parse("__global__ void f(T* x, index n) {}", None, macros).parameters
    assert (x.dtype, x.lanes, n.dtype) == (np.float16, 4, np.int64)


def test_lines_and_names_are_those_of_the_source():
    source = "// a line\n/* two\nlines */ __global__ void f() {}\n\n__global__ void g() {}\n"
    assert kernels(source) == ("f", "g")
    assert [parse(source, name).line for name in "fg"] == [3, 5]


@given(st.lists(st.tuples(st.sampled_from(sorted(TYPES)), st.booleans(), st.booleans())))
def test_any_list_of_parameters_is_read_back(parameters):
    declared = [
        f"{'const ' * const}{kind}{'*' * pointer} p{i}"
        for i, (kind, pointer, const) in enumerate(parameters)
    ]
    read = parse(f"__global__ void f({', '.join(declared)}) {{}}").parameters
    assert [(p.dtype, p.pointer, p.const) for p in read] == [
        (np.dtype(TYPES[kind]), pointer, const) for kind, pointer, const in parameters
    ]


# --- launches ---


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("grid", 4, r"grid=4 is no grid: write a tuple of one to three ints, such as \(4,\)"),
        ("grid", (1, 2, 3, 4), "is no grid"),
        ("grid", (), "is no grid"),
        ("grid", (2.0,), "holds 2.0, which is no int: use //"),
        ("grid", (True,), "holds True"),
        ("grid", (0,), "its x must lie between 1 and 2,147,483,647"),
        ("grid", (1, 65536), "its y must lie between 1 and 65,535"),
        ("block", (1, 1, 65), "its z must lie between 1 and 64"),
        ("block", (1025,), "its x must lie between 1 and 1,024"),
        ("block", (32, 33), "has 1,056 threads, a GPU allows 1,024"),
    ],
)
def test_shapes_that_no_gpu_runs_are_refused(name, given, message):
    with pytest.raises(LaunchError, match=message):
        extent(name, given)


@given(st.lists(st.integers(1, 8), min_size=1, max_size=3))
def test_shapes_are_filled_up(given):
    assert extent("block", tuple(given)) == (*given, 1, 1)[:3]


@pytest.mark.parametrize("asked", [-1, 2.0, True, 49153])
def test_shared_memory_that_no_block_has_is_refused(asked):
    with pytest.raises(LaunchError, match="shared_mem="):
        shared_bytes(asked)
    with pytest.raises(LaunchError, match="the kernel's own 49,152"):
        shared_bytes(4, static=49152)


SIGNATURE = parse("__global__ void f(const float* x, float4* y, int n, float a, bool b, half h) {}")
GOOD = np.zeros(3, F4), np.zeros(8, F4), 3, 2.5, True, 1.5


def readonly(array):
    array.setflags(write=False)
    return array


def between():
    """Floats that begin four bytes past a multiple of 16."""
    array = np.zeros(16, F4)
    return array[(20 - array.ctypes.data) % 16 // 4 :][:8]


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (0, [1.0], r"argument 1 \(x\) is const float\*, you passed a list: pass a NumPy array"),
        (0, None, "you passed NoneType None"),
        (0, np.float32(1), "you passed a numpy float32: pass a NumPy array"),
        (0, np.zeros(3), r'an array of float64: convert it, x.astype\("float32"\)'),
        (0, np.zeros((4, 4), F4).T, r"not contiguous: pass numpy.ascontiguousarray"),
        (0, np.zeros(8, F4)[::2], "not contiguous"),
        (1, readonly(np.zeros(8, F4)), "read-only: pass a copy, or write const"),
        (1, np.zeros(6, F4), "an array of 6 elements .* pass a multiple of 4"),
        (1, between(), "at address 4 modulo 16"),
        (2, 2.5, r"argument 3 \(n\) is int, you passed float 2.5: pass numpy.int32\(2\)"),
        (2, 3.0, r"you passed float 3.0: pass numpy.int32\(3\)"),
        (2, float("nan"), "you passed float nan: pass an int"),
        (2, 2**31, "you passed 2147483648: it holds -2147483648 to 2147483647"),
        (2, np.int64(3), r"you passed numpy.int64\(3\): pass numpy.int32\(3\)"),
        (2, np.zeros(1, I4), "you passed a numpy ndarray: pass a number"),
        (2, "3", "you passed str '3': pass a number"),
        (3, 2**24 + 1, r"cannot hold 16777217 exactly: pass numpy.float32\(16777217\)"),
        (3, 1e300, "you passed 1e.300: the largest is 3.4028"),
        (4, 2, "you passed 2: it holds 0 to 1"),
        (5, 1e6, "the largest is 65"),
    ],
)
def test_an_argument_that_a_gpu_would_misread_is_refused(place, value, message):
    with pytest.raises(LaunchError, match=message):
        check(SIGNATURE, (*GOOD[:place], value, *GOOD[place + 1 :]))


def test_good_arguments_pass_and_numbers_take_the_kernels_types():
    passed = check(SIGNATURE, GOOD)
    assert passed[0] is GOOD[0] and passed[1] is GOOD[1]
    assert [type(value) for value in passed[2:]] == [np.int32, np.float32, np.bool, np.float16]
    check(SIGNATURE, (readonly(np.zeros(3, F4)), *GOOD[1:]))  # const: the kernel only reads it
    check(parse("__global__ void f(int n, float a) {}"), (np.int32(1), float("inf")))


def test_counts_of_arguments_and_their_tuple_are_checked():
    with pytest.raises(LaunchError, match=r"f\(const float\* x, .* takes 6 arguments, you passed"):
        check(SIGNATURE, GOOD[:3])
    with pytest.raises(LaunchError, match="arguments come as a tuple, not as a numpy ndarray"):
        check(SIGNATURE, np.zeros(3, F4))
    struct = parse("__global__ void f(float2 p) {}")
    with pytest.raises(LaunchError, match="cannot be passed by value from Python"):
        check(struct, (1.0,))


@given(
    st.sampled_from(["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]), st.integers(-(2**65), 2**65)
)
def test_an_int_is_passed_as_it_is_or_not_at_all(code, value):
    kind = next(name for name, dtype in TYPES.items() if dtype == code)
    signature = parse(f"__global__ void f({kind} n) {{}}")
    info = np.iinfo(code)
    if info.min <= value <= info.max:
        (passed,) = check(signature, (value,))
        assert passed.dtype == np.dtype(code) and int(passed) == value
    else:
        with pytest.raises(LaunchError):
            check(signature, (value,))


def test_constants_become_macros():
    given = {"N": np.int64(3), "A": 1, "B": 0.1, "C": np.float32(0.5), "T": "unsigned int"}
    assert texts(given) == {"N": "3", "A": "1", "B": "0.1f", "C": "0.5f", "T": "unsigned int"}
    assert texts(None) == {}
    for bad in ({"2N": 1}, {"N": None}, {"N": float("nan")}, {"N": (1, 2)}, {"N": "; }"}):
        with pytest.raises(ValueError, match="constant "):
            texts(bad)


def test_machines_are_told_apart():
    assert machine(np.zeros(1)) == "numpy"
    assert machine(3) is machine([1]) is machine(np.float32(1)) is None


def test_constant_memory_is_listed():
    source = """
    typedef float real;
    __constant__ real w[N][3]; // __constant__ int hidden[2];
    static __constant__ const int table[] = {1, 2};
    __constant__ P points[4], * q;
    __constant__ unsigned char one;
    """
    names = {"w": np.dtype("f4"), "points": None, "one": np.dtype("u1")}
    assert names.items() <= constant_memory(source).items()
    assert "hidden" not in constant_memory(source)
