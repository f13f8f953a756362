"""What a CUDA C source says about its kernels: names, template parameters, arguments.

Not modelled: the preprocessor, beyond plain `#define NAME text`; aliases, beyond `typedef` and
`using` of a whole type. A type that is not understood is left to the compiler.
"""

import re
from dataclasses import dataclass

import numpy as np

from dlcourse.gpu.source import masked, split

TYPES = {  # C type -> NumPy dtype, as CUDA has them on the host's ABI
    "bool": "?",
    "char": "i1",
    "signed char": "i1",
    "unsigned char": "u1",
    "short": "i2",
    "unsigned short": "u2",
    "int": "i4",
    "unsigned int": "u4",
    "long": "l",
    "unsigned long": "L",
    "long long": "i8",
    "unsigned long long": "u8",
    "size_t": "u8",
    "half": "f2",
    "__half": "f2",
    "float": "f4",
    "double": "f8",
}
for _bits in (8, 16, 32, 64):
    TYPES |= {f"int{_bits}_t": f"i{_bits // 8}", f"uint{_bits}_t": f"u{_bits // 8}"}
VECTORS = {"char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4"}
VECTORS |= {"longlong": "i8", "ulonglong": "u8", "float": "f4", "double": "f8", "half": "f2"}
NO_NAMES = {word for name in TYPES for word in name.split()} | {"signed", "const"}
QUALIFIERS = {"const", "volatile", "__restrict__", "__restrict", "__grid_constant__", "struct"}
KERNEL = re.compile(
    r"(?:template\s*<(?P<template>[^;{}()]*)>\s*)?"
    r'(?:extern\s+"\s*"\s*)?(?:static\s+)?(?:__launch_bounds__\s*\([^()]*\)\s*)?'
    r"(?:__global__\s+[^;{}]*?\bvoid\b|void\s+__global__)"
    r"(?:\s+__launch_bounds__\s*\([^()]*\))?\s+(?P<name>[A-Za-z_]\w*)\s*\((?P<parameters>[^{;]*?)\)"
    r"\s*[{;]"
)


@dataclass(frozen=True)
class Parameter:
    """One parameter of a kernel.

    Attributes:
        name: as in the source.
        type: the type's name, without const and the star.
        dtype: of one element, or None where the type is the student's own.
        lanes: elements of a vector type such as float4, else 1.
        pointer: an array is passed.
        const: the kernel only reads what the pointer leads to.
    """

    name: str
    type: str
    dtype: np.dtype | None
    lanes: int = 1
    pointer: bool = False
    const: bool = False

    def __str__(self):
        return f"{'const ' * self.const}{self.type}{'*' * self.pointer}"


@dataclass(frozen=True)
class Signature:
    """A kernel's entry, such as "scale<float>", its parameters and the line it begins on."""

    entry: str
    parameters: tuple[Parameter, ...]
    line: int

    def __str__(self):
        return f"{self.entry}({', '.join(f'{p} {p.name}' for p in self.parameters)})"


def kernels(source):
    """List the kernels of a source.

    Args:
        source: CUDA C.

    Returns:
        tuple of names, in order; a template's without its arguments.

    >>> kernels("__global__ void f(int n) {}  // __global__ void g() {}")
    ('f',)
    """
    return tuple(dict.fromkeys(found["name"] for found in KERNEL.finditer(masked(source))))


def constant_memory(source):
    """List the variables in constant memory that a host may fill.

    Args:
        source: CUDA C.

    Returns:
        dict of name to dtype, None for a type of the student's own.

    >>> constant_memory("__constant__ float w[9];")
    {'w': dtype('float32')}
    """
    text = masked(source)
    types = _aliases(text)
    found = re.findall(r"\b__constant__\s+([\w\s]+?)\s*\b(\w+)\s*(?:\[[^;]*)?;", text)
    words = {name: [w for w in kind.split() if w not in QUALIFIERS] for kind, name in found}
    return {name: resolve(" ".join(kind), types)[1] for name, kind in words.items()}


def parse(source, entry=None, macros=None):
    """Read the signature of a kernel.

    Args:
        source: CUDA C.
        entry: the kernel's name, for a template with its arguments: "scale<float, 4>"; None for
            the only one.
        macros: dict of name to C text, which may stand for types.

    Returns:
        Signature.

    Raises:
        ValueError: if the source has no such kernel, or a parameter that cannot be passed.

    >>> print(parse("template <typename T> __global__ void f(const T *x, int n) {}", "f<float>"))
    f<float>(const float* x, int n)
    """
    entry = _entry(source, entry)
    name, _, given = entry.partition("<")
    text = masked(source)
    found = next((f for f in KERNEL.finditer(text) if f["name"] == name.strip()), None)
    if found is None:
        known = ", ".join(kernels(source)) or "none at all"
        raise ValueError(f"the source has no kernel {name!r}: it has {known}")
    types = (macros or {}) | _aliases(text) | _template(found, given.rstrip("> "), name)
    listed = [p for p in _listed(found["parameters"]) if p != "void"]
    parameters = tuple(_parameter(i, p, types) for i, p in enumerate(listed, start=1))
    line = text.count("\n", 0, found.start("name")) + 1
    return Signature(entry, parameters, line)


def _entry(source, entry):
    """The kernel that is meant, where none is named."""
    if entry is not None:
        return entry
    names = kernels(source)
    if not names:
        raise ValueError("the source has no kernel: begin one with `__global__ void name(...)`")
    if len(names) > 1:
        raise ValueError(f"the source has {len(names)} kernels: name one of {', '.join(names)}")
    return names[0]


def _listed(text):
    """The parts of a list, each on one line; none of an empty one."""
    return [" ".join(part.split()) for part in split(text) if part.strip()]


def _aliases(text):
    """Names that stand for types: from `using A = B;`, `typedef B A;` and `#define A B`."""
    pairs = re.findall(r"\busing\s+(\w+)\s*=\s*([\w ]+?)\s*;", text)
    pairs += [(a, b) for b, a in re.findall(r"\btypedef\s+([\w ]+?)\s+(\w+)\s*;", text)]
    pairs += re.findall(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+([\w ]+?)[ \t]*$", text, re.M)
    return dict(pairs)


def _template(found, given, name):
    """The types that a template's arguments stand for."""
    wanted, have = _listed(found["template"] or ""), _listed(given)
    required = [w for w in wanted if "=" not in w]
    if not len(required) <= len(have) <= len(wanted):
        if not wanted:
            raise ValueError(f"{name} is no template: leave out <{given}>")
        rule = f"{name} is a template of <{', '.join(wanted)}>, you gave <{', '.join(have)}>"
        raise ValueError(f"{rule}: name it with its arguments, as in {name}<float>")
    defaults = [w.partition("=")[2].strip() for w in wanted]
    names = [w.partition("=")[0].split()[-1] for w in wanted]
    return dict(zip(names, have + defaults[len(have) :], strict=True))


def _parameter(position, text, types):
    """Read one parameter's declaration."""
    text = text.partition("=")[0].strip()
    text, arrays = re.subn(r"\[\s*\w*\s*\]$", "", text)
    found = re.fullmatch(r"(.*?)([A-Za-z_]\w*)", text, re.DOTALL)
    if not found or not found[1].strip() or found[2] in NO_NAMES:
        raise ValueError(f"parameter {position}, `{text}`, has no name or no type: give it both")
    before, stars, _ = found[1].partition("*")
    if found[1].count("*") + arrays > 1 or "&" in found[1]:
        way = "a kernel takes numbers and pointers to arrays"
        raise ValueError(f"parameter {position}, `{text}`, cannot be passed: {way}")
    words = before.split()
    name, dtype, lanes = resolve(" ".join(w for w in words if w not in QUALIFIERS), types)
    return Parameter(found[2], name, dtype, lanes, bool(stars or arrays), "const" in words)


def resolve(name, types=None):
    """Find what a C type is in NumPy.

    Args:
        name: such as "unsigned int" or "float4".
        types: names that stand for others.

    Returns:
        name with those replaced, dtype of an element or None, elements.

    >>> resolve("real4", {"real4": "float4"})
    ('float4', dtype('float32'), 4)
    """
    for _ in range(8):  # an alias of an alias, but never round a circle
        name = " ".join((types or {}).get(word, word) for word in name.split())
    name = re.sub(r"\b(short|long) int$", r"\1", name)
    name = {"unsigned": "unsigned int", "signed": "int", "uint": "unsigned int"}.get(name, name)
    if name in TYPES:
        return name, np.dtype(TYPES[name]), 1
    vector = re.fullmatch(r"(\w+?)([1-4])", name)
    if vector and vector[1] in VECTORS:
        return name, np.dtype(VECTORS[vector[1]]), int(vector[2])
    return name, None, 1
