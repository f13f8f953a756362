"""Sheet 09, exercise 10, wrong and right: right ones are called right_*, the rest is wrong."""

import math

import numpy as np


def _room(chosen, experts, factor):
    return math.ceil(factor * len(chosen) / experts)


def _queued(chosen, room):
    """Each token's place among those who chose the same, -1 from `room` on."""
    places, taken = [], {}
    for expert in chosen.tolist():
        place = taken.get(expert, 0)
        taken[expert] = place + 1
        places.append(place if place < room else -1)
    return np.array(places)


def right_with_a_loop(chosen, experts, factor):
    room = -(-factor * len(chosen) // experts)
    free, places = np.zeros(experts, int), []
    for expert in chosen:
        places.append(int(free[expert]) if free[expert] < room else -1)
        free[expert] += 1
    return np.array(places)


def right_expert_by_expert(chosen, experts, factor):
    places = np.full(len(chosen), -1)
    for expert in range(experts):
        queue = np.flatnonzero(chosen == expert)[: _room(chosen, experts, factor)]
        places[queue] = np.arange(len(queue))
    return places


def right_by_sorting(chosen, experts, factor):
    order = np.argsort(chosen, kind="stable")
    begins = np.searchsorted(chosen[order], chosen[order])
    places = np.empty(len(chosen), int)
    places[order] = np.arange(len(chosen)) - begins
    places[places >= factor * (len(chosen) / experts)] = -1
    return places


def right_by_all_pairs(chosen, experts, factor):
    earlier = np.tril(chosen[:, None] == chosen, -1).sum(axis=1)
    return np.where(earlier < _room(chosen, experts, factor), earlier, -1)


def forgets_to_return(chosen, experts, factor):
    right_with_a_loop(chosen, experts, factor)


def rounds_down(chosen, experts, factor):
    return _queued(chosen, math.floor(factor * len(chosen) / experts))


def rounds_to_the_nearest(chosen, experts, factor):
    return _queued(chosen, round(factor * len(chosen) / experts))


def rounds_before_the_factor(chosen, experts, factor):
    return _queued(chosen, factor * math.ceil(len(chosen) / experts))


def no_factor(chosen, experts, factor):
    return _queued(chosen, _room(chosen, experts, 1.0))


def one_too_many(chosen, experts, factor):
    return _queued(chosen, _room(chosen, experts, factor) + 1)


def nobody_is_dropped(chosen, experts, factor):
    return _queued(chosen, len(chosen))


def counts_from_one(chosen, experts, factor):
    places = _queued(chosen, _room(chosen, experts, factor))
    return np.where(places < 0, -1, places + 1)


def from_the_back(chosen, experts, factor):
    return _queued(chosen[::-1], _room(chosen, experts, factor))[::-1]


def one_queue_for_all(chosen, experts, factor):
    places = np.arange(len(chosen))
    return np.where(places < _room(chosen, experts, factor), places, -1)


def goes_to_the_next_expert(chosen, experts, factor):
    room, taken, places = _room(chosen, experts, factor), [0] * experts, []
    for expert in chosen.tolist():
        if taken[expert] >= room:
            expert = (expert + 1) % experts
        places.append(taken[expert] if taken[expert] < room else -1)
        taken[expert] += 1
    return np.array(places)


def starts_again(chosen, experts, factor):
    room = _room(chosen, experts, factor)
    return _queued(chosen, len(chosen)) % room


def the_last_place_for_all_others(chosen, experts, factor):
    room = _room(chosen, experts, factor)
    return np.minimum(_queued(chosen, len(chosen)), room - 1)


def experts_that_were_chosen(chosen, experts, factor):
    return _queued(chosen, _room(chosen, len(np.unique(chosen)), factor))


def kept_or_not(chosen, experts, factor):
    return (_queued(chosen, _room(chosen, experts, factor)) >= 0).astype(int)


def numbers_of_the_kept(chosen, experts, factor):
    return np.flatnonzero(_queued(chosen, _room(chosen, experts, factor)) >= 0)


def slots_of_all_experts(chosen, experts, factor):
    room = _room(chosen, experts, factor)
    places = _queued(chosen, room)
    return np.where(places < 0, -1, chosen * room + places)


def room_of_all_together(chosen, experts, factor):
    return _queued(chosen, math.ceil(factor * len(chosen)))


def counts_neighbours_only(chosen, experts, factor):
    places, room = [], _room(chosen, experts, factor)
    for i, expert in enumerate(chosen):
        same = i > 0 and chosen[i - 1] == expert
        places.append(places[-1] + 1 if same else 0)
    return np.where(np.array(places) < room, places, -1)


def a_list(chosen, experts, factor):
    return _queued(chosen, _room(chosen, experts, factor)).tolist()


def zero_for_the_dropped(chosen, experts, factor):
    return np.maximum(_queued(chosen, _room(chosen, experts, factor)), 0)
