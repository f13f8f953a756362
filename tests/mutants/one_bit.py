"""Sheet 08, exercise 9, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np


def _means(values):
    """Of what is not negative, and of what is."""
    read = np.zeros(len(values))
    for group in (values >= 0, values < 0):
        read[group] = values[group].sum() / max(group.sum(), 1)
    return read


def _feed(gradients, keep=lambda left, gradient, read: left + gradient - read, code=_means):
    """Error feedback, with what is kept and how it is written as parameters."""
    left, all_read = np.zeros(gradients.shape[1]), []
    for gradient in gradients:
        all_read.append(code(gradient + left))
        left = keep(left, gradient, all_read[-1])
    return np.array(all_read)


def right_from_the_sums(gradients):
    """What is to be written is all that has been due, less all that has been read."""
    read = np.zeros_like(gradients)
    for step in range(len(gradients)):
        read[step] = _means(gradients[: step + 1].sum(axis=0) - read[:step].sum(axis=0))
    return read


def right_with_where(gradients):
    left, rows = 0.0, []
    for gradient in gradients:
        values = gradient + left
        up = values >= 0
        above = values[up].mean() if up.any() else 0.0
        below = values[~up].mean() if not up.all() else 0.0
        rows.append(np.where(up, above, below))
        left = values - rows[-1]
    return np.stack(rows)


def right_number_by_number(gradients):
    steps, n = gradients.shape
    left, read = [0.0] * n, np.empty((steps, n))
    for step in range(steps):
        values = [gradients[step, i] + left[i] for i in range(n)]
        for i, value in enumerate(values):
            alike = [other for other in values if (other < 0) == (value < 0)]
            read[step, i] = sum(alike) / len(alike)
        left = [value - r for value, r in zip(values, read[step], strict=True)]
    return read


def right_mean_of_nothing_is_never_read(gradients):
    """Warns, but where nothing is negative, nobody reads the mean of that."""

    def code(values):
        return np.where(values >= 0, values[values >= 0].mean(), values[values < 0].mean())

    return _feed(gradients, code=code)


def right_nought_counts_as_negative(gradients):
    """A gradient of random numbers is never exactly nought."""

    def code(values):
        return -_means(-values)

    return _feed(gradients, code=code)


def forgets_to_return(gradients):
    _feed(gradients)


def nothing_kept(gradients):
    return _feed(gradients, lambda left, gradient, read: 0.0)


def keeps_of_the_last_only(gradients):
    return _feed(gradients, lambda left, gradient, read: gradient - read)


def takes_away_instead(gradients):
    return _feed(gradients, lambda left, gradient, read: read - gradient - left)


def keeps_what_was_read(gradients):
    return _feed(gradients, lambda left, gradient, read: read)


def keeps_all(gradients):
    return _feed(gradients, lambda left, gradient, read: left + gradient)


def keeps_twice(gradients):
    return _feed(gradients, lambda left, gradient, read: 2 * left + gradient - read)


def keeps_half(gradients):
    return _feed(gradients, lambda left, gradient, read: (left + gradient - read) / 2)


def adds_it_after_writing(gradients):
    left, rows = np.zeros(gradients.shape[1]), []
    for gradient in gradients:
        rows.append(_means(gradient) + left)
        left = gradient - _means(gradient)
    return np.array(rows)


def one_step_late(gradients):
    kept, rows = [np.zeros(gradients.shape[1])] * 2, []
    for gradient in gradients:
        values = gradient + kept[-2]
        rows.append(_means(values))
        kept.append(values - rows[-1])
    return np.array(rows)


def what_is_left(gradients):
    return np.cumsum(gradients, axis=0) - np.cumsum(_feed(gradients), axis=0)


def what_is_written(gradients):
    read = _feed(gradients)
    return np.cumsum(gradients, axis=0) - np.cumsum(read, axis=0) + read


def one_magnitude(gradients):
    return _feed(gradients, code=lambda values: np.sign(values) * np.abs(values).mean())


def largest_magnitude(gradients):
    return _feed(gradients, code=lambda values: np.sign(values) * np.abs(values).max())


def signs_only(gradients):
    return _feed(gradients, code=np.sign)


def median(gradients):
    def code(values):
        groups = [group for group in (values >= 0, values < 0) if group.any()]
        return sum(group * np.median(values[group]) for group in groups)

    return _feed(gradients, code=code)


def divided_by_all(gradients):
    def code(values):
        return sum(group * values[group].sum() / len(values) for group in (values >= 0, values < 0))

    return _feed(gradients, code=code)


def mean_of_nothing(gradients):
    def code(values):
        up = values >= 0
        return up * values[up].mean() + ~up * values[~up].mean()

    return _feed(gradients, code=code)


def split_at_the_mean(gradients):
    def code(values):
        groups = values >= values.mean(), values < values.mean()
        return sum(group * values[group].sum() / max(group.sum(), 1) for group in groups)

    return _feed(gradients, code=code)


def means_of_the_gradient(gradients):
    """Signs with what is left, means without."""
    left, rows = np.zeros(gradients.shape[1]), []
    for gradient in gradients:
        up = gradient + left >= 0
        read = sum(g * gradient[g].sum() / max(g.sum(), 1) for g in (up, ~up))
        rows.append(read)
        left = gradient + left - read
    return np.array(rows)


def signs_of_the_gradient(gradients):
    """Means with what is left, signs without."""
    left, rows = np.zeros(gradients.shape[1]), []
    for gradient in gradients:
        values, up = gradient + left, gradient >= 0
        rows.append(sum(g * values[g].sum() / max(g.sum(), 1) for g in (up, ~up)))
        left = values - rows[-1]
    return np.array(rows)


def along_the_steps(gradients):
    return _feed(gradients.T).T


def one_left_for_all(gradients):
    return _feed(gradients, lambda left, gradient, read: (left + gradient - read).sum())


def last_only(gradients):
    return _feed(gradients)[-1]


def summed_up(gradients):
    return np.cumsum(_feed(gradients), axis=0)


def overwrites_its_input(gradients):
    for step in range(len(gradients)):
        read = _means(gradients[step])
        if step + 1 < len(gradients):
            gradients[step + 1] += gradients[step] - read
        gradients[step] = read
    return gradients
