"""A traced launch as a profiler and a sanitizer would tell it, in text and HTML.

Not modelled: time, caches, registers, latency. Counts belong to the code that the host's compiler
makes of the source; a GPU's compiler may merge, reorder or keep in registers what stands here.
"""

from dataclasses import dataclass
from functools import cached_property
from html import escape

from dlcourse.gpu.counters import count
from dlcourse.gpu.roofline import gpu_roof
from dlcourse.units import show

HEAD = ("line", "source", "FLOP", "at work")
HEAD += ("operation", "array", "requests", "lanes", "takes", "at best")
STYLE = """<style>
.dlcourse-profile :is(th, td) {text-align: left !important; vertical-align: top}
.dlcourse-profile :is(th, td):not(:nth-child(2)) {white-space: nowrap}
</style>"""
SOURCE_WIDTH = 48  # characters of a source line in text; HTML shows all


class Findings(tuple):
    """What is wrong with a kernel, one finding after the other; empty when it is clean.

    >>> Findings()
    no findings
    """

    __slots__ = ()

    def __repr__(self):
        return "\n".join(finding.message for finding in self) or "no findings"

    __str__ = __repr__

    def _repr_html_(self):
        items = "".join(f"<li>{_code(finding.message)}</li>" for finding in self)
        return f"<ul>{items}</ul>" if self else "<p>no findings</p>"


@dataclass(frozen=True)
class Position:
    """Where a kernel stands under a GPU's roofline.

    Attributes:
        roof: Roof.
        intensity: FLOP per byte of traffic.
    """

    roof: object
    intensity: float

    @property
    def bound(self):
        """What limits the kernel: "memory" or "arithmetic"."""
        return self.roof.bound(self.intensity)

    @property
    def flop_per_s(self):
        """The rate that the kernel cannot exceed."""
        return self.roof.attainable(self.intensity)

    def __repr__(self):
        rate, share = show(self.flop_per_s, "FLOP/s"), self.flop_per_s / self.roof.flop_per_s
        at = f"at {show(self.intensity, 'FLOP/B')} at most {rate}, {100 * share:.3g} % of its peak"
        return f"{self.roof.name}: {at}; {self.bound} is the limit"


class Profile:
    """What a traced launch asked of the machine, by source line.

    Attributes:
        trace: KernelTrace.
        cost: Counters, the totals.
        findings: Findings.

    >>> from dlcourse.trace import Access, KernelTrace
    >>> load = Access(3, "y[i] = x[2 * i];", "x", "global", "load", 4, 2, 64, 16, 8)
    >>> trace = KernelTrace("even", (1, 1, 1), (64, 1, 1), (load,), flop={"float32": 64})
    >>> Profile(trace)  # doctest: +ELLIPSIS
    even: grid (1,), block (64,)
    line  source            FLOP  at work  operation ...
       3  y[i] = x[2 * i];                 load 4 B global ...
    global memory: 16 sectors, 512 B of traffic, 50 % of it asked for
    arithmetic: 64 float32, 0.125 FLOP/B
    no findings
    """

    def __init__(self, trace):
        """Report a trace."""
        self.trace, self.findings = trace, Findings(trace.findings)

    @cached_property
    def cost(self):
        """The totals by name, which cost targets are stated in."""
        return count(self.trace)

    def roofline(self, gpu, arithmetic="fp32"):
        """Place the kernel under the roofline of a GPU, counting every sector it asked for.

        Args:
            gpu: a name of the table gpu_specs, such as "H100 SXM", or a Roof.
            arithmetic: what the GPU computes in, as for `gpu_roof`.

        Returns:
            Position.

        Raises:
            ValueError: if the kernel moved nothing, or there is no such GPU.
        """
        if self.cost.intensity is None:
            raise ValueError(f"{self.trace.name} touched no global memory: it has no intensity")
        roof = gpu_roof(gpu, arithmetic) if isinstance(gpu, str) else gpu
        return Position(roof, self.cost.intensity)

    def __repr__(self):
        rows = [[line, _cut(source), *cells] for line, source, *cells in self._rows()]
        widths = [max(map(len, column)) for column in zip(HEAD, *rows, strict=True)]
        lines = [
            "  ".join([row[0].rjust(widths[0]), *map(str.ljust, row[1:], widths[1:])]).rstrip()
            for row in [HEAD, *rows] * bool(rows)
        ]
        return "\n".join([self._title(), *lines, *self._totals(), repr(self.findings)])

    def _repr_html_(self):
        head = "".join(f"<th>{name}</th>" for name in HEAD)
        body = "".join(
            f"<tr><td>{line}</td><td>{f'<code>{escape(source)}</code>' * bool(source)}</td>"
            + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            + "</tr>"
            for line, source, *cells in self._rows()
        )
        totals = "<br>".join(map(escape, self._totals()))
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        title = f"<p><b>{escape(self._title())}</b></p>"
        parts = STYLE, title, table, f"<p>{totals}</p>", self.findings._repr_html_()
        return f'<div class="dlcourse-profile">{"".join(parts)}</div>'

    def _title(self):
        grid, block = (_extent(e) for e in (self.trace.grid, self.trace.block))
        return f"{self.trace.name}: grid {grid}, block {block}"

    def _rows(self):
        """The table's cells; what a line computed stands beside its first operation."""
        accesses, lines = {}, {line.line: line for line in self.trace.lines}
        for access in self.trace.accesses:
            accesses.setdefault(access.line, []).append(access)
        for number in sorted(accesses.keys() | lines):
            found = sorted(accesses.get(number, []), key=_writes)
            head = _head(number, lines.get(number), found)
            if found or any(head[2:]):
                yield (*head, *(_operation(found[0]) if found else [""] * 6))
            for access in found[1:]:
                yield (*[""] * len(head), *_operation(access))

    def _totals(self):
        """Sentences on the whole launch."""
        cost, trace = self.cost, self.trace
        if cost.sectors:
            traffic = f"{cost.sectors:,} sectors, {show(cost.traffic_bytes, 'B')} of traffic"
            asked = _percent(cost.global_bytes, cost.traffic_bytes)
            yield f"global memory: {traffic}, {asked} of it asked for"
        if cost.shared_requests:
            took = f"{cost.shared_requests:,} requests took {cost.shared_wavefronts:,} wavefronts"
            size = show(cost.shared_bytes, "B", binary=True)
            yield f"shared memory: {size} a block, {took}, {cost.bank_conflicts:,} by conflicts"
        if cost.flop:
            kinds = ", ".join(f"{n:,} {kind}" for kind, n in sorted(trace.flop.items()) if n)
            per_byte = f", {show(cost.intensity, 'FLOP/B')}" if cost.sectors else ""
            yield f"arithmetic: {kinds}{per_byte}"
        if trace.lanes_offered:
            share = _percent(trace.lanes_run, trace.lanes_offered)
            barriers = f", {cost.barriers:,} barriers" if cost.barriers else ""
            yield f"warps: {share} of their lanes at work{barriers}"


def _writes(access):
    """What is read comes before what is written."""
    return access.kind == "store"


def _head(number, line, accesses):
    """The cells that all of a line share."""
    text = (line or accesses[0]).text.strip()
    if line is None:
        return str(number), text, "", ""
    flop = sum(line.flop.values())
    diverged = line.lanes_run < line.lanes_offered
    share = _percent(line.lanes_run, line.lanes_offered) if diverged else ""
    return str(number), text, f"{flop:,}" if flop else "", share


def _operation(access):
    """The cells of one operation from its name on."""
    name = f"{access.kind} {access.width} B {access.space}"
    requests = access.requests or 1
    unit, took, ideal = {
        "global": ("sector", access.sectors, access.ideal_sectors),
        "shared": ("wavefront", access.wavefronts, access.ideal_wavefronts),
    }.get(access.space, ("", 0, 0))
    counts = (_number(access.requests), _number(access.lanes / requests))
    if not unit:
        return name, access.array, *counts, "", ""
    each = _number(took / requests)
    takes = f"{each} {unit}{'' if each == '1' else 's'}"
    return name, access.array, *counts, takes, _number(ideal / requests)


def _percent(part, whole):
    """A share."""
    return f"{100 * part / whole:.0f} %"


def _cut(source):
    """A source line that fits the text."""
    return source if len(source) <= SOURCE_WIDTH else source[: SOURCE_WIDTH - 1] + "…"


def _number(value):
    """A count, or a mean with two places where it is no whole number."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _extent(extent):
    """A grid or block as one would write it."""
    kept = extent[: 3 if extent[2] > 1 else 2 if extent[1] > 1 else 1]
    return str(tuple(kept))


def _code(message):
    """A message with its `source` set as code."""
    parts = escape(message).split("`")
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(parts))
