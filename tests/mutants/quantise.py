"""Sheet 08, exercise 8, wrong and right: right ones are called right_*, the rest is wrong."""

import bisect

import numpy as np


def _write(values, table, scale):
    """Nearest values of the table, not yet scaled again."""
    return table[np.argmin(np.abs(values[:, None] / scale - table), axis=1)]


def _largest(values):
    return np.abs(values).max() or 1.0


def right_scales_the_table(values, table):
    scaled = table * np.abs(values).max()
    return scaled[np.abs(values[:, None] - scaled).argmin(axis=1)]


def right_one_by_one(values, table):
    scale = max(abs(values))
    if scale == 0:
        return np.zeros(len(values))
    found = []
    for value in values:
        best = table[0]
        for candidate in table:
            if abs(candidate - value / scale) < abs(best - value / scale):
                best = candidate
        found.append(best * scale)
    return np.array(found)


def right_sorted_and_bisected(values, table):
    ordered, scale = np.sort(table), _largest(values)
    middles = (ordered[1:] + ordered[:-1]) / 2
    found = [ordered[bisect.bisect(middles.tolist(), x)] for x in values / scale]
    return np.array(found) * np.abs(values).max()


def right_squared_distance(values, table):
    scale = _largest(values)
    codes = ((values / scale)[None] - table[:, None]).__pow__(2).argmin(axis=0)
    return np.where(values.any(), table[codes] * scale, 0.0)


def right_nought_over_nought(values, table):
    """Warns if all values are 0, and gives 0 times what it takes for the nearest."""
    scale = np.abs(values).max()
    return _write(values, table, scale) * scale


def forgets_to_return(values, table):
    _write(values, table, _largest(values))


def not_scaled_again(values, table):
    return _write(values, table, _largest(values)) * values.any()


def zeros_like_the_rest(values, table):
    return _write(values, table, _largest(values)) * _largest(values)


def never_scaled_again(values, table):
    return _write(values, table, _largest(values))


def nothing_scaled(values, table):
    return _write(values, table, 1.0)


def largest_not_magnitude(values, table):
    scale = values.max() or 1.0
    return _write(values, table, scale) * scale


def magnitude_of_the_largest(values, table):
    scale = abs(values.max()) or 1.0
    return _write(values, table, scale) * scale


def scale_of_the_sum(values, table):
    scale = np.abs(values).sum() or 1.0
    return _write(values, table, scale) * scale * values.any()


def scale_of_the_mean(values, table):
    scale = np.abs(values).mean() or 1.0
    return _write(values, table, scale) * scale * values.any()


def scale_of_the_length(values, table):
    scale = np.linalg.norm(values) or 1.0
    return _write(values, table, scale) * scale * values.any()


def scale_of_the_range(values, table):
    scale = np.ptp(values) or 1.0
    return _write(values, table, scale) * scale * values.any()


def rounds_down(values, table):
    ordered, scale = np.sort(table), _largest(values)
    places = np.searchsorted(ordered, values / scale, side="right") - 1
    return ordered[np.maximum(places, 0)] * scale


def rounds_up(values, table):
    ordered, scale = np.sort(table), _largest(values)
    places = np.searchsorted(ordered, values / scale)
    return ordered[np.minimum(places, len(ordered) - 1)] * scale


def rounds_towards_nought(values, table):
    scale = _largest(values)
    x = values[:, None] / scale
    distances = np.where(np.abs(table) <= np.abs(x), np.abs(x - table), 10 + np.abs(table))
    return table[distances.argmin(axis=1)] * scale


def table_taken_as_sorted(values, table):
    scale = _largest(values)
    middles = (table[1:] + table[:-1]) / 2
    return table[np.searchsorted(middles, values / scale)] * scale * values.any()


def codes(values, table):
    scale = _largest(values)
    return np.abs(values[:, None] / scale - table).argmin(axis=1)


def codes_times_scale(values, table):
    return codes(values, table) * np.abs(values).max()


def magnitudes_only(values, table):
    scale = _largest(values)
    return _write(np.abs(values), table, scale) * scale * values.any()


def signs_apart(values, table):
    """Writes the magnitude with the magnitudes of the table, and the sign beside it."""
    scale = np.abs(values).max()
    return np.sign(values) * _write(np.abs(values), np.abs(table), scale or 1.0) * scale


def nearest_in_ratio(values, table):
    scale = _largest(values)
    x = values[:, None] / scale
    tiny = 1e-9
    ratio = np.abs(np.log((np.abs(x) + tiny) / (np.abs(table) + tiny))) + 99 * (x * table < 0)
    return table[ratio.argmin(axis=1)] * scale * values.any()


def zeros_left_out(values, table):
    scale = _largest(values)
    return _write(values[values != 0], table, scale) * scale


def equal_steps(values, table):
    scale = _largest(values)
    places = np.round((values / scale + 1) / 2 * (len(table) - 1)).astype(int)
    return np.sort(table)[places] * scale * values.any()


def rounded_to_tenths(values, table):
    return np.round(values / _largest(values), 1) * _largest(values)


def scales_each_by_itself(values, table):
    signs = np.sign(values)
    return np.abs(values) * _write(signs, table, 1.0)


def a_list(values, table):
    return (_write(values, table, _largest(values)) * np.abs(values).max()).tolist()
