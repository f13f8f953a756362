"""Build topologies from parts: computers with GPUs, and the network between them.

Not modelled: the link between two sockets of one computer (both count as one CPU), a protocol's
overhead: real transfers reach some 80 to 90 % of these bandwidths.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType

from dlcourse.cluster.errors import check_counts
from dlcourse.cluster.topology import Link, Topology
from dlcourse.hardware.tables import rows

# Who is NVLinked to whom in a DGX-1 with V100s, and by how many links: the hybrid cube mesh.
# GPUs 0 and 1 as NCCL prints them (https://github.com/NVIDIA/nccl/issues/671), the others from
# memory; each GPU's six links add up.
SINGLE, DOUBLE = "01 02 13 26 37 45 46 57", "03 04 12 15 23 47 56 67"
CUBE_MESH = MappingProxyType(
    {(int(i), int(j)): n for n, pairs in ((1, SINGLE), (2, DOUBLE)) for i, j in pairs.split()}
)
NETWORKS = ("cable", "switch", "rails", "fat tree")
LANES = (1, 2, 4, 8, 16)
NVLINK = ("switch", "cube", "pairs")


@dataclass(frozen=True)
class Medium:
    """What a link is made of: bandwidth in B/s for each direction, latency in s."""

    name: str
    bandwidth: float
    latency: float


@dataclass(frozen=True)
class Node:
    """One computer.

    Attributes:
        gpus: how many.
        pcie: medium of all slots.
        per_switch: GPUs that share a PCIe switch, and its one uplink; 0: each has its own slot.
        uplink: "full" or "half" duplex of that uplink.
        nvlink: medium of all the NVLinks of one GPU together, or None.
        wiring: of NVLink: through a "switch", as DGX-1's "cube" mesh, or as bridged "pairs".
        nics: network cards; below the PCIe switches if there are any, in turn.
        nic: medium of the network.
    """

    gpus: int
    pcie: str = "PCIe 4.0 x16"
    per_switch: int = 0
    uplink: str = "full"
    nvlink: str | None = None
    wiring: str = "switch"
    nics: int = 0
    nic: str = "InfiniBand HDR 4x"

    def __post_init__(self):
        check_counts(gpus=self.gpus)
        if self.nics < 0 or self.per_switch < 0:
            raise ValueError(f"nics={self.nics}, per_switch={self.per_switch}: give 0 or more")
        if self.wiring not in NVLINK:
            raise ValueError(f"wiring={self.wiring!r}: use one of {', '.join(NVLINK)}")
        if self.nvlink and self.wiring == "cube" and self.gpus != 8:
            raise ValueError(f"a cube mesh joins 8 GPUs, not {self.gpus}")


def medium(name):
    """Look up a medium: bandwidth by the data sheet, latency from NCCL's model of a hop.

    NCCL counts a message between neighbours at 0.47 µs over NVLink, 1.0 µs over PCIe and 2.7 µs
    over a network (protocol LL, ring). Each of those ways has two links of its kind, the last one
    four PCIe links besides; a link has its share.

    Args:
        name: a link of the table `links`, or its beginning, such as "NVLink 4"; PCIe with any
            number of lanes, such as "PCIe 3.0 x8".

    Returns:
        Medium.

    Raises:
        ValueError: if no link, or more than one, has such a name.

    >>> medium("PCIe 3.0 x8").bandwidth, medium("InfiniBand QDR 4x").bandwidth
    (7875000000.0, 4000000000.0)
    """
    slot, lanes = re.fullmatch(r"(PCIe [\d.]+) x(\d+)|.*", name).groups()
    wanted = f"{slot} x16" if slot else name
    if slot and int(lanes) not in LANES:
        raise ValueError(f"{name!r}: a slot has {', '.join(map(str, LANES))} lanes")
    found = [row for row in rows("links") if row["link"].startswith(wanted)]
    if len(found) != 1:
        names = ", ".join(row["link"] for row in found or rows("links"))
        raise ValueError(f"{name!r}: {len(found) or 'no'} such links; name one of {names}")
    bandwidth = found[0]["bytes_per_s"] * (int(lanes) / 16 if slot else 1)
    return Medium(name, bandwidth, _latency(name))


def cluster(name, node, nodes=1, network="rails", spines=0, per_leaf=4, oversubscription=1):
    """Join computers by a network.

    Args:
        name: of the topology.
        node: Node.
        nodes: how many.
        network: "cable" (two nodes, card to card), "switch" (one for all), "rails" (card k of
            every node on switch k, as the makers of GPU pods advise) or "fat tree" (`per_leaf`
            nodes share a leaf switch).
        spines: switches that join the rails, or the leaves; a cable or one switch needs none.
        per_leaf: nodes at a leaf switch of a fat tree.
        oversubscription: what enters a leaf or rail from its nodes, over what leaves it upwards.

    Returns:
        Topology, with the GPUs as devices, node by node.

    Raises:
        ValueError: if the parts do not fit.

    >>> cluster("two", Node(4, nvlink="NVLink 3", nics=1), nodes=2, network="cable")
    two: 8 devices, 19 links
    """
    check_counts(nodes=nodes, per_leaf=per_leaf)
    _check_network(name, node, nodes, network, spines, oversubscription)
    names = [f"node{i}" for i in range(nodes)]
    devices = tuple(f"{n}.gpu{i}" for n in names for i in range(node.gpus))
    links = [link for n in names for link in _node_links(n, node)]
    if nodes > 1:
        links += _network_links(names, node, network, spines, per_leaf, oversubscription)
    return Topology(name, devices, tuple(links))


def _check_network(name, node, nodes, network, spines, oversubscription):
    rules = {
        f"network={network!r}: use one of {', '.join(NETWORKS)}": network in NETWORKS,
        "nodes without a NIC can't be joined: give nics": nodes == 1 or node.nics,
        f"a cable joins 2 nodes, not {nodes}": network != "cable" or nodes <= 2,
        "a fat tree needs spines=1 or more": network != "fat tree" or spines >= 1 or nodes == 1,
        f"spines={spines}, oversubscription={oversubscription}: "
        "spines from 0, oversubscription above 0": spines >= 0 and oversubscription > 0,
    }
    for rule, holds in rules.items():
        if not holds:
            raise ValueError(f"{name}: {rule}")


def _join(a, b, kind, duplex="full"):
    return Link(a, b, kind.bandwidth, kind.latency, duplex, kind.name)


def _node_links(n, node):
    """NVLinks first, then PCIe; what stands below a switch is shared out evenly."""
    pcie, cpu = medium(node.pcie), f"{n}.cpu"
    switches = -(-node.gpus // node.per_switch) if node.per_switch else 0
    below = [f"{n}.pcie{i}" for i in range(switches)] or [cpu]
    links = _nvlinks(n, node)
    links += [
        _join(f"{n}.gpu{i}", below[i * len(below) // node.gpus], pcie) for i in range(node.gpus)
    ]
    links += [_join(switch, cpu, pcie, node.uplink) for switch in below if switch != cpu]
    return links + [
        _join(below[i * len(below) // node.nics], f"{n}.nic{i}", pcie) for i in range(node.nics)
    ]


def _nvlinks(n, node):
    if not node.nvlink:
        return []
    whole, gpu = medium(node.nvlink), f"{n}.gpu"
    if node.wiring == "switch":
        return [_join(f"{gpu}{i}", f"{n}.nvswitch", whole) for i in range(node.gpus)]
    pairs = {(i, i + 1): 6 for i in range(0, node.gpus - 1, 2)}
    wired = CUBE_MESH if node.wiring == "cube" else pairs
    return [_join(f"{gpu}{i}", f"{gpu}{j}", _bundle(whole, k)) for (i, j), k in wired.items()]


def _bundle(whole, links):
    """Some of a GPU's six links, straight to another GPU: one hop where a switch makes two."""
    name = f"{whole.name}, {links} of 6 links" if links < 6 else whole.name
    return Medium(name, whole.bandwidth * links / 6, 2 * whole.latency)


def _network_links(names, node, network, spines, per_leaf, oversubscription):
    wire, cards = medium(node.nic), range(node.nics)
    if network == "cable":
        return [_join(f"{names[0]}.nic{k}", f"{names[1]}.nic{k}", wire) for k in cards]
    leaf = {
        "switch": lambda i, k: "switch",
        "rails": lambda i, k: f"rail{k}",
        "fat tree": lambda i, k: f"leaf{i // per_leaf}",
    }[network]
    links = [_join(f"{n}.nic{k}", leaf(i, k), wire) for i, n in enumerate(names) for k in cards]
    below = [link.b for link in links if network != "switch"]
    for name in dict.fromkeys(below):
        up = _times(wire, below.count(name) / max(spines, 1) / oversubscription)
        links += [_join(name, f"spine{s}", up) for s in range(spines)]
    return links


def _times(wire, count):
    name = wire.name if count == 1 else f"{wire.name} × {count:g}"
    return Medium(name, wire.bandwidth * count, wire.latency)


def way(name):
    """The kind of way that NCCL's latency model puts a medium under.

    Args:
        name: of a medium.

    Returns:
        "NVLink", "PCIe" or "network".

    >>> way("PCIe 3.0 x8"), way("InfiniBand QDR 4x")
    ('PCIe', 'network')
    """
    return next((known for known in ("NVLink", "PCIe") if name.startswith(known)), "network")


def hop_seconds(way, protocol):
    """NCCL's time for a message of no size between neighbours in a ring.

    Args:
        way: "NVLink", "PCIe" or "network".
        protocol: "LL" writes data and flag at once, "Simple" hands over whole buffers.

    Returns:
        Seconds.

    >>> hop_seconds("PCIe", "Simple")
    5.7e-06
    """
    wanted = f"NCCL hop latency {way}, Ring", protocol
    table = rows("latency_constants")
    return next(r["value"] for r in table if (r["quantity"], r["protocol"]) == wanted)


def _latency(name):
    """A link's share of NCCL's time for a hop between neighbours."""
    if way(name) != "network":
        return hop_seconds(way(name), "LL") / 2
    return (hop_seconds("network", "LL") - 2 * hop_seconds("PCIe", "LL")) / 2
