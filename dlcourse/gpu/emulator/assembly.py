"""Reads a compiler's assembly text: functions, basic blocks, calls, arithmetic, source lines.

GCC's and Clang's text for x86-64 and arm64, for ELF, Mach-O and COFF. It wants `-fno-jump-tables`
and line tables; what it does not know it passes over, as data and directives.

Not modelled: computed jumps, which count as leaving the function.
"""

import re
from dataclasses import dataclass, field, replace

from dlcourse.gpu.emulator.arithmetic import flop

FILE = re.compile(r'\s*\.(?:cv_)?file\s+(\d+)\s+(?:"[^"]*"\s+)?"([^"]*)"')
PLACE = re.compile(r"\s*\.(?:cv_loc\s+\d+|loc)\s+(\d+)\s+(\d+)\s+(\d+)")
LABEL = re.compile(r'"?([\w.$@?]+)"?:')
INSTRUCTION = re.compile(r"\s+([a-z][\w.]*)(?:\s+(.*))?$")
FUNCTION_TYPE = re.compile(r"\s*\.type\s+([\w.$]+),\s*[@%]function|\s*\.def\s+([\w.$]+);")
WIDEN = re.compile(r"__extendhfsf2$|emu_widen$|vcvtph2ps")
NARROW = re.compile(r"__truncsfhf2$|emu_narrow$|vcvtps2ph")
LOCAL = re.compile(r"\.?L|ltmp")  # labels inside a function


@dataclass(frozen=True)
class Target:
    """How a processor and its calling convention look in assembly text.

    Attributes:
        comment: what begins one.
        calls, jumps, returns: mnemonics.
        conditional: pattern of the mnemonics that jump or fall through.
        arguments: 32-bit registers of a call's first arguments.
        move: the instruction that puts a number into a register, touching nothing else.
        prefix: what the object format puts before a C name.
    """

    comment: re.Pattern
    calls: frozenset
    jumps: frozenset
    returns: frozenset
    conditional: re.Pattern
    arguments: tuple[str, ...]
    move: str
    prefix: str = ""


def _x86(arguments):
    return Target(
        comment=re.compile(r"\s*#.*"),
        calls=frozenset({"call", "callq"}),
        jumps=frozenset({"jmp", "jmpq"}),
        returns=frozenset({"ret", "retq", "ud2", "int3", "hlt"}),
        conditional=re.compile(r"j[a-z]+$"),
        arguments=arguments,
        move="\tmovl\t${value}, %{register}",
    )


SYSTEM_V = _x86(("edi", "esi", "edx", "ecx", "r8d", "r9d"))
WINDOWS = _x86(("ecx", "edx", "r8d", "r9d"))


def _arm(prefix):
    return Target(
        comment=re.compile(r"\s*(?://|;).*"),
        calls=frozenset({"bl"}),
        jumps=frozenset({"b"}),
        returns=frozenset({"ret", "brk", "br"}),
        conditional=re.compile(r"b\.|cbn?z$|tbn?z$"),
        arguments=tuple(f"w{i}" for i in range(8)),
        move="\tmov\t{register}, #{value}",
        prefix=prefix,
    )


ARM_ELF, ARM_APPLE = _arm(""), _arm("_")


def target_of(text):
    """Recognise the processor and object format of assembly text.

    Args:
        text: str.

    Returns:
        Target.

    >>> target_of("\\tmovq\\t%rsp, %rbp").arguments[0]
    'edi'
    """
    apple = "__TEXT," in text
    if re.search(r"%[re][sbd][pi]\b", text):
        return WINDOWS if ".seh_proc" in text or ".cv_loc" in text else SYSTEM_V
    return ARM_APPLE if apple else ARM_ELF


@dataclass(frozen=True)
class Call:
    """A call or tail call of a name, at an index into the text's lines.

    `leads`: it stands for the basic block that begins here (annotate.py).
    """

    index: int
    name: str
    line: int  # of the student's source; 0 if its place is unknown
    column: int
    tail: bool = False
    leads: bool = False


@dataclass(frozen=True)
class Flop:
    """An arithmetic instruction: `count` operations of a type such as "float32"."""

    line: int
    type: str
    count: int


@dataclass
class Block:
    """Instructions that run one after the other; `items` are its calls and arithmetic."""

    label: str
    items: list = field(default_factory=list)
    targets: list = field(default_factory=list)  # labels it may jump to
    falls: bool = True  # it may run on into the next block


@dataclass
class Function:
    """A function of the text; `ours` if any of it comes from the student's file."""

    name: str
    blocks: list
    ours: bool = False


class _Reader:
    """Goes through the lines once and remembers where it is."""

    def __init__(self, target, filename):
        self.target, self.filename = target, filename
        self.files, self.named, self.functions = set(), set(), []
        self.place = (0, 0)
        self.half = None  # where arithmetic stands since a half was widened to a float

    def read(self, index, text):
        if match := PLACE.match(text):
            self._locate(*match.groups())
        elif match := FILE.match(text):
            if re.split(r"[\\/]", match[2])[-1] == self.filename:
                self.files.add(match[1])
        elif match := FUNCTION_TYPE.match(text):
            self.named.add(match[1] or match[2])
        elif match := LABEL.match(text):
            self._label(match[1])
        elif self.functions and (match := INSTRUCTION.match(self.target.comment.sub("", text))):
            self._instruction(index, match[1], (match[2] or "").strip())

    def _locate(self, file, line, column):
        if file in self.files and line != "0":
            self.place = int(line), int(column)
            if self.functions:
                self.functions[-1].ours = True

    def _label(self, name):
        if not LOCAL.match(name):
            self.place = (0, 0)
            bare = name.removeprefix(self.target.prefix)
            self.functions.append(Function(bare, [Block(name)]))
        elif self.functions:
            self.functions[-1].blocks.append(Block(name))

    def _instruction(self, index, name, operands):
        target, blocks = self.target, self.functions[-1].blocks
        if not blocks[-1].falls:
            blocks.append(Block(""))
        if name in {"notrack", "rep", "bnd"}:
            name, _, operands = operands.partition("\t")
        callee = operands.split("@")[0].strip().removeprefix(target.prefix)
        if name in target.calls:
            self._count(name, operands, callee)
            blocks[-1].items.append(Call(index, callee, *self.place))
        elif name in target.jumps or name in target.returns:
            self._leave(index, name, callee, operands)
        elif target.conditional.match(name):
            self.half = None
            blocks[-1].targets.append(operands.split(",")[-1].strip())
            blocks.append(Block(""))
        else:
            self._count(name, operands, "")

    def _leave(self, index, name, callee, operands):
        blocks = self.functions[-1].blocks
        blocks[-1].falls = False
        self.half = None
        if name in self.target.jumps:
            if LOCAL.match(operands):
                blocks[-1].targets.append(operands)
            else:
                blocks[-1].items.append(Call(index, callee, *self.place, tail=True))

    def _count(self, name, operands, callee):
        """Note arithmetic. Between a widening and a narrowing it is a half's, done in float."""
        items = self.functions[-1].blocks[-1].items
        if found := flop(name, operands, callee):
            items.append(Flop(self.place[0], *found))
            if self.half is not None:
                self.half.append((items, len(items) - 1))
        if WIDEN.match(callee or name):
            self.half = []
        elif NARROW.match(callee or name):
            for where, at in self.half or ():
                where[at] = replace(where[at], type="float16")
            self.half = None


def functions(text, filename):
    """Read the functions of assembly text.

    Args:
        text: str, as `-S` gives it.
        filename: the student's file, as `#line` named it.

    Returns:
        list of Function, in order; those of other files included.

    >>> text = 'f:\\n\\tpushq %rsp\\n\\tjle\\t.L2\\n\\tcall\\tg@PLT\\n.L2:\\n\\tret'
    >>> [[item.name for item in block.items] for block in functions(text, "k.cu")[0].blocks]
    [[], ['g'], []]
    """
    reader = _Reader(target_of(text), filename)
    for index, line in enumerate(text.splitlines()):
        reader.read(index, line)
    return reader.functions
