"""Eight bits to turn on and off, and the value they stand for in four codebooks."""

import traitlets

from dlcourse.draw.codebook import NAMES, ground, read_code, read_number, show_codebook
from dlcourse.parallel.codebooks import codebook
from dlcourse.widgets.base import CourseWidget, module


class CodebookBits(CourseWidget):
    """Turn bits on and off, type a number, and see four codebooks' values and errors.

    The plain twin is `dlcourse.draw.codebook.show_codebook(widget.code, widget.value)`.

    Args:
        code: 0 to 255, or its eight bits as text, the sign first.
        value: number whose codes are wanted, -1 to 1, a millionth or more.

    Raises:
        TraitError: for another code or number.

    >>> bits = CodebookBits("0100 1011")
    >>> bits.code
    75
    >>> bits.code = "1000 0001"
    >>> repr(bits).split("; ")[0]
    'CodebookBits: 10000001: dynamic -1, static -1.437e-05, mantissa -0.0001, linear -0.007874'
    """

    _esm = module("codebook.js", "picture.js")
    code = traitlets.TraitType(0b01001100).tag(sync=True)
    value = traitlets.TraitType(0.2345678).tag(sync=True)
    books = traitlets.List().tag(sync=True)  # of [name, magnitudes by code, every digit]
    ground = traitlets.Unicode().tag(sync=True)

    def __init__(self, code=0b01001100, value=0.2345678):
        books = [[name, " ".join(map(str, codebook(name).magnitudes.tolist()))] for name in NAMES]
        super().__init__(code=code, value=value, books=books, ground="".join(ground()))

    @traitlets.validate("code", "value")
    def _read(self, proposal):
        read = {"code": read_code, "value": read_number}[proposal.trait.name]
        try:
            return read(proposal.value)
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from None

    def still(self):
        """Draw the same codes as SVG."""
        return show_codebook(self.code, self.value)

    def __repr__(self):
        return f"CodebookBits: {self.still()!r}"
