"""The published bubble rates of 1F1B and ZB-H1, and what the simulator makes of the same times."""

from dataclasses import dataclass

from dlcourse.hardware.tables import rows
from dlcourse.plan.schedules import schedule
from dlcourse.plan.simulate import Times, simulate

COLUMNS = {"1F1B": "bubble_1f1b", "ZB-H1": "bubble_zb_h1"}


@dataclass(frozen=True)
class Rate:
    """A bubble rate twice: as published to four decimals, and simulated."""

    model: str
    stages: int
    micro_batches: int
    schedule: str
    published: float
    simulated: float

    @property
    def matches(self):
        """Whether the two agree to four decimals."""
        return round(self.simulated, 4) == self.published


def zero_bubble_rates():
    """Simulate the 24 published rates of 1F1B and ZB-H1 from the profiled times of their passes.

    Returns:
        list of Rate.

    Source: Qi et al. (2024), tables 5 and 9, https://arxiv.org/abs/2401.10241

    >>> rates = zero_bubble_rates()
    >>> sum(rate.matches for rate in rates), len(rates)
    (24, 24)
    """
    return [_rate(row, name) for row in rows("zero_bubble_rates") for name in COLUMNS]


def _rate(row, name):
    size = row["stages"], row["micro_batches"]
    times = (row[f"{part}_s"] for part in ("forward", "input_gradient", "weight_gradient", "comm"))
    simulated = simulate(schedule(name, *size), Times(*times)).bubble_rate
    return Rate(row["model"], *size, name, row[COLUMNS[name]], simulated)
