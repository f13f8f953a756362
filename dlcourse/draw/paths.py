"""Two ways from GPU to GPU as time lines: five staged copies, and one by RDMA below."""

from dlcourse.cluster.paths import effective_bandwidth, path_seconds, timeline
from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, label
from dlcourse.units import show

WIDTH, LEFT, RIGHT, TOP, ROW = 780, 130, 24, 14, 34
MOST = 128  # chunks drawn one by one
SHADES = ("#9fd3f0", "#56B4E9")  # of chunks, in turn


def show_paths(staged, direct, size, chunks=1):
    """Draw when each stage copies each chunk, and the direct way on the same time axis.

    The axis ends where store and forward would, so that more chunks make the picture shorter.

    Args:
        staged: sequence of Stage, such as `cluster.paths.staged()`.
        direct: the same for the direct way, such as `cluster.paths.direct()`.
        size: bytes of the message.
        chunks: of the staged way.

    Returns:
        Drawing.

    >>> from dlcourse.cluster.paths import direct, staged
    >>> show_paths(staged(), direct(), 40e6)
    40 MB staged in 1 chunk: 20.2 ms, 1.98 GB/s; by RDMA 10 ms, 4 GB/s
    """
    end = max(path_seconds(staged, size), path_seconds(staged, size, chunks))
    scale = (WIDTH - LEFT - RIGHT) / end
    parts = []
    for row, stage in enumerate((*staged, *direct)):
        y = TOP + ROW * row + (10 if row >= len(staged) else 0)
        name = stage.name if row < len(staged) else "by RDMA"
        parts.append(label(LEFT - 10, y + ROW / 2, name, 13, "end"))
        line = {"x1": LEFT, "x2": WIDTH - RIGHT, "y1": y + ROW / 2, "y2": y + ROW / 2}
        parts.append(element("line", stroke=COLORS["line"], **line))
    parts += _bars(timeline(staged, size, chunks), chunks, scale, TOP, len(staged))
    below = TOP + ROW * len(staged) + 10
    parts += _bars(timeline(direct, size), 1, scale, below, len(direct), COLORS["green"])
    height = below + ROW * len(direct) + 30
    parts += _axis(end, height - 24)
    return document(WIDTH, height, parts, describe(staged, direct, size, chunks))


def describe(staged, direct, size, chunks):
    """Say how long both ways take and what bandwidth that is.

    Args:
        staged, direct, size, chunks: as for `show_paths`.

    Returns:
        str.

    >>> from dlcourse.cluster.paths import direct, staged
    >>> describe(staged("InfiniBand EDR 4x"), direct("InfiniBand EDR 4x"), 1e6, 4)
    '1 MB staged in 4 chunks: 205 µs, 4.89 GB/s; by RDMA 89.6 µs, 11.2 GB/s'
    """
    words = []
    for path, count in ((staged, chunks), (direct, 1)):
        seconds = show(path_seconds(path, size, count), "s")
        words.append(f"{seconds}, {show(effective_bandwidth(path, size, count), 'B/s')}")
    pieces = f"{chunks} chunk{'s' * (chunks != 1)}"
    return f"{show(size, 'B')} staged in {pieces}: {words[0]}; by RDMA {words[1]}"


def _bars(copies, chunks, scale, top, stages, fill=None):
    """A bar for each chunk in each stage; too many to be seen are one bar a stage."""
    spans = [(c.stage, c.start, c.end, fill or SHADES[c.chunk % 2]) for c in copies]
    if chunks > MOST:
        spans = [
            (
                i,
                min(c.start for c in copies if c.stage == i),
                max(c.end for c in copies if c.stage == i),
                fill or SHADES[1],
            )
            for i in range(stages)
        ]
    return [
        element(
            "rect",
            x=LEFT + scale * start,
            y=top + ROW * stage + 7,
            width=max(scale * (end - start), 0.5),
            height=ROW - 14,
            fill=color,
            stroke=COLORS["muted"],
            stroke_width=0.5,
        )
        for stage, start, end, color in spans
    ]


def _axis(end, y):
    parts = []
    for i in range(5):
        x = LEFT + (WIDTH - LEFT - RIGHT) * i / 4
        words = show(end * i / 4, "s") if i else "0"
        parts.append(label(x, y + 10, words, 11, "middle" if i < 4 else "end", COLORS["muted"]))
    return parts
