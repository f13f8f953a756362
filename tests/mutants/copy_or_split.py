"""Sheet 09, exercise 6, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np


def _ways(layers, batch, ranks):
    """What a rank sends for each layer, copied and split."""
    once = (ranks - 1) / ranks
    return 2 * once * layers[:, 0], once * batch * (layers[:, 1] + layers[:, 2])


def right_with_a_loop(layers, batch, ranks):
    sent = []
    for weights, inputs, outputs in layers:
        copied, split = 2 * weights, batch * (inputs + outputs)
        sent.append((copied if copied < split else split) * (1 - 1 / ranks))
    return np.array(sent)


def right_by_where(layers, batch, ranks):
    copied, split = _ways(layers, batch, ranks)
    return np.where(split < copied, split, copied)


def right_by_columns(layers, batch, ranks):
    both = np.stack([2 * layers[:, 0], batch * layers[:, 1:].sum(axis=1)])
    return both.min(axis=0) * (ranks - 1) / ranks


def right_by_sorting(layers, batch, ranks):
    return np.sort(np.column_stack(_ways(layers, batch, ranks)), axis=1)[:, 0]


def forgets_to_return(layers, batch, ranks):
    np.minimum(*_ways(layers, batch, ranks))


def one_way_for_all(layers, batch, ranks):
    return min(_ways(layers, batch, ranks), key=np.sum)


def always_copied(layers, batch, ranks):
    return _ways(layers, batch, ranks)[0]


def always_split(layers, batch, ranks):
    return _ways(layers, batch, ranks)[1]


def the_worse_way(layers, batch, ranks):
    return np.maximum(*_ways(layers, batch, ranks))


def a_share_of_the_batch(layers, batch, ranks):
    return np.minimum(*_ways(layers, batch / ranks, ranks))


def forward_only(layers, batch, ranks):
    copied, _ = _ways(layers, batch, ranks)
    return np.minimum(copied, (ranks - 1) / ranks * batch * layers[:, 2])


def backward_only(layers, batch, ranks):
    copied, _ = _ways(layers, batch, ranks)
    return np.minimum(copied, (ranks - 1) / ranks * batch * layers[:, 1])


def gradients_once(layers, batch, ranks):
    copied, split = _ways(layers, batch, ranks)
    return np.minimum(copied / 2, split)


def activations_twice(layers, batch, ranks):
    copied, split = _ways(layers, batch, ranks)
    return np.minimum(copied, 2 * split)


def each_number_once(layers, batch, ranks):
    """The count of 2014: no ring."""
    return np.minimum(layers[:, 0], batch * (layers[:, 1] + layers[:, 2]))


def of_all_ranks_together(layers, batch, ranks):
    return ranks * np.minimum(*_ways(layers, batch, ranks))


def one_number_for_the_network(layers, batch, ranks):
    return np.minimum(*_ways(layers, batch, ranks)).sum()


def by_the_half_width(layers, batch, ranks):
    """The rule for square dense layers, used for all."""
    copied, split = _ways(layers, batch, ranks)
    return np.where(batch < layers[:, 1], split, copied)


def which_way(layers, batch, ranks):
    copied, split = _ways(layers, batch, ranks)
    return np.where(split < copied, 1, 0)


def whole_numbers(layers, batch, ranks):
    return np.minimum(*_ways(layers, batch, ranks)) // 1


def weights_of_a_dense_layer(layers, batch, ranks):
    dense = layers.copy()
    dense[:, 0] = layers[:, 1] * layers[:, 2]
    return np.minimum(*_ways(dense, batch, ranks))


def a_list(layers, batch, ranks):
    return right_with_a_loop(layers, batch, ranks).tolist()
