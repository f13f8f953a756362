"""What stands on the course's kernel ladders: launch rules, constants and references.

A launch rule takes a rung's compile-time constants and the inputs; a reference takes the inputs
and computes the same in NumPy, in double precision. All arrays but references' are float32.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "kernels"
THREADS = 256  # a block of the kernels whose source leaves it open
STRIDING_BLOCKS = 16  # of kernels whose threads stride over the array


@dataclass(frozen=True)
class Rung:
    """One kernel of a ladder.

    Attributes:
        ladder: its folder.
        name: as in its file's name.
        rule: function of the constants and the inputs to a dict with grid, block, args, out, and
            where needed shared_mem and more constants.
        reference: function of the inputs.
        constants: compile-time constants.
    """

    ladder: str
    name: str
    rule: Callable
    reference: Callable
    constants: dict = field(default_factory=dict)

    @property
    def path(self):
        """Where its source stands."""
        (path,) = (FOLDER / self.ladder).glob(f"[0-9]_{self.name}.cu")
        return path


def _blocks(elements, block):
    """Blocks that cover so many elements."""
    return -(-elements // block)


def _add(constants, x, y):
    out = np.empty_like(x)
    grid = (_blocks(x.size, THREADS),)
    return {"grid": grid, "block": (THREADS,), "args": (x, y, out, x.size), "out": out}


def _saxpy(constants, a, x, y, threads=None, most=None):
    out = y.copy()
    blocks = _blocks(threads or x.size, THREADS)
    grid = (min(blocks, most or blocks),)
    return {"grid": grid, "block": (THREADS,), "args": (a, x, out, x.size), "out": out}


def _saxpy_striding(constants, a, x, y):
    return _saxpy(constants, a, x, y, most=STRIDING_BLOCKS)


def _saxpy_by_fours(constants, a, x, y):
    return _saxpy(constants, a, x, y, threads=x.size // 4 + x.size % 4)


def _transpose(constants, x):
    (rows, columns), tile = x.shape, constants["TILE"]
    out = np.empty_like(x, shape=(columns, rows))
    grid = (_blocks(columns, tile), _blocks(rows, tile))
    return {"grid": grid, "block": (tile, tile), "args": (x, out, rows, columns), "out": out}


def _sum(constants, x, most=None):
    out = np.zeros_like(x, shape=1)
    blocks = _blocks(x.size, constants["THREADS"])
    grid = (min(blocks, most or blocks),)
    return {"grid": grid, "block": (constants["THREADS"],), "args": (x, out, x.size), "out": out}


def _sum_striding(constants, x):
    return _sum(constants, x, most=STRIDING_BLOCKS)


def _scan(constants, x):
    out = np.empty_like(x)
    rows, n = x.shape
    return {"grid": (rows,), "block": (constants["THREADS"],), "args": (x, out, n), "out": out}


def _matmul(constants, a, b):
    (m, k), n = a.shape, b.shape[1]
    out = np.empty_like(a, shape=(m, n))
    side = constants.get("TILE") or constants["SIDE"]
    wide = side * constants.get("EACH", 1)
    grid = (_blocks(n, wide), _blocks(m, wide))
    return {"grid": grid, "block": (side, side), "args": (a, b, out, m, n, k), "out": out}


def _matmul_vectorised(constants, a, b):
    return _matmul(constants | {"EACH": 4}, a, b)


def _convolve(constants, x, w):
    out = np.empty_like(x)
    threads = constants["THREADS"]
    args = (x, w, out, x.size, w.size)
    return {"grid": (_blocks(x.size, threads),), "block": (threads,), "args": args, "out": out}


def _convolve_tiled(constants, x, w):
    tile_bytes = x.itemsize * (constants["THREADS"] + w.size - 1)
    return _convolve(constants, x, w) | {"shared_mem": tile_bytes}


def _convolve_constant(constants, x, w):
    rule = _convolve(constants, x, w)
    filters = {"TAPS": w.size, "w": np.asarray(w.tolist(), w.dtype)}  # for the host, in any case
    return rule | {"args": (x, rule["out"], x.size), "constants": filters}


def _heat(constants, x, c):
    (rows, columns), tile = x.shape, constants["TILE"]
    out = np.empty_like(x)
    grid = (_blocks(columns, tile), _blocks(rows, tile))
    return {"grid": grid, "block": (tile, tile), "args": (x, out, c, rows, columns), "out": out}


def correlate(x, w):
    """Correlate a signal with a filter, zeros outside, as many outputs as inputs.

    Args:
        x: array (n,).
        w: array (taps,).

    Returns:
        array (n,) of float64.

    >>> correlate(np.array([1.0, 2, 3]), np.array([1.0, 10, 100]))
    array([210., 321.,  32.])
    """
    padded = np.pad(x.astype(float), (w.size // 2, w.size - 1 - w.size // 2))
    return np.correlate(padded, w.astype(float), "valid")


def heat(x, c):
    """Let heat flow for one step; the border keeps its values.

    Args:
        x: array (rows, columns).
        c: share of the difference to each neighbour that flows, at most 1/4.

    Returns:
        array (rows, columns) of float64.

    >>> heat(np.pad([[8.0]], 1), 0.25)[1]
    array([0., 0., 0.])
    """
    y = x.astype(float)
    around = y[:-2, 1:-1] + y[2:, 1:-1] + y[1:-1, :-2] + y[1:-1, 2:]
    y[1:-1, 1:-1] += c * (around - 4 * y[1:-1, 1:-1])
    return y


def _ladder(name, reference, **rules):
    """The rungs of one ladder, from name=(rule, constants)."""
    return tuple(
        Rung(name, rung, rule, reference, constants) for rung, (rule, constants) in rules.items()
    )


def _saxpy_reference(a, x, y):
    return np.float64(np.float32(a)) * x + y


LADDERS = {
    "vector": (
        *_ladder("vector", lambda x, y: x.astype(float) + y, add=(_add, {})),
        *_ladder(
            "vector",
            _saxpy_reference,
            saxpy=(_saxpy, {}),
            grid_stride=(_saxpy_striding, {}),
            vectorised=(_saxpy_by_fours, {}),
        ),
    ),
    "transpose": _ladder(
        "transpose",
        np.transpose,
        naive=(_transpose, {"TILE": 32}),
        tiled=(_transpose, {"TILE": 32}),
        padded=(_transpose, {"TILE": 32}),
    ),
    "reduction": _ladder(
        "reduction",
        lambda x: x.sum(dtype=float, keepdims=True),
        divergent=(_sum, {"THREADS": THREADS}),
        sequential=(_sum, {"THREADS": THREADS}),
        shuffle=(_sum_striding, {"THREADS": THREADS}),
    ),
    "scan": _ladder(
        "scan",
        lambda x: x.cumsum(axis=1, dtype=float),
        hillis_steele=(_scan, {"THREADS": THREADS}),
        blelloch=(_scan, {"THREADS": THREADS}),
        shuffle=(_scan, {"THREADS": THREADS}),
    ),
    "matmul": _ladder(
        "matmul",
        lambda a, b: a.astype(float) @ b,
        naive=(_matmul, {"TILE": 32}),
        tiled=(_matmul, {"TILE": 32}),
        register_tiled=(_matmul, {"SIDE": 16, "EACH": 4, "DEPTH": 16}),
        vectorised=(_matmul_vectorised, {"SIDE": 16}),
    ),
    "convolution": _ladder(
        "convolution",
        correlate,
        naive=(_convolve, {"THREADS": THREADS}),
        tiled=(_convolve_tiled, {"THREADS": THREADS}),
        constant=(_convolve_constant, {"THREADS": THREADS}),
    ),
    "stencil": _ladder(
        "stencil",
        heat,
        naive=(_heat, {"TILE": 16}),
        tiled=(_heat, {"TILE": 16}),
    ),
}
