"""Lets a kernel library tell which line of the source an address belongs to.

A label is put behind each line mark of the compiler's assembly text, and a table of labels and
lines at its end: the same on every system, and nobody has to read debug information.
"""

import re

from dlcourse.gpu.emulator.assembly import FILE, PLACE

OTHER, END = 0, -1  # of the table: code that is not the student's, the end of a function
SECTIONS = {  # of constant data that holds addresses
    "elf": '\t.section\t.data.rel.ro,"aw"',
    "mach-o": "\t.section\t__DATA,__const",
    "coff": '\t.section\t.rdata,"dr"',
}


def add_table(text, filename):
    """Add the table `emu_lines` to assembly text.

    Args:
        text: assembly text with line tables, of one source file and its headers.
        filename: the source as `#line` named it.

    Returns:
        str.

    >>> text = '\\t.file 1 "k.cu"\\nf:\\n\\t.loc 1 7 3\\n\\tret\\n\\t.cfi_endproc'
    >>> print(add_table(text, "k.cu").replace("\\t", " "))
     .file 1 "k.cu"
    f:
     .loc 1 7 3
    .Lemu_line0:
     ret
    .Lemu_line1:
     .cfi_endproc
     .section .data.rel.ro,"aw"
     .globl emu_lines
     .p2align 3
    emu_lines:
     .quad .Lemu_line0
     .long 7, 3
     .quad .Lemu_line1
     .long -1, 0
     .quad 0, 0
    <BLANKLINE>
    """
    style = _format(text)
    local = "Lemu_line" if style == "mach-o" else ".Lemu_line"
    lines, entries = [], []
    numbers, last = set(), None
    for line in text.splitlines():
        if (match := FILE.match(line)) and match[2].endswith(filename):
            numbers.add(match[1])
        entry = _entry(line, numbers)
        label = [f"{local}{len(entries)}:"] if entry and entry != last else []
        lines += [*label, line] if entry and entry[0] == END else [line, *label]
        if label:
            entries.append(entry)
            last = entry
    return "\n".join([*lines, *_table(entries, local, style)]) + "\n"


def _entry(line, numbers):
    """What a line of text says about the code that follows: (line, column), or None."""
    if match := PLACE.match(line):
        return (int(match[2]), int(match[3])) if match[1] in numbers else (OTHER, 0)
    return (END, 0) if re.match(r"\s*\.(cfi_endproc|seh_endproc)", line) else None


def _table(entries, local, style):
    name = "_emu_lines" if style == "mach-o" else "emu_lines"
    yield from (SECTIONS[style], f"\t.globl\t{name}", "\t.p2align\t3", f"{name}:")
    for number, (line, column) in enumerate(entries):
        yield f"\t.quad\t{local}{number}"
        yield f"\t.long\t{line}, {column}"
    yield "\t.quad\t0, 0"


def _format(text):
    """The object format that assembly text is written for."""
    if re.search(r"^\s*\.(subsections_via_symbols|build_version)", text, re.MULTILINE):
        return "mach-o"
    return "coff" if re.search(r"^\s*\.def\s", text, re.MULTILINE) else "elf"
