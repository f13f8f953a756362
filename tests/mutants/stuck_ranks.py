"""Sheet 07, exercise 2, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np


def _circle(waits, rank):
    at = waits[rank]
    for _ in waits:
        if at == rank:
            return True
        at = waits[at] if at >= 0 else -1
    return False


def right_freeing(waits):
    free = {rank for rank, other in enumerate(waits) if other == -1}
    while more := {r for r, other in enumerate(waits) if other in free} - free:
        free |= more
    return np.array([rank for rank in range(len(waits)) if rank not in free])


def right_walking_until_seen(waits):
    stuck = []
    for rank in range(len(waits)):
        seen, at = set(), rank
        while at != -1 and at not in seen:
            seen.add(at)
            at = int(waits[at])
        if at != -1:
            stuck.append(rank)
    return np.array(stuck, dtype=int)


def right_doubling(waits):
    """Each round looks twice as far ahead; the place behind the last rank is for those at work."""
    ahead = np.append(waits, -1)
    for _ in range(len(waits).bit_length()):
        ahead = ahead[ahead]
    return np.flatnonzero(ahead[:-1] >= 0)


def forgets_to_return(waits):
    np.array([rank for rank in range(len(waits)) if _circle(waits, rank)])


def circles_only(waits):
    return np.array([rank for rank in range(len(waits)) if _circle(waits, rank)])


def all_who_wait(waits):
    return np.flatnonzero(waits >= 0)


def pairs_only(waits):
    return np.array([r for r, other in enumerate(waits) if other >= 0 and waits[other] == r])


def circle_and_its_neighbours(waits):
    circle = {rank for rank in range(len(waits)) if _circle(waits, rank)}
    return np.array([r for r, other in enumerate(waits) if r in circle or other in circle])


def one_circle_only(waits):
    for rank in range(len(waits)):
        if _circle(waits, rank):
            circle, at = [rank], waits[rank]
            while at != rank:
                circle.append(at)
                at = waits[at]
            return np.sort(circle)
    return np.array([])


def those_who_go_on(waits):
    stuck = set(right_freeing(waits).tolist())
    return np.array([rank for rank in range(len(waits)) if rank not in stuck])


def minus_one_is_the_last_rank(waits):
    stuck = []
    for rank in range(len(waits)):
        at = rank
        for _ in waits:
            at = waits[at]
        if at >= 0:
            stuck.append(rank)
    return np.array(stuck)


def not_far_enough(waits):
    stuck = []
    for rank, at in enumerate(waits):
        for _ in range(2):
            at = waits[at] if at >= 0 else at
        if at >= 0:
            stuck.append(rank)
    return np.array(stuck)


def nobody_waits_for_itself(waits):
    waits = np.where(waits == np.arange(len(waits)), -1, waits)
    return right_freeing(waits)


def how_many(waits):
    return np.array([len(right_freeing(waits))])


def a_truth_value(waits):
    return len(right_freeing(waits)) > 0


def a_mask(waits):
    return np.isin(np.arange(len(waits)), right_freeing(waits)).astype(int)


def largest_first(waits):
    return right_freeing(waits)[::-1]


def waited_for(waits):
    return np.unique(waits[waits >= 0])


def everybody_or_nobody(waits):
    stuck = right_freeing(waits)
    return np.arange(len(waits)) if len(stuck) else stuck


def a_list(waits):
    return right_freeing(waits).tolist()


def frees_once(waits):
    free = waits == -1
    free = free | free[waits]
    return np.flatnonzero(~free)
