"""How fast an all-reduce is on a real machine: three constants a system, fitted to its sweep.

Bus bandwidth is what a ring sends from each GPU, V = 2 (p - 1) / p n bytes, over the time: that
can be compared with the link, whatever p. The model is

    seconds = 2 (p - 1) latency + (V + sqrt(ramp V)) / bandwidth

The first term is the alpha-beta model's. The square root is what cutting into chunks costs: with
few chunks the pipeline stands empty at its ends, with many each one pays its start, and at the best
number of chunks both together grow with the square root of V. At V = ramp half of the peak is
reached, latency aside. Without it, measured curves rise more slowly to their peak than any
latency can explain.

Not modelled: a change of protocol at some size (bumps of up to 25 % at 1 to 16 MB), slower links
between some of the GPUs, other traffic.

Source of bus bandwidth: https://github.com/NVIDIA/nccl-tests, doc/PERFORMANCE.md.
"""

from dataclasses import dataclass
from statistics import median

import numpy as np

from dlcourse.cluster.collectives.fit import least_relative_squares
from dlcourse.hardware.tables import rows

LARGE = 2**20  # bytes from which on errors are counted: below, it is all latency


@dataclass(frozen=True)
class BusModel:
    """What a system needs for an all-reduce.

    Attributes:
        latency: seconds for each of the 2 (p - 1) steps of a ring.
        bandwidth: bytes/s of bus bandwidth that very long arrays come near to.
        ramp: bytes sent at which half of it is reached, latency aside.
    """

    latency: float
    bandwidth: float
    ramp: float

    def seconds(self, n, p):
        """How long p GPUs take to all-reduce n bytes; numbers or NumPy arrays.

        >>> BusModel(latency=1e-6, bandwidth=1e9, ramp=0).seconds(10**6, 2)
        0.001002
        """
        sent = bytes_sent(n, p)
        return steps(p) * self.latency + (sent + (self.ramp * sent) ** 0.5) / self.bandwidth

    def bus_bandwidth(self, n, p):
        """Bus bandwidth in bytes/s of that all-reduce."""
        return bytes_sent(n, p) / self.seconds(n, p)


@dataclass(frozen=True)
class Sweep:
    """All-reduces measured on one system: arrays of bytes, GPUs and seconds of equal length."""

    sizes: np.ndarray
    ranks: np.ndarray
    seconds: np.ndarray

    def where(self, keep):
        """The rows for which a mask, or a slice, says so."""
        return Sweep(self.sizes[keep], self.ranks[keep], self.seconds[keep])


def bytes_sent(n, p):
    """Bytes that each rank of a ring sends to all-reduce n bytes.

    >>> bytes_sent(1000, 4)
    1500.0
    """
    return 2 * (p - 1) / p * n


def steps(p):
    """Steps of a ring all-reduce.

    >>> steps(8)
    14
    """
    return 2 * (p - 1)


def calibrate(sweep):
    """Fit the three constants to a system's sweep.

    Args:
        sweep: Sweep of at least three sizes; small ones say most about latency.

    Returns:
        BusModel.

    Raises:
        ValueError: for fewer than three sizes, or a GPU alone, which sends nothing.

    >>> true = BusModel(latency=2e-6, bandwidth=1e11, ramp=1e6)
    >>> sizes = 2.0 ** np.arange(15, 31)
    >>> found = calibrate(Sweep(sizes, np.full(16, 8), true.seconds(sizes, 8)))
    >>> round(found.latency / 1e-6, 6), round(found.bandwidth / 1e11, 6), round(found.ramp, 3)
    (2.0, 1.0, 1000000.0)
    """
    if len(set(map(float, sweep.sizes))) < 3:
        raise ValueError(f"{len(sweep.sizes)} rows: three constants need three sizes or more")
    if np.min(sweep.ranks) < 2:
        raise ValueError(f"ranks={np.min(sweep.ranks):g}: leave out GPUs that have no peer")
    sent = bytes_sent(sweep.sizes, sweep.ranks)
    columns = [steps(sweep.ranks), sent, np.sqrt(sent)]
    latency, per_byte, per_root = least_relative_squares(columns, sweep.seconds)
    if per_byte == 0:
        raise ValueError("times do not grow with size: add arrays of 64 MB and more to the sweep")
    return BusModel(float(latency), float(1 / per_byte), float((per_root / per_byte) ** 2))


def expected(link_bandwidth, known):
    """Guess the constants of a system that nobody has measured, from its data sheet and others.

    Args:
        link_bandwidth: bytes/s of a GPU's links in one direction, from the data sheet.
        known: list of (link_bandwidth, BusModel) of other systems.

    Returns:
        BusModel with the others' median share of the link, latency and ramp.

    >>> expected(2e9, [(1e9, BusModel(1e-6, 8e8, 1e6))])
    BusModel(latency=1e-06, bandwidth=1600000000.0, ramp=1000000.0)
    """
    share = median(model.bandwidth / link for link, model in known)
    latency, ramp = (median(getattr(m, name) for _, m in known) for name in ("latency", "ramp"))
    return BusModel(latency, share * link_bandwidth, ramp)


def error(model, sweep, above=LARGE):
    """Mean relative error of the predicted bus bandwidth.

    Args:
        model: BusModel.
        sweep: Sweep.
        above: bytes; shorter arrays are left out.

    Returns:
        Mean of |predicted / measured - 1|.

    Raises:
        ValueError: if no array is long enough.

    >>> model = BusModel(0, 1e9, 0)
    >>> round(error(model, Sweep(np.array([2**21]), np.array([2]), np.array([2**21 / 9e8]))), 3)
    0.111
    """
    large = sweep.where(sweep.sizes >= above)
    if not len(large.sizes):
        raise ValueError(f"no array of {above} bytes or more among {len(sweep.sizes)}: lower above")
    predicted = model.bus_bandwidth(large.sizes, large.ranks)
    return float(
        np.mean(np.abs(predicted * large.seconds / bytes_sent(large.sizes, large.ranks) - 1))
    )


def sweeps():
    """Read the published sweeps of the course's tables.

    Returns:
        dict, system's name -> Sweep.

    >>> sorted(sweeps())
    ['8xA100 NVLink3 node', '8xH200 NVLink4 node', 'TitanX', 'TitanX_Pascal']
    """
    found = {}
    for table, name in (("busbw_sweeps", "system"), ("deepbench_allreduce", "gpu")):
        for row in rows(table):
            found.setdefault(row[name], []).append((row["bytes"], row["gpus"], row["seconds"]))
    return {name: Sweep(*np.array(listed, float).T) for name, listed in found.items()}
