"""Sheet 09, exercise 8, wrong and right: right ones are called right_*, the rest is wrong."""


def _order(ahead, micro_batches):
    """`ahead` forward passes, then by turns, then the rest."""
    forwards = [f"F{i}" for i in range(micro_batches)]
    ahead = max(0, min(ahead, micro_batches))
    order = forwards[:ahead]
    for i in range(micro_batches):
        order += [*forwards[ahead + i : ahead + i + 1], f"BW{i}"]
    return order


def right_three_loops(stage, stages, micro_batches):
    ahead = min(stages - stage - 1, micro_batches)
    order = []
    for i in range(ahead):
        order.append(f"F{i}")
    for i in range(micro_batches - ahead):
        order.append(f"F{ahead + i}")
        order.append(f"BW{i}")
    for i in range(micro_batches - ahead, micro_batches):
        order.append(f"BW{i}")
    return order


def right_back_first_in_each_turn(stage, stages, micro_batches):
    """One more ahead, and then backward before forward: the same order."""
    first = min(stages - stage, micro_batches)
    order = [f"F{i}" for i in range(first)]
    for i in range(micro_batches):
        order.append(f"BW{i}")
        if first + i < micro_batches:
            order.append(f"F{first + i}")
    return order


def right_by_counting(stage, stages, micro_batches):
    order, done = [], {"F": 0, "BW": 0}
    while done["BW"] < micro_batches:
        held = done["F"] - done["BW"]
        go = "F" if held < stages - stage and done["F"] < micro_batches else "BW"
        order.append(f"{go}{done[go]}")
        done[go] += 1
    return order


def right_a_tuple(stage, stages, micro_batches):
    return tuple(right_by_counting(stage, stages, micro_batches))


def forgets_to_return(stage, stages, micro_batches):
    right_three_loops(stage, stages, micro_batches)


def all_forwards_first(stage, stages, micro_batches):
    return _order(micro_batches, micro_batches)


def all_forwards_then_the_last_first(stage, stages, micro_batches):
    back = [f"BW{i}" for i in reversed(range(micro_batches))]
    return [f"F{i}" for i in range(micro_batches)] + back


def one_after_the_other(stage, stages, micro_batches):
    return _order(0, micro_batches)


def one_ahead_too_many(stage, stages, micro_batches):
    return _order(stages - stage, micro_batches)


def one_ahead_too_few(stage, stages, micro_batches):
    return _order(stages - stage - 2, micro_batches)


def all_stages_alike(stage, stages, micro_batches):
    return _order(stages - 1, micro_batches)


def stages_the_wrong_way_round(stage, stages, micro_batches):
    return _order(stage, micro_batches)


def twice_as_far_ahead(stage, stages, micro_batches):
    return _order(2 * (stages - stage - 1), micro_batches)


def half_as_far_ahead(stage, stages, micro_batches):
    return _order((stages - stage - 1) // 2, micro_batches)


def as_if_there_were_always_enough(stage, stages, micro_batches):
    ahead = stages - stage - 1
    order = [f"F{i}" for i in range(ahead)]
    for i in range(micro_batches - ahead):
        order += [f"F{ahead + i}", f"BW{i}"]
    return order + [f"BW{i}" for i in range(micro_batches - ahead, micro_batches)]


def leaves_the_end_out(stage, stages, micro_batches):
    ahead = min(stages - stage - 1, micro_batches)
    order = [f"F{i}" for i in range(ahead)]
    for i in range(micro_batches - ahead):
        order += [f"F{ahead + i}", f"BW{i}"]
    return order


def back_before_forward(stage, stages, micro_batches):
    return [f"{kind}{i}" for i in range(micro_batches) for kind in ("BW", "F")]


def back_with_the_newest(stage, stages, micro_batches):
    order, held = [], []
    for i in range(micro_batches):
        order.append(f"F{i}")
        held.append(i)
        if len(held) == stages - stage:
            order.append(f"BW{held.pop()}")
    return order + [f"BW{i}" for i in reversed(held)]


def counts_from_one(stage, stages, micro_batches):
    order = right_by_counting(stage, stages, micro_batches)
    return [f"{name.rstrip('0123456789')}{int(name.lstrip('FBW')) + 1}" for name in order]


def calls_it_b(stage, stages, micro_batches):
    return [name.replace("BW", "B") for name in right_by_counting(stage, stages, micro_batches)]


def pairs(stage, stages, micro_batches):
    order = right_by_counting(stage, stages, micro_batches)
    return [(name.rstrip("0123456789"), int(name.lstrip("FBW"))) for name in order]


def one_string(stage, stages, micro_batches):
    return " ".join(right_by_counting(stage, stages, micro_batches))


def does_one_twice(stage, stages, micro_batches):
    order = right_by_counting(stage, stages, micro_batches)
    return [*order, order[-1]]


def the_first_stage_only(stage, stages, micro_batches):
    return right_by_counting(stage, stages, micro_batches) if stage == 0 else []


def a_flush_for_each_group(stage, stages, micro_batches):
    """Groups of p micro-batches, one after the other: little memory, many bubbles."""
    order = []
    for start in range(0, micro_batches, stages):
        group = range(start, min(start + stages, micro_batches))
        order += [f"F{i}" for i in group] + [f"BW{i}" for i in group]
    return order
