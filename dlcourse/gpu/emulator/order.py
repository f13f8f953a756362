"""Numbers the places of a program so that lanes of a warp that parted meet again where they should.

A warp's lanes run on their own here; to count requests, their logs are merged by taking the least
number first. That meets at the earliest common place if numbers grow along every path and each
loop's numbers lie together, with its exits behind: a weak topological order. A lane that jumps
back waits for the others at the loop's end, which has a number of its own.

Source: Bourdoncle, "Efficient chaotic iteration strategies with widenings", 1993,
https://doi.org/10.1007/BFb0039704.

Not modelled: a function called from several places without being inlined has one set of numbers;
lanes that are in it from different places may be counted as apart.
"""

from dataclasses import dataclass, field


@dataclass
class Loop:
    """A loop: its numbers are begin..end, where `end` belongs to no place; parent -1 is none."""

    begin: int
    end: int
    parent: int


@dataclass
class _Numbering:
    places: list = field(default_factory=list)  # (item, loop) by number; None at a loop's end
    loops: list = field(default_factory=list)
    done: set = field(default_factory=set)


def number(functions, is_place):
    """Give every place of a program its number.

    Args:
        functions: list of assembly.Function.
        is_place: tells how many numbers an item of a block takes: 0, 1 or 2.

    Returns:
        (list of (item, loop) or None by number, list of Loop). An item that takes two numbers
        stands there twice.

    >>> from dlcourse.gpu.emulator.assembly import Block, Function
    >>> loop = [Block("f", ["a"]), Block("h", ["b"], ["out"]), Block("", ["c"], ["h"], False),
    ...         Block("out", ["d"], [], False)]
    >>> number([Function("f", loop)], lambda item: 1)[0]
    [('a', -1), ('b', 0), ('c', 0), None, ('d', -1)]
    """
    by_name = {function.name: function for function in functions}
    called = {getattr(i, "name", None) for f in functions for b in f.blocks for i in b.items}
    result = _Numbering()
    for function in sorted(functions, key=lambda f: f.name in called):
        _function(function, by_name, is_place, -1, result)
    return result.places, result.loops


def _function(function, by_name, is_place, loop, result):
    if function.name in result.done:
        return
    result.done.add(function.name)
    onward = successors(function.blocks)

    def walk(tree, loop):
        for part in tree:
            if isinstance(part, list):
                _loop(part, loop)
                continue
            for item in function.blocks[part].items:
                result.places.extend([(item, loop)] * is_place(item))
                if callee := by_name.get(getattr(item, "name", None)):
                    _function(callee, by_name, is_place, loop, result)

    def _loop(part, parent):
        this = len(result.loops)
        result.loops.append(Loop(len(result.places), -1, parent))
        walk(part, this)
        result.loops[this].end = len(result.places)
        result.places.append(None)

    walk(arrange(range(len(function.blocks)), onward), loop)


def successors(blocks):
    """List where each block can go on.

    Args:
        blocks: list of assembly.Block.

    Returns:
        list of lists of indices.

    >>> from dlcourse.gpu.emulator.assembly import Block
    >>> successors([Block("a", [], ["b"]), Block(""), Block("b")])
    [[1, 2], [2], []]
    """
    at = {block.label: i for i, block in enumerate(blocks) if block.label}
    result = []
    for i, block in enumerate(blocks):
        onward = [i + 1] if block.falls and i + 1 < len(blocks) else []
        result.append(onward + [at[name] for name in block.targets if name in at])
    return result


def arrange(nodes, successors):
    """Order a graph's nodes weakly topologically.

    Args:
        nodes: sequence of ints; the first is the entry.
        successors: for each node, a list of nodes.

    Returns:
        list of nodes and, for each loop, a list such as this one that begins with its header.

    >>> arrange(range(4), [[1], [2, 3], [1], []])
    [0, [1, 2], 3]
    """
    inside = set(nodes)
    result = []
    for component in reversed(_components(nodes, successors, inside)):
        first = component[0]
        if len(component) == 1 and first not in successors[first]:
            result.append(first)
        else:
            header = _header(component, nodes[0], successors)
            rest = [node for node in sorted(component) if node != header]
            result.append([header, *arrange(rest, successors)])
    return result


def _header(component, entry, successors):
    """The loop's node that is entered from outside; of several, the first."""
    members = set(component)
    outside = (node for node in range(len(successors)) if node not in members)
    entered = {to for node in outside for to in successors[node]} | {entry}
    return min(members & entered, default=min(members))


def _components(nodes, successors, inside):
    """Strongly connected components, the last in topological order first (Tarjan, no recursion)."""
    index, low, stack, on_stack, result = {}, {}, [], set(), []
    for root in nodes:
        if root in index:
            continue
        work = [(root, None)]
        while work:
            node, children = work.pop()
            if children is None:
                index[node] = low[node] = len(index)
                stack.append(node)
                on_stack.add(node)
                children = iter([n for n in successors[node] if n in inside])
            for child in children:
                if child not in index:
                    work += [(node, children), (child, None)]
                    break
                if child in on_stack:
                    low[node] = min(low[node], index[child])
            else:
                _close(node, work, index, low, stack, on_stack, result)
    return result


def _close(node, work, index, low, stack, on_stack, result):
    if work:
        parent = work[-1][0]
        low[parent] = min(low[parent], low[node])
    if low[node] == index[node]:
        at = stack.index(node)
        result.append(stack[at:])
        on_stack.difference_update(stack[at:])
        del stack[at:]
