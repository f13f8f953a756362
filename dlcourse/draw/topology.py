"""Topologies as pictures: what is wired to what, how wide, and how much goes over it."""

import math
from collections import Counter

from dlcourse.cluster.parts import way
from dlcourse.cluster.topology import Hop, kind
from dlcourse.draw.places import BOX, LEFT, OUTSIDE, layout
from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, label
from dlcourse.units import show

MOST = 64  # devices in one drawing
HEIGHT = 22  # of a vertex
ABOVE = 14  # a drawing of messages: room for words
ASIDE = 6  # of its line: messages in opposite directions pass each other
TINTS = {"gpu": "#d6efe5", "device": "#d6efe5", "nic": "#dbeefa", "nvswitch": "#d6efe5"}
LINES = {"NVLink": COLORS["green"], "PCIe": COLORS["muted"], "network": COLORS["blue"]}


def show_topology(topology, link_bytes=None):
    """Draw devices, links and all between; thicker lines are wider links.

    Args:
        topology: Topology of at most 64 devices.
        link_bytes: channel -> bytes that crossed it, as a trace has them; then thickness is the
            time that a link was busy (bytes / bandwidth), and unused links are faint.

    Returns:
        Drawing.

    Raises:
        ValueError: if there are too many devices to be read.

    >>> from dlcourse.cluster.presets import topology
    >>> post = topology("qdr-2014")
    >>> show_topology(post)
    qdr-2014: 4 devices, 7 links; PCIe 3.0 x16, 15.8 GB/s; InfiniBand QDR 4x, 4 GB/s
    >>> show_topology(post, {"node0.nic0>node1.nic0": 8e9, "node0.gpu0>node0.cpu": 8e9})
    qdr-2014: 4 devices, 7 links; busy longest: node0.nic0>node1.nic0, 8 GB in 2 s
    """
    plan = plan_of(topology)
    if link_bytes is None:
        widths = {link.name: _width(link) for link in topology.links}
        parts, words = _legend(topology, plan), "; ".join(_media(topology))
        height = plan.height + 10 * len(parts)
    else:
        busy = busy_seconds(topology, link_bytes)
        widths = _busy_widths(topology, busy)
        words = _busiest(busy, link_bytes)
        parts, height = [label(12, plan.height + 4, words, anchor="start")], plan.height + 20
    return document(
        max(plan.width, LEFT + 230, 24 + 7 * len(words) * (link_bytes is not None)),
        height,
        [*_frames(plan), *_lines(topology, plan, widths), *_boxes(topology, plan), *parts],
        f"{topology!r}; {words}",
    )


def show_messages(topology, trace, at):
    """Draw the messages that are under way at one moment, each where it is on its route.

    Args:
        topology: Topology that the trace is of.
        trace: ClusterTrace.
        at: seconds.

    Returns:
        Drawing; a message is a dot with "source→dest" on the right-hand side of its wire.

    >>> from dlcourse.cluster.presets import topology
    >>> from dlcourse.trace import ClusterTrace, Message
    >>> trace = ClusterTrace(4, 2.0, [Message(0, 1, 8, 0, 0.0, 1.0, 2.0)])
    >>> show_messages(topology("qdr-2014"), trace, at=0.5)
    at 500 ms: 1 message under way: 0→1
    """
    plan = plan_of(topology)
    flying = [m for m in trace.messages if m.start <= at < m.arrival]
    used = {hop.link.name for m in flying for hop in topology.route(m.source, m.dest)}
    widths = {link.name: _width(link) * (link.name in used) for link in topology.links}
    dots = [part for m in flying for part in _dot(topology, plan, m, at)]
    pairs = Counter(f"{m.source}→{m.dest}" for m in flying)
    names = ", ".join(f"{pair} ({n} of them)" if n > 1 else pair for pair, n in pairs.items())
    count = f"{len(flying)} message{'s' * (len(flying) != 1)} under way: {names or 'none'}"
    now = f"at {show(at, 's')}"
    title = label(LEFT, plan.height + 8, now, anchor="start", font_weight="bold")
    shapes = [*_frames(plan), *_lines(topology, plan, widths), *_boxes(topology, plan)]
    room = element("g", "".join([*shapes, title, *dots]), transform=f"translate(0 {ABOVE})")
    return document(plan.width + 24, plan.height + 24 + ABOVE, [room], f"{now}: {count}")


def plan_of(topology):
    """Place a topology's vertices, if there are not too many.

    Args:
        topology: Topology.

    Returns:
        Layout.

    Raises:
        ValueError: for more than 64 devices.

    >>> from dlcourse.cluster.topology import star
    >>> len(plan_of(star(3)).places)
    4
    """
    if len(topology.devices) > MOST:
        raise ValueError(f"{topology!r}: a drawing holds at most {MOST}; draw fewer nodes")
    return layout(topology)


def busy_seconds(topology, link_bytes):
    """How long each channel was busy: bytes over bandwidth.

    Args:
        topology: Topology.
        link_bytes: channel -> bytes.

    Returns:
        dict, channel -> seconds.

    Raises:
        ValueError: for a channel that the topology doesn't have.

    >>> from dlcourse.cluster.topology import star
    >>> busy_seconds(star(2, bandwidth=1e9), {"device0>switch": 500})
    {'device0>switch': 5e-07}
    """
    width = {}
    for link in topology.links:
        for hop in (Hop(link, link.a, link.b), Hop(link, link.b, link.a)):
            width[hop.channel] = link.bandwidth
    unknown = [channel for channel in link_bytes if channel not in width]
    if unknown:
        raise ValueError(f"{topology.name} has no link {unknown[0]}: is the trace of another one?")
    return {channel: size / width[channel] for channel, size in link_bytes.items()}


def _busiest(busy, link_bytes):
    if not any(busy.values()):
        return "nothing was sent"
    name = max(busy, key=busy.get)
    return f"busy longest: {name}, {show(link_bytes[name], 'B')} in {show(busy[name], 's')}"


def _media(topology):
    """Each medium with its bandwidth, once."""
    pairs = dict.fromkeys((link.medium or "link", link.bandwidth) for link in topology.links)
    return [f"{medium}, {show(bandwidth, 'B/s')}" for medium, bandwidth in pairs]


def _legend(topology, plan):
    parts, seen = [], {}
    for link in topology.links:
        seen.setdefault((link.medium or "link", link.bandwidth), link)
    for i, (link, words) in enumerate(zip(seen.values(), _media(topology), strict=True)):
        y = plan.height + 20 * i
        line = {"x1": LEFT, "y1": y, "x2": LEFT + 34, "y2": y, "stroke": _color(link)}
        parts.append(element("line", stroke_width=_width(link), **line))
        parts.append(label(LEFT + 44, y, words, anchor="start"))
    return parts


def _width(link):
    """Twice the bandwidth adds the same thickness."""
    return 1 + 0.8 * math.log2(max(link.bandwidth / 1e9, 1))


def _busy_widths(topology, busy):
    most = max(busy.values(), default=0) or 1
    sides = {link.name: ((link.a, link.b), (link.b, link.a)) for link in topology.links}
    return {
        link.name: 9
        * max(busy.get(Hop(link, *side).channel, 0) for side in sides[link.name])
        / most
        for link in topology.links
    }


def _color(link):
    return LINES[way(link.medium)]


def _frames(plan):
    """A box around each computer, its name, and the names of the rows."""
    ys = [y for row, y in plan.rows.items() if row not in OUTSIDE]
    parts = []
    for name, left, right in plan.computers:
        top, bottom = min(ys) - 24, plan.height - 12
        box = {"x": left - 6, "y": top, "width": right - left + 12, "height": bottom - top}
        parts.append(element("rect", fill="none", stroke=COLORS["line"], rx=8, **box))
        parts.append(label((left + right) / 2, bottom - 9, name, 11, fill=COLORS["muted"]))
    names = [label(12, y, row, 12, "start", COLORS["muted"]) for row, y in plan.rows.items()]
    return parts + names


def _lines(topology, plan, widths):
    """One path a link; 0 is a link that stays faint."""
    parts = []
    for link in sorted(topology.links, key=lambda link: widths[link.name]):
        width = widths[link.name]
        look = {"stroke": _color(link) if width else COLORS["line"], "stroke_width": width or 1}
        if link.duplex == "half":
            look["stroke_dasharray"] = "5 3"
        parts.append(element("path", d=_way(plan.places, link.a, link.b), fill="none", **look))
    return parts


def _curve(places, a, b):
    """Both ends of a line from a to b, and the point between that it bends towards.

    Straight from row to row; in one row a bow: up between NICs, down between GPUs.
    """
    here, there = places[a], places[b]
    if here.row == there.row:
        up = -1 if here.row in (*OUTSIDE, "NICs") else 1
        bow = here.y + up * (26 + 0.5 * abs(here.x - there.x) * (up > 0))
        return (here.x, here.y), ((here.x + there.x) / 2, bow), (there.x, there.y)
    bar, small = (here, there) if here.width > there.width else (there, here)
    far = abs(small.x - bar.x) > bar.width / 2
    xs = [bar.x if far and place is bar else small.x for place in (here, there)]
    return (xs[0], here.y), (sum(xs) / 2, (here.y + there.y) / 2), (xs[1], there.y)


def _way(places, a, b):
    points = ("{:g} {:g}".format(*point) for point in _curve(places, a, b))
    return "M{}Q{} {}".format(*points)


def _boxes(topology, plan):
    parts, rank = [], {device: i for i, device in enumerate(topology.devices)}
    for vertex, place in plan.places.items():
        fill = TINTS.get(kind(vertex), COLORS["faint"])
        corner = {"x": place.x - place.width / 2, "y": place.y - HEIGHT / 2, "rx": 4}
        size = {"width": place.width, "height": HEIGHT}
        parts.append(element("rect", fill=fill, stroke=COLORS["muted"], **corner, **size))
        number = vertex[len(vertex.rstrip("0123456789")) :]
        words = rank.get(vertex, number)
        if words != "":
            parts.append(label(place.x, place.y, words, 12 if place.width <= BOX else 11))
    return parts


def _dot(topology, plan, message, at):
    """Where a message is, on the right-hand side of its way: the same time for each hop."""
    hops = topology.route(message.source, message.dest)
    if not hops:
        return []
    done = len(hops) * (at - message.start) / (message.arrival - message.start)
    hop = hops[min(int(done), len(hops) - 1)]
    x, y, across, down = _spot(plan.places, hop, done - int(done))
    look = {"fill": COLORS["vermilion"], "stroke": COLORS["paper"], "stroke_width": 1.5}
    halo = {"stroke": COLORS["paper"], "stroke_width": 3, "paint_order": "stroke"}
    spot, anchor = (x, y + math.copysign(15, down)), "middle"
    if abs(across) > abs(down):
        spot, anchor = (x + math.copysign(9, across), y), "start" if across > 0 else "end"
    words = f"{message.source}→{message.dest}"
    return [
        element("circle", cx=x, cy=y, r=6, **look),
        label(*spot, words, 11, anchor, font_weight="bold", **halo),
    ]


def _spot(places, hop, share):
    """A point beside a hop's line, and the direction from the line to it: (x, y, across, down)."""
    start, bend, end = _curve(places, hop.source, hop.dest)
    x, y = (
        (1 - share) ** 2 * a + 2 * share * (1 - share) * b + share**2 * c
        for a, b, c in zip(start, bend, end, strict=True)
    )
    dx, dy = (
        (1 - share) * (b - a) + share * (c - b) for a, b, c in zip(start, bend, end, strict=True)
    )
    across, down = -dy / math.hypot(dx, dy), dx / math.hypot(dx, dy)
    return x + ASIDE * across, y + ASIDE * down, across, down
