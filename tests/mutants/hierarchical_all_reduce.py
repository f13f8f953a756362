"""Sheet 07, exercise 6, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np


def _gather_sum(world, row, root, members):
    if world.rank == root:
        for other in members:
            if other != root:
                row += world.recv(np.empty_like(row), other)
    elif world.rank in members:
        world.send(row, root)


def _tell(world, row, root, members):
    if world.rank == root:
        for other in members:
            if other != root:
                world.send(row, other)
    elif world.rank in members:
        world.recv(row, root)


def _node(world, node):
    first = world.rank - world.rank % node
    return range(first, first + node)


def _ring(world, row, members):
    p, place = len(members), members.index(world.rank)
    parts = np.array_split(row, p)
    for step in range(2 * p - 2):
        request = world.isend(parts[(place - step) % p], members[(place + 1) % p])
        mine = parts[(place - step - 1) % p]
        arrived = world.recv(np.empty_like(mine), members[(place - 1) % p])
        mine[:] = mine + arrived if step < p - 1 else arrived
        request.wait()


def right_leaders_ring(world, row, node):
    members, leaders = _node(world, node), range(0, world.size, node)
    _gather_sum(world, row, members[0], members)
    if world.rank in leaders:
        _ring(world, row, leaders)
    _tell(world, row, members[0], members)
    return row


def right_last_of_a_node_leads(world, row, node):
    members, leaders = _node(world, node), range(node - 1, world.size, node)
    _gather_sum(world, row, members[-1], members)
    _gather_sum(world, row, leaders[-1], leaders)
    _tell(world, row, leaders[-1], leaders)
    _tell(world, row, members[-1], members)
    return row


def right_everybody_takes_a_part(world, row, node):
    """A sum in every node, known to all of it; then a ring for each part, across the nodes."""
    members = _node(world, node)
    _ring(world, row, members)
    parts, place = np.array_split(row, node), world.rank % node
    _ring(world, parts[place], range(place, world.size, node))
    for root in members:
        _tell(world, parts[root - members[0]], root, members)
    return row


def right_a_chain_of_leaders(world, row, node):
    members, last = _node(world, node), world.size - node
    _gather_sum(world, row, members[0], members)
    if world.rank == members[0]:
        if world.rank:
            row += world.recv(row.copy(), world.rank - node)
        if world.rank < last:
            world.send(row, world.rank + node)
            world.recv(row, world.rank + node)
        if world.rank:
            world.send(row, world.rank - node)
    _tell(world, row, members[0], members)
    return row


def forgets_to_return(world, row, node):
    right_leaders_ring(world, row, node)


def one_ring_over_all(world, row, node):
    _ring(world, row, range(world.size))
    return row


def one_server_for_all(world, row, node):
    _gather_sum(world, row, 0, range(world.size))
    _tell(world, row, 0, range(world.size))
    return row


def leaders_send_everything_to_everybody(world, row, node):
    members, leaders = _node(world, node), range(0, world.size, node)
    _gather_sum(world, row, members[0], members)
    if world.rank in leaders:
        mine = row.copy()
        requests = [world.isend(mine, other) for other in leaders if other != world.rank]
        for other in leaders:
            if other != world.rank:
                row += world.recv(np.empty_like(row), other)
        world.wait(*requests)
    _tell(world, row, members[0], members)
    return row


def rank_0_tells_everybody(world, row, node):
    members, leaders = _node(world, node), range(0, world.size, node)
    _gather_sum(world, row, members[0], members)
    _gather_sum(world, row, 0, leaders)
    _tell(world, row, 0, range(world.size))
    return row


def every_place_rings_with_the_whole_row(world, row, node):
    _ring(world, row, _node(world, node))
    _ring(world, row, range(world.rank % node, world.size, node))
    return row


def within_nodes_only(world, row, node):
    _ring(world, row, _node(world, node))
    return row


def between_nodes_only(world, row, node):
    _ring(world, row, range(world.rank % node, world.size, node))
    return row


def leaders_alone_know(world, row, node):
    members, leaders = _node(world, node), range(0, world.size, node)
    _gather_sum(world, row, members[0], members)
    if world.rank in leaders:
        _ring(world, row, leaders)
    return row


def rank_0_alone_knows(world, row, node):
    members, leaders = _node(world, node), range(0, world.size, node)
    _gather_sum(world, row, members[0], members)
    _gather_sum(world, row, 0, leaders)
    _tell(world, row, members[0], members)
    return row


def counts_its_node_twice(world, row, node):
    members, leaders = _node(world, node), range(0, world.size, node)
    _gather_sum(world, row, members[0], members)
    own = row.copy()
    if world.rank in leaders:
        _ring(world, row, leaders)
        row += own
    _tell(world, row, members[0], members)
    return row


def takes_node_for_the_number_of_nodes(world, row, node):
    return right_leaders_ring(world, row, world.size // node)


def leader_by_remainder(world, row, node):
    leader, leaders = world.rank % node, range(node)
    members = range(leader, world.size, node)
    _gather_sum(world, row, leader, members)
    if world.rank in leaders:
        _ring(world, row, leaders)
    _tell(world, row, leader, members)
    return row


def leaders_wait_for_each_other(world, row, node):
    members, leaders = _node(world, node), range(0, world.size, node)
    _gather_sum(world, row, members[0], members)
    if world.rank in leaders and len(leaders) > 1:
        place = leaders.index(world.rank)
        row += world.recv(np.empty_like(row), leaders[place - 1])
        world.send(row, leaders[(place + 1) % len(leaders)])
    _tell(world, row, members[0], members)
    return row


def tells_before_it_knows(world, row, node):
    members, leaders = _node(world, node), range(0, world.size, node)
    _gather_sum(world, row, members[0], members)
    _tell(world, row, members[0], members)
    if world.rank in leaders:
        _ring(world, row, leaders)
    return row


def the_mean_of_nodes(world, row, node):
    return right_leaders_ring(world, row, node) / (world.size // node)


def two_nodes_only(world, row, node):
    members = _node(world, node)
    _gather_sum(world, row, members[0], members)
    if world.rank == members[0] and world.size > node:
        other = node if world.rank == 0 else 0
        request = world.isend(row.copy(), other)
        row += world.recv(np.empty_like(row), other)
        request.wait()
    _tell(world, row, members[0], members)
    return row
