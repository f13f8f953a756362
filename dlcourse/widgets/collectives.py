"""Which collective wins: a map to move over, for several networks."""

import numpy as np
import traitlets

from dlcourse.cluster.collectives.costs import AlphaBeta
from dlcourse.cluster.parts import hop_seconds, medium, way
from dlcourse.draw.collectives import ALGORITHMS, POWERS, RANKS, cost_table, show_collective_map
from dlcourse.widgets.base import CourseWidget, module, pack, unpack

NETWORKS = ("10 GbE", "InfiniBand QDR 4x", "InfiniBand NDR 4x", "NVLink 4")


class CollectiveMap(CourseWidget):
    """Move over message sizes and ranks, and read which all-reduce is fastest by its closed form.

    The plain twin is `dlcourse.draw.collectives.show_collective_map(network(name), at)`.

    Args:
        network: one of NETWORKS, or a name in `more`.
        ranks: one of RANKS.
        power: the message has 2 ** power bytes: 3 to 30.
        more: dict name -> AlphaBeta, such as your own measurements.

    Raises:
        TraitError: for an unknown network, or a place off the map.

    >>> CollectiveMap("NVLink 4", ranks=6, power=30)
    CollectiveMap, NVLink 4: 6 ranks, 1.07 GB: ring 3.98 ms; times that: \
halving-doubling 2.1, naive 3, tree 3.6, server 5.99
    """

    _esm = module("collectives.js", "units.js")
    networks = traitlets.List(traitlets.Unicode()).tag(sync=True)
    network = traitlets.Unicode().tag(sync=True)
    ranks = traitlets.Enum(RANKS).tag(sync=True)
    power = traitlets.Enum(POWERS).tag(sync=True)
    rows = traitlets.List(list(RANKS)).tag(sync=True)
    columns = traitlets.List(list(POWERS)).tag(sync=True)
    algorithms = traitlets.List([[name, *how] for name, how in ALGORITHMS.items()]).tag(sync=True)
    table = traitlets.Any().tag(sync=True, to_json=pack, from_json=unpack)

    def __init__(self, network="InfiniBand QDR 4x", ranks=8, power=20, more=None):
        self.nets = {name: network_of(name) for name in NETWORKS} | (more or {})
        super().__init__(
            networks=list(self.nets),
            network=network,
            ranks=ranks,
            power=power,
            table=np.array([cost_table(net) for net in self.nets.values()]),
        )

    @traitlets.validate("network")
    def _check_network(self, proposal):
        if proposal.value not in self.nets:
            raise traitlets.TraitError(f"{proposal.value!r}: choose one of {', '.join(self.nets)}")
        return proposal.value

    def still(self):
        """Draw the same map as SVG."""
        return show_collective_map(self.nets[self.network], (self.ranks, self.power))

    def __repr__(self):
        return f"CollectiveMap, {self.network}: {self.still()!r}"


def network_of(name):
    """Describe a network of one medium: latency from NCCL's model, bandwidth by the data sheet.

    Args:
        name: of a medium.

    Returns:
        AlphaBeta.

    >>> network_of("NVLink 4").alpha
    4.7e-07
    """
    return AlphaBeta(hop_seconds(way(name), "LL"), 1 / medium(name).bandwidth)
