"""The topology builder: computers, GPUs, slots and networks to choose, and what they can carry."""

import traitlets

from dlcourse.cluster.parts import Node, cluster
from dlcourse.draw.capacity import show_capacity
from dlcourse.widgets.base import CourseWidget, module

INSIDE = ("PCIe slots", "PCIe switches", "NVLink pairs", "NVSwitch")
CHOICES = {
    "nodes": (1, 2, 4, 8),
    "gpus": (1, 2, 4, 8),
    "inside": INSIDE,
    "nics": (1, 2, 4, 8),
    "nic": ("QDR", "FDR", "EDR", "HDR", "NDR"),
    "network": ("switch", "rails", "fat tree"),
}


class TopologyBuilder(CourseWidget):
    """Choose the parts of a cluster, see it drawn, and read what it can carry.

    The plain twin is `dlcourse.draw.capacity.show_capacity(builder.topology)`. The kernel draws;
    without one the picture stays as it was stored.

    Args:
        nodes: computers, one of 1, 2, 4, 8.
        gpus: in each computer, one of 1, 2, 4, 8.
        inside: what joins the GPUs of a computer, one of INSIDE.
        nics: network cards in each computer.
        nic: which InfiniBand they are.
        network: between computers: one switch, a switch a rail, or a fat tree of two nodes a leaf.

    Raises:
        TraitError: for anything that is not among the choices.

    >>> builder = TopologyBuilder(nodes=2, gpus=2, nic="QDR")
    >>> builder
    TopologyBuilder: 4 GPUs: ring 4 GB/s a rank, narrowest at node0.nic0>switch; half to half \
4 GB/s; all-reduce of 100 MB 37.5 ms
    >>> builder.nics = 2
    >>> builder.text.split("; ")[1]
    'half to half 8 GB/s'
    """

    _esm = module("builder.js")
    nodes = traitlets.Enum(CHOICES["nodes"]).tag(sync=True)
    gpus = traitlets.Enum(CHOICES["gpus"]).tag(sync=True)
    inside = traitlets.Enum(CHOICES["inside"]).tag(sync=True)
    nics = traitlets.Enum(CHOICES["nics"]).tag(sync=True)
    nic = traitlets.Enum(CHOICES["nic"]).tag(sync=True)
    network = traitlets.Enum(CHOICES["network"]).tag(sync=True)
    choices = traitlets.Dict({name: list(values) for name, values in CHOICES.items()})
    choices.tag(sync=True)
    picture = traitlets.Tuple(traitlets.Unicode(), traitlets.Unicode()).tag(sync=True)  # SVG, text

    def __init__(
        self,
        nodes=2,
        gpus=4,
        inside="PCIe slots",
        nics=1,
        nic="HDR",
        network="switch",
    ):
        chosen = {"nodes": nodes, "gpus": gpus, "inside": inside}
        super().__init__(**chosen, nics=nics, nic=nic, network=network)
        self._draw()

    @property
    def topology(self):
        """The cluster as it is chosen."""
        node = Node(
            self.gpus,
            per_switch=0 if self.inside == "PCIe slots" else 2,
            nvlink="NVLink 3" if "NV" in self.inside else None,
            wiring="pairs" if self.inside == "NVLink pairs" else "switch",
            nics=self.nics,
            nic=f"InfiniBand {self.nic} 4x",
        )
        return cluster("yours", node, self.nodes, self.network, spines=2, per_leaf=2)

    @property
    def text(self):
        """What it can carry."""
        return self.picture[1]

    @traitlets.observe(*CHOICES)
    def _change(self, _):
        self._draw()

    def _draw(self):
        drawing = self.still()
        self.picture = drawing.svg, repr(drawing)

    def still(self):
        """Draw the present choice as SVG."""
        return show_capacity(self.topology)

    def __repr__(self):
        return f"TopologyBuilder: {self.text}"
