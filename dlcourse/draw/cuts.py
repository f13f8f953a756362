"""A dense layer's three products, cut between ranks: what each has, and what becomes of results.

Letters name the axes: b samples, i inputs, o outputs. Cut along a letter that stays in the result,
every rank has a piece of it; along one that is summed over, a term.
"""

from types import MappingProxyType

from dlcourse.draw.style import COLORS, SERIES
from dlcourse.draw.svg import document, element, label

PRODUCTS = MappingProxyType(
    {  # left, right and result, each with its axes
        "forward": (("x", "bi"), ("W", "io"), ("y", "bo")),
        "backward": (("δ", "bo"), ("Wᵀ", "oi"), ("δ Wᵀ", "bi")),
        "gradient": (("xᵀ", "ib"), ("δ", "bo"), ("∇W", "io")),
    }
)
CUTS = MappingProxyType({"o": "between outputs", "i": "between inputs", "b": "between samples"})
LEFT, TOP, PANEL, ROW, SIGN = 76, 54, 250, 128, 20
LARGEST = 66  # pixels of the longest axis
APART = 7  # pixels between terms that lie on each other
HALO = MappingProxyType({"paint_order": "stroke", "stroke": COLORS["paper"], "stroke_width": 3})


def becomes(product, cut):
    """Say what the ranks do with their results.

    Args:
        product: a key of PRODUCTS.
        cut: the letter of the axis that is cut, a key of CUTS.

    Returns:
        "add" if each has a term of the sum; "stack" if each has a piece that all need; "stays" if
        a piece is where it is needed: samples, and gradients of a rank's own weights.

    Raises:
        KeyError: for another product.

    >>> [becomes(product, "o") for product in PRODUCTS], becomes("gradient", "b")
    (['stack', 'add', 'stays'], 'add')
    """
    axes = PRODUCTS[product][2][1]
    if cut not in axes:
        return "add"
    return "stays" if cut == "b" or product == "gradient" else "stack"


def show_cuts(batch, inputs, outputs, ranks=2):
    """Draw the three products of a dense layer under each of the three cuts.

    Args:
        batch, inputs, outputs: lengths of the axes.
        ranks: 1 to 6.

    Returns:
        Drawing.

    Raises:
        ValueError: for more ranks than can be told apart, and for lengths below their number.

    >>> show_cuts(4, 8, 6, ranks=2)
    cut between outputs: forward 4×8 · 8×3, stack; backward 4×3 · 3×8, add; gradient 8×4 · 4×3, \
stays. cut between inputs: forward 4×4 · 4×6, add; backward 4×6 · 6×4, stack; gradient 4×4 · 4×6, \
stays. cut between samples: forward 2×8 · 8×6, stays; backward 2×6 · 6×8, stays; gradient 8×2 · \
2×6, add
    """
    sizes = {"b": batch, "i": inputs, "o": outputs}
    if not 1 <= ranks <= min(len(SERIES), *sizes.values()):
        raise ValueError(f"ranks={ranks}: give 1 to {len(SERIES)}, and no axis shorter than that")
    parts = _legend(ranks)
    for column, (cut, name) in enumerate(CUTS.items()):
        x = LEFT + PANEL * column
        parts.append(label(x + PANEL / 2, TOP - 8, f"cut {name}", 14, font_weight="bold"))
        for row, product in enumerate(PRODUCTS):
            parts += _panel(product, cut, sizes, ranks, x, TOP + ROW * row)
    for row, product in enumerate(PRODUCTS):
        parts.append(label(LEFT - 8, TOP + ROW * (row + 0.45), product, 13, "end"))
    return document(
        LEFT + PANEL * len(CUTS), TOP + ROW * len(PRODUCTS), parts, _words(sizes, ranks)
    )


def _words(sizes, ranks):
    columns = []
    for cut, name in CUTS.items():
        told = [f"{p} {_shapes(p, cut, sizes, ranks)}, {becomes(p, cut)}" for p in PRODUCTS]
        columns.append(f"cut {name}: {'; '.join(told)}")
    return ". ".join(columns)


def _shapes(product, cut, sizes, ranks):
    """Shapes of a rank's two factors; of the first rank, if it has more."""
    mine = sizes | {cut: -(-sizes[cut] // ranks)}
    return " · ".join(
        "×".join(str(mine[axis]) for axis in axes) for _, axes in PRODUCTS[product][:2]
    )


def _panel(product, cut, sizes, ranks, left, top):
    """One product: two factors, a result, and a line of words below."""
    scale = LARGEST / max(sizes.values()) ** 0.5
    pixels = {axis: max(14, scale * length**0.5) for axis, length in sizes.items()}
    matrices = PRODUCTS[product]
    wide = sum(pixels[axes[1]] for _, axes in matrices) + 2 * SIGN
    x, middle, parts = left + (PANEL - wide) / 2, top + 0.45 * ROW, []
    for place, (name, axes) in enumerate(matrices):
        height, width = (pixels[axis] for axis in axes)
        box = x, middle - height / 2, width, height
        term = place == 2 and cut not in axes
        parts += _terms(*box, ranks) if term else _matrix(*box, axes.find(cut), ranks)
        parts.append(label(x + width / 2, middle, name, 13, **HALO))
        if place < 2:
            parts.append(label(x + width + SIGN / 2, middle, "·="[place], 15))
        x += width + SIGN
    words = f"{_shapes(product, cut, sizes, ranks)}:"
    verdict = becomes(product, cut)
    line = [label(left + PANEL / 2 - 20, top + ROW - 12, words, 11.5, fill=COLORS["muted"])]
    at = left + PANEL / 2 - 20 + 3.3 * len(words) + 6
    look = {"font_weight": "normal" if verdict == "stays" else "bold"}
    return [*parts, *line, label(at, top + ROW - 12, verdict, 13, "start", **look)]


def _matrix(x, y, width, height, axis, ranks):
    """A matrix that all ranks have, or with a strip for each of them."""
    if axis < 0:
        return [_box(x, y, width, height, COLORS["faint"], 1)]
    strips = []
    for rank in range(ranks):
        share = (
            (x, y + height * rank / ranks, width, height / ranks),
            (x + width * rank / ranks, y, width / ranks, height),
        )[axis]
        strips.append(_box(*share, COLORS[SERIES[rank]], 0.35))
    return strips


def _terms(x, y, width, height, ranks):
    """Terms of a sum, one lying on the other."""
    shifts = [APART * (rank - (ranks - 1) / 2) for rank in range(ranks)]
    return [
        _box(x + shift, y + shift, width, height, COLORS[SERIES[rank]], 0.35)
        for rank, shift in enumerate(shifts)
    ]


def _box(x, y, width, height, fill, opacity):
    box = {"x": x, "y": y, "width": width, "height": height}
    return element("rect", **box, fill=fill, fill_opacity=opacity, stroke=COLORS["ink"])


def _legend(ranks):
    """Whose is what."""
    names = {f"rank {rank}": (COLORS[SERIES[rank]], 0.35) for rank in range(ranks)}
    names["all ranks"] = COLORS["faint"], 1
    parts, x = [], LEFT
    for name, (fill, opacity) in names.items():
        parts += [_box(x, 12, 16, 12, fill, opacity), label(x + 22, 18, name, 12, "start")]
        x += 44 + 7 * len(name)
    words = "overlapping: each has a term of the sum"
    return [*parts, label(x, 18, words, 12, "start", COLORS["muted"])]
