"""The machine report as tables: plain text for a terminal, HTML for a notebook."""

from html import escape

from dlcourse.units import show

UNKNOWN = "unknown"
STYLE = """<style>
.dlcourse-machine :is(th, td, caption) {text-align: left !important}
.dlcourse-machine caption {color: inherit; font-weight: bold}
.dlcourse-machine :is(th, td):first-child {white-space: nowrap}
</style>"""


def of_machine(machine):
    """Lay a machine report out.

    Args:
        machine: Machine.

    Returns:
        list of tables (title, column heads, rows), every cell a string.

    >>> from dlcourse.course.machine import report
    >>> [title for title, _, _ in of_machine(report())]
    ['This machine', 'Measured', 'What runs here']
    """
    speeds = machine.speeds
    cores = ["one core", f"all {speeds[-1].cores} cores"][: len(speeds)]
    return [
        ("This machine", ["", ""], _parts(machine)),
        ("Measured", ["", *cores], _measured(speeds)),
        ("What runs here", ["", "where", "why"], [_runs(f) for f in machine.features]),
    ]


def as_text(tables):
    """Print tables with aligned columns.

    >>> print(as_text([("Fruit", ["", "price"], [["fig", "2"], ["melon", "10"]])]))
    Fruit
             price
      fig    2
      melon  10
    """
    return "\n\n".join(_text(title, [head, *rows]) for title, head, rows in tables)


def as_html(tables):
    """Write tables as HTML, in the notebook's own colours, bright or dark.

    >>> as_html([("Fruit", ["", "price"], [["fig", "2"]])]).count("<tr>")
    2
    """
    return STYLE + '<div class="dlcourse-machine">' + "".join(_html(*t) for t in tables) + "</div>"


def _parts(machine):
    cpu = machine.cpu
    cores = f"{cpu.usable_cores} to use, {cpu.physical_cores or UNKNOWN} physical, "
    compilers = [f"{compiler.command} {compiler.version}" for compiler in machine.compilers]
    installed = [f"{name} {number}" for name, number in machine.versions.items() if number]
    missing = [name for name, number in machine.versions.items() if not number]
    return [
        ["system", machine.system],
        ["CPU", cpu.model or UNKNOWN],
        ["cores", cores + f"{cpu.logical_cores or UNKNOWN} logical"],
        ["last-level cache", _quantity(cpu.cache_bytes, "B")],
        ["memory", _quantity(machine.memory_bytes, "B")],
        *(["GPU", gpu] for gpu in [_gpu(gpu) for gpu in machine.gpus] or ["no NVIDIA GPU found"]),
        ["C++ compilers", ", ".join(compilers) or "none found"],
        ["installed", ", ".join(installed)],
        *([["not installed", ", ".join(missing)]] if missing else []),
    ]


def _gpu(gpu):
    facts = {
        "": gpu.name,
        "memory": gpu.memory_bytes and _quantity(gpu.memory_bytes, "B"),
        "compute capability": gpu.compute_capability,
        "driver": gpu.driver,
        "CUDA": gpu.cuda,
    }
    return ", ".join(f"{name} {fact}".strip() for name, fact in facts.items() if fact)


def _measured(speeds):
    lines = {
        "memory copy (read + write)": ("bandwidth_bytes_per_s", "B/s"),
        "matrix product, float32": ("float32_flop_per_s", "FLOP/s"),
        "matrix product, float64": ("float64_flop_per_s", "FLOP/s"),
        "balance: float32 FLOP per byte": ("balance_flop_per_byte", "FLOP/B"),
    }
    return [
        [name, *(_quantity(getattr(s, key), unit) for s in speeds)]
        for name, (key, unit) in lines.items()
    ]


def _runs(feature):
    return [feature.name, feature.runs_on or "not here", feature.reason]


def _quantity(value, unit):
    return UNKNOWN if value is None else show(value, unit, binary=unit == "B")


def _text(title, rows):
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([title, *(f"  {line}" for line in lines if line)])


def _html(title, head, rows):
    top = [f"<thead>{_row('th', head)}</thead>"] if any(head) else []
    body = "".join(_row("td", row) for row in rows)
    return "".join(
        [f"<table><caption>{escape(title)}</caption>", *top, f"<tbody>{body}</tbody></table>"]
    )


def _row(tag, cells):
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
