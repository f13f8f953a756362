"""The expert-load explorer: router, experts and their room against what is dropped and waits."""

from functools import cache

import numpy as np
import traitlets

from dlcourse.draw.experts import show_expert_load
from dlcourse.parallel.routing import route
from dlcourse.plan.experts import skewed_router
from dlcourse.widgets.base import CourseWidget, module, pack, unpack

TOKENS, EXPERTS, TOPS = (64, 256, 1024), (4, 8, 16), (1, 2, 4)
CAPACITIES = tuple(quarters / 4 for quarters in range(2, 13))  # 0.5 to 3
SKEWS = tuple(quarters / 4 for quarters in range(9))  # 0 to 2


class ExpertLoad(CourseWidget):
    """Change what a router likes and how much room experts have, and see who drops and who waits.

    The plain twin is `dlcourse.draw.experts.show_expert_load(load.routing)`.

    Args:
        tokens: of the batch, one of TOKENS.
        experts: one of EXPERTS, each on a rank of its own.
        top: experts for each token, one of TOPS.
        capacity: an expert's room, in even shares: one of CAPACITIES.
        skew: expert i, from 1, is liked in proportion to 1 / i^skew: one of SKEWS.

    Raises:
        TraitError: for what it does not offer.

    >>> load = ExpertLoad(tokens=1024, skew=0.5)
    >>> load
    ExpertLoad: 2048 choices of 8 experts, room for 320 each: imbalance 1.69, 124 dropped \
(6.05 %); the slowest takes 1.25 times as long as an even share, 24.8 % of all time is waiting
    >>> load.capacity = 2.0
    >>> load
    ExpertLoad: 2048 choices of 8 experts, room for 512 each: imbalance 1.69, 0 dropped (0 %); \
the slowest takes 1.69 times as long as an even share, 40.9 % of all time is waiting
    """

    _esm = module("experts.js")
    tokens = traitlets.Enum(TOKENS).tag(sync=True)
    experts = traitlets.Enum(EXPERTS).tag(sync=True)
    top = traitlets.Enum(TOPS).tag(sync=True)
    capacity = traitlets.Enum(CAPACITIES).tag(sync=True)
    skew = traitlets.Enum(SKEWS).tag(sync=True)
    offers = traitlets.Dict().tag(sync=True)
    table = traitlets.Any().tag(sync=True, to_json=pack, from_json=unpack)

    def __init__(self, tokens=256, experts=8, top=2, capacity=1.25, skew=0.5):
        offers = {"tokens": TOKENS, "experts": EXPERTS, "top": TOPS}
        offers |= {"capacity": CAPACITIES, "skew": SKEWS}
        super().__init__(
            tokens=tokens,
            experts=experts,
            top=top,
            capacity=capacity,
            skew=skew,
            offers={name: list(values) for name, values in offers.items()},
            table=wanted_table(),
        )

    @property
    def routing(self):
        """Where the tokens go at the present settings."""
        return route(skewed_router(self.tokens, self.experts, self.skew), self.top, self.capacity)

    def still(self):
        """Draw the same bars as SVG."""
        return show_expert_load(self.routing)

    def __repr__(self):
        return f"ExpertLoad: {self.still()!r}"


@cache
def wanted_table():
    """Count how many tokens choose each expert, for all that the widget offers.

    Returns:
        array (tokens, experts, top, skew, expert), with zeros where there is no such expert.

    >>> wanted_table().shape, int(wanted_table()[0, 0, 1, 0].sum())       # of 64 tokens
    ((3, 3, 3, 9, 16), 128)
    """
    sizes = [len(offer) for offer in (TOKENS, EXPERTS, TOPS, SKEWS)]
    table = np.zeros([*sizes, max(EXPERTS)])
    for i, j, k, m in np.ndindex(*sizes):
        chances = skewed_router(TOKENS[i], EXPERTS[j], SKEWS[m])
        wanted = route(chances, TOPS[k], CAPACITIES[0]).wanted.sum(0)
        table[i, j, k, m, : EXPERTS[j]] = wanted
    table.flags.writeable = False
    return table
