"""Sheet 08, exercise 5, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np


def _walk(sizes, limit, fits=lambda filled, size, limit: filled + size <= limit, keep=0):
    """From the last to the first, with what decides about a bucket as parameters."""
    numbers = np.zeros(len(sizes), int)
    number, filled = 0, 0
    for i in reversed(range(len(sizes))):
        if filled and not fits(filled, sizes[i], limit):
            number, filled = number + 1, keep * filled
        numbers[i] = number
        filled += sizes[i]
    return numbers


def right_room_left(sizes, limit):
    numbers, number, room = [], -1, 0
    for size in sizes[::-1]:
        if size > room or number < 0:
            number, room = number + 1, limit
        numbers.append(number)
        room -= size
    return np.array(numbers[::-1])


def right_groups_first(sizes, limit):
    groups = [[]]
    for i in range(len(sizes) - 1, -1, -1):
        if groups[-1] and sum(sizes[j] for j in groups[-1]) + sizes[i] > limit:
            groups.append([])
        groups[-1].append(i)
    numbers = np.empty(len(sizes))
    for number, group in enumerate(groups):
        numbers[group] = number
    return numbers


def right_one_bucket_after_the_other(sizes, limit):
    numbers, end, number = np.zeros(len(sizes), int), len(sizes), 0
    while end:
        start = end - 1
        while start and sizes[start - 1 : end].sum() <= limit:
            start -= 1
        numbers[start:end] = number
        end, number = start, number + 1
    return numbers


def forgets_to_return(sizes, limit):
    _walk(sizes, limit)


def first_tensor_first(sizes, limit):
    return _walk(sizes[::-1], limit)[::-1]


def numbers_the_other_way_round(sizes, limit):
    numbers = _walk(sizes, limit)
    return numbers.max() - numbers


def in_backward_order(sizes, limit):
    return _walk(sizes, limit)[::-1]


def numbers_from_one(sizes, limit):
    return _walk(sizes, limit) + 1


def below_the_limit(sizes, limit):
    return _walk(sizes, limit, lambda filled, size, limit: filled + size < limit)


def closed_when_over_the_limit(sizes, limit):
    return _walk(sizes, limit, lambda filled, size, limit: filled <= limit)


def closed_when_full(sizes, limit):
    return _walk(sizes, limit, lambda filled, size, limit: filled < limit)


def never_emptied(sizes, limit):
    return _walk(sizes, limit, keep=1)


def emptied_of_the_tensor_too(sizes, limit):
    numbers = np.zeros(len(sizes), int)
    number, filled = 0, 0
    for i in reversed(range(len(sizes))):
        filled += sizes[i]
        if filled > limit and i < len(sizes) - 1:
            number, filled = number + 1, 0
        numbers[i] = number
    return numbers


def large_one_opens_bucket_1(sizes, limit):
    numbers = np.zeros(len(sizes), int)
    number, filled = 0, 0
    for i in reversed(range(len(sizes))):
        if filled + sizes[i] > limit:
            number, filled = number + 1, 0
        numbers[i] = number
        filled += sizes[i]
    return numbers


def bytes_over_limit(sizes, limit):
    before = np.cumsum(sizes[::-1])[::-1]
    return (before - 1) // limit


def where_it_begins(sizes, limit):
    before = np.cumsum(sizes[::-1])[::-1] - sizes
    return before // limit


def one_bucket_each(sizes, limit):
    return np.arange(len(sizes))[::-1]


def all_in_one(sizes, limit):
    return np.zeros(len(sizes), int)


def equal_counts(sizes, limit):
    a_bucket = max(1, int(limit // sizes.mean()))
    return np.arange(len(sizes))[::-1] // a_bucket


def reopens_a_bucket(sizes, limit):
    filled, numbers = [], np.zeros(len(sizes), int)
    for i in reversed(range(len(sizes))):
        fits = [b for b, bytes_ in enumerate(filled) if bytes_ + sizes[i] <= limit]
        if not fits:
            filled.append(0)
        numbers[i] = fits[0] if fits else len(filled) - 1
        filled[numbers[i]] += sizes[i]
    return numbers


def large_one_shares(sizes, limit):
    """A tensor larger than a bucket is not counted."""
    return _walk(np.where(sizes > limit, 0, sizes), limit)


def large_one_cut(sizes, limit):
    return _walk(np.minimum(sizes, limit - 1), limit)


def bucket_sizes(sizes, limit):
    return np.bincount(_walk(sizes, limit), weights=sizes)


def groups_not_numbers(sizes, limit):
    numbers = _walk(sizes, limit)
    return [np.flatnonzero(numbers == n).tolist() for n in range(numbers.max() + 1)]


def largest_first(sizes, limit):
    order, numbers = np.argsort(sizes, kind="stable"), np.zeros(len(sizes), int)
    numbers[order] = _walk(sizes[order], limit)
    return numbers
