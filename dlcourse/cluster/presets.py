"""Topologies by name, from the two computers of the 2014 post to today's pods."""

from dataclasses import dataclass
from types import MappingProxyType

from dlcourse.cluster.parts import Node, cluster


@dataclass(frozen=True)
class Preset:
    """A node and how many of it are joined by which network, with a sentence on what it is."""

    node: Node
    about: str
    nodes: int = 1
    network: str = "rails"
    spines: int = 4


def _dgx(nvlink, pcie, nic):
    """Eight GPUs on NVSwitch, four PCIe switches with two GPUs and two network cards each."""
    return Node(8, pcie, per_switch=2, nvlink=nvlink, nics=8, nic=nic)


PRESETS = MappingProxyType(
    {
        "qdr-2014": Preset(
            Node(2, "PCIe 3.0 x16", nics=1, nic="InfiniBand QDR 4x"),
            "the 2014 post: two computers, four GPUs in all, 40 Gbit/s InfiniBand by one cable",
            nodes=2,
            network="cable",
        ),
        "box-2015": Preset(
            Node(4, "PCIe 3.0 x16", per_switch=2, uplink="half", nics=1, nic="InfiniBand FDR 4x"),
            "the 2015 paper: slots in pairs behind a switch, one message per pair at a time",
        ),
        "pcie4-box": Preset(
            Node(4, "PCIe 4.0 x16", nics=1, nic="InfiniBand HDR 4x"),
            "a workstation: four GPUs, each in a slot of its own",
        ),
        "dgx-1": Preset(
            Node(8, "PCIe 3.0 x16", 2, "full", "NVLink 2", "cube", 4, "InfiniBand EDR 4x"),
            "eight V100: NVLinks as a cube mesh, four network cards",
        ),
        "dgx-a100": Preset(
            _dgx("NVLink 3", "PCIe 4.0 x16", "InfiniBand HDR 4x"), "eight A100 on NVSwitch"
        ),
        "dgx-h100": Preset(
            _dgx("NVLink 4", "PCIe 5.0 x16", "InfiniBand NDR 4x"), "eight H100 on NVSwitch"
        ),
        "dgx-h200": Preset(
            _dgx("NVLink 4", "PCIe 5.0 x16", "InfiniBand NDR 4x"), "eight H200 on NVSwitch"
        ),
        "dgx-b200": Preset(
            _dgx("NVLink 5", "PCIe 5.0 x16", "InfiniBand NDR 4x"), "eight B200 on NVSwitch"
        ),
    }
)


def topology(name, nodes=None):
    """Build a preset, with as many nodes as you like.

    Args:
        name: one of PRESETS.
        nodes: how many computers; one, or what the name stands for, if left out.

    Returns:
        Topology.

    Raises:
        ValueError: if there is no such preset, or its network can't join that many.

    >>> topology("qdr-2014")
    qdr-2014: 4 devices, 7 links
    >>> [hop.dest for hop in topology("dgx-h100").route(0, 7)]
    ['node0.nvswitch', 'node0.gpu7']
    """
    if name not in PRESETS:
        raise ValueError(f"{name!r} is no preset: there are {', '.join(PRESETS)}")
    preset = PRESETS[name]
    count = preset.nodes if nodes is None else nodes
    title = name if count == preset.nodes else f"{name} × {count}"
    return cluster(title, preset.node, count, preset.network, preset.spines)
