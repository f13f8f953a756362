"""Exercise 9, wrong and right: right ones are called right_*, all others must be rejected."""

import numpy as np

from dlcourse.conv.image import filter2d, patches


def _distance(image, patch):
    return ((patches(image, patch.shape) - patch) ** 2).sum(axis=(2, 3))


def _place(scores):
    p, q = np.unravel_index(np.argmin(scores), scores.shape)
    return int(p), int(q)


def right_windows(image, patch):
    return _place(_distance(image, patch))


def right_loops(image, patch):
    best, found = np.inf, None
    R, S = patch.shape
    for p in range(image.shape[0] - R + 1):
        for q in range(image.shape[1] - S + 1):
            d = np.sum((image[p : p + R, q : q + S] - patch) ** 2)
            if d < best:
                best, found = d, (p, q)
    return found


def right_all_three_terms(image, patch):
    energy = filter2d(image**2, np.ones_like(patch))
    scores = energy - 2 * filter2d(image, patch) + (patch**2).sum()
    return divmod(int(scores.argmin()), scores.shape[1])


def right_largest_of_the_negative(image, patch):
    scores = 2 * filter2d(image, patch) - filter2d(image * image, np.ones(patch.shape))
    return tuple(np.argwhere(scores == scores.max())[0])


def forgets_to_return(image, patch):
    _place(_distance(image, patch))


def correlation_alone(image, patch):
    return _place(-filter2d(image, patch))


def smallest_correlation(image, patch):
    return _place(filter2d(image, patch))


def without_the_two(image, patch):
    return _place(filter2d(image**2, np.ones(patch.shape)) - filter2d(image, patch))


def normalised_by_energy(image, patch):
    energy = filter2d(image**2, np.ones(patch.shape))
    return _place(-filter2d(image, patch) / np.sqrt(energy + 1e-12))


def subtracts_the_mean_only(image, patch):
    return _place(-filter2d(image, patch - patch.mean()))


def convolves(image, patch):
    flipped = patch[::-1, ::-1]
    return _place(filter2d(image**2, np.ones(patch.shape)) - 2 * filter2d(image, flipped))


def transposes_the_patch(image, patch):
    if patch.T.shape[0] > image.shape[0] or patch.T.shape[1] > image.shape[1]:
        return 0, 0
    return _place(_distance(image, patch.T))


def farthest(image, patch):
    return _place(-_distance(image, patch))


def first_axis_last(image, patch):
    return _place(_distance(image, patch))[::-1]


def shape_of_the_image(image, patch):
    number = np.argmin(_distance(image, patch))
    p, q = np.unravel_index(number, image.shape)
    return int(p), int(q)


def number_in_place_of_place(image, patch):
    return int(np.argmin(_distance(image, patch)))


def middle_of_the_window(image, patch):
    p, q = _place(_distance(image, patch))
    return p + patch.shape[0] // 2, q + patch.shape[1] // 2


def bottom_right_corner(image, patch):
    p, q = _place(_distance(image, patch))
    return p + patch.shape[0] - 1, q + patch.shape[1] - 1


def counts_from_one(image, patch):
    p, q = _place(_distance(image, patch))
    return p + 1, q + 1


def absolute_differences(image, patch):
    return _place(np.abs(patches(image, patch.shape) - patch).sum(axis=(2, 3)))


def signed_differences(image, patch):
    return _place(np.abs((patches(image, patch.shape) - patch).sum(axis=(2, 3))))


def exact_match_only(image, patch):
    hits = np.argwhere(_distance(image, patch) == 0)
    return tuple(int(i) for i in hits[0]) if len(hits) else None


def misses_the_last_places(image, patch):
    scores = _distance(image, patch)[:-1, :-1]
    return _place(scores) if scores.size else (0, 0)


def square_patches_only(image, patch):
    size = min(patch.shape)
    return _place(_distance(image, patch[:size, :size])[: image.shape[0], : image.shape[1]])


def top_left_pixel_only(image, patch):
    return _place((image - patch[0, 0]) ** 2)


def an_array(image, patch):
    return np.array(_place(_distance(image, patch)))


def a_list(image, patch):
    return list(_place(_distance(image, patch)))


def a_pair_of_floats(image, patch):
    p, q = _place(_distance(image, patch))
    return float(p), float(q)


def squares_the_callers_image(image, patch):
    found = _place(_distance(image, patch))
    image *= image
    return found


def the_example(image, patch):
    return 0, 0
