"""Puts a CUDA source into words that a host compiler knows: its shared variables, and its frame.

Only declarations of `__shared__` variables are rewritten, within their line; all else is done by
the header `include/shim.h`. Names of `__constant__` and `__device__` variables are listed behind
the source, so that a host can fill them.

Not modelled: `__shared__` that a macro of the source hides; a `__constant__` inside a namespace.
"""

import re

from dlcourse.gpu.errors import CompileError
from dlcourse.gpu.source import masked, split

SHARED = re.compile(r"(?:\b(?:extern|static|volatile|const)\s+)*\b__shared__\b[^;]*;")
NOT_TYPE = re.compile(
    r"\b(?:extern|static|__shared__)\b|\b(?:__align__|alignas)\s*\([^()]*(?:\([^()]*\))?[^()]*\)"
)
DECLARATOR = re.compile(
    r"(?P<stars>[\s*]*)(?P<name>[A-Za-z_]\w*)\s*(?P<sizes>(?:\[.*\])?)\s*$", re.S
)
VARIABLE = re.compile(r"\b(?:__constant__|__device__)\b[^;{}()=]*(?:=[^;]*)?;")
NAMED_SCOPE = re.compile(r"\b(?:namespace(?:\s+\w+)?|extern(?=\s*\"))\W*$")


def translation_unit(source, entry, constants, filename):
    """Frame a source so that a host compiler makes a kernel library of it.

    Args:
        source: CUDA C.
        entry: the kernel, "scale<float>" for an instance of a template.
        constants: dict of macros, name to C text.
        filename: what messages call the source.

    Returns:
        str, C++; its lines count as the source's. In the plain build, which inlines the kernel,
        what calls it counts as its first line: the compiler knows no other of an empty loop.

    Raises:
        CompileError: if a shared variable has an initial value.

    >>> print(translation_unit("__global__ void f() {}", "f", {"N": "3"}, "k.cu"))
    #include "shim.h"
    #define N 3
    #line 1 "k.cu"
    __global__ void f() {}
    #line 1 "launch"
    EMU_VARIABLES()
    #ifdef TRACED
    EMU_KERNEL(f)
    #else
    #line 1 "k.cu"
    EMU_KERNEL(f)
    #endif
    <BLANKLINE>
    """
    mask, name = masked(source), re.escape(entry.partition("<")[0].strip())
    definition = re.search(rf"__global__[^;{{}}]*?\b{name}\s*\(", mask)
    line = mask.count("\n", 0, definition.end()) + 1 if definition else 1
    macros = "".join(f"#define {name} {value}\n" for name, value in constants.items())
    listed = ", ".join(f"EMU_VARIABLE({name}, {space})" for name, space in variables(source))
    return (
        f'#include "shim.h"\n{macros}#line 1 "{filename}"\n{rewritten(source, filename)}\n'
        f'#line 1 "launch"\nEMU_VARIABLES({listed})\n'
        f"#ifdef TRACED\nEMU_KERNEL({entry})\n"
        f'#else\n#line {line} "{filename}"\nEMU_KERNEL({entry})\n#endif\n'
    )


def rewritten(source, filename="kernel.cu"):
    """Rewrite the declarations of shared variables.

    Args:
        source: CUDA C.
        filename: for error messages.

    Returns:
        str with as many lines.

    Raises:
        CompileError: if a shared variable has an initial value.

    >>> print(rewritten("{ extern __shared__ float s[]; }"))
    { float *s = (float *)emu::dynamic(); }
    """
    mask, parts, end = masked(source), [], 0
    for found in SHARED.finditer(mask):
        start = found.start()
        text = mask[start : found.end() - 1]
        if "=" in text:
            line = source.count("\n", 0, start) + 1
            way = "a __shared__ variable has no initial value: let a thread write it, then wait"
            raise CompileError(f"{filename}:{line}: error: {way} at __syncthreads()")
        new = _declarations(text, _in_function(source, mask, start))
        parts += [source[end:start], new, "\n" * text.count("\n")]
        end = found.end()
    return "".join([*parts, source[end:]])


def _declarations(text, in_function):
    """The new words for one declaration."""
    first, *more = split(NOT_TYPE.sub(" ", text))
    match = DECLARATOR.search(first)
    kind = " ".join(first[: match.start()].split())
    found = [match, *(DECLARATOR.search(part) for part in more)]
    write = _dynamic if re.search(r"\bextern\b", text) else _static
    return " ".join(
        write(kind, m["stars"].strip(), m["name"], m["sizes"], in_function) for m in found
    )


def _static(kind, stars, name, sizes, in_function):
    """A variable whose size is known: a record of it, and a reference to where it lies."""
    return (
        f"typedef {kind} {stars}emu_type_{name}{' '.join(sizes.split())}; "
        f'static emu::Declared<emu_type_{name}> emu_place_{name}("{name}", __LINE__); '
        f"emu_type_{name} &{name} = emu::shared(emu_place_{name});"
    )


def _dynamic(kind, stars, name, sizes, in_function):
    """The array whose size the launch gives."""
    if not in_function:
        return f"static emu::Dynamic<{kind}{stars}> {name};"
    return f"{kind} {stars}*{name} = ({kind} {stars}*)emu::dynamic();"


def _in_function(source, mask, position):
    """Is there a brace open here that is no namespace's?"""
    open_braces = []
    for place in re.finditer(r"[{}]", mask[:position]):
        if place[0] == "}":
            open_braces[-1:] = []
        else:
            open_braces.append(not NAMED_SCOPE.search(mask[: place.start()].rstrip()))
    return any(open_braces)


def variables(source):
    """List the `__constant__` and `__device__` variables of a source.

    Args:
        source: CUDA C.

    Returns:
        list of (name, "constant" or "device").

    >>> variables("__constant__ float w[25]; __device__ int f(int n); __device__ int count = 0;")
    [('w', 'constant'), ('count', 'device')]
    """
    mask, found = masked(source), []
    for match in VARIABLE.finditer(mask):
        if _in_function(source, mask, match.start()):
            continue
        space = "constant" if "__constant__" in match[0] else "device"
        for part in split(match[0].rstrip(";")):
            name = DECLARATOR.search(part.split("=")[0])
            if name:
                found.append((name["name"], space))
    return found
