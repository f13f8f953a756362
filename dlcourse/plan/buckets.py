"""Which gradients travel together in data parallelism: fewer messages, and nearly as early.

Source: Li et al., "PyTorch Distributed", 2020, https://arxiv.org/abs/2006.15704, section 3.2.3.
"""


def buckets(tensors, limit):
    """Group tensors, the last ones first, as their gradients become ready in backward.

    Args:
        tensors: list of tensors, or of anything that has `nbytes`.
        limit: bytes in a group; a longer tensor has a group of its own.

    Returns:
        list of lists.

    >>> import numpy as np
    >>> [[len(t) for t in group] for group in buckets([np.zeros(n) for n in (1, 2, 3)], 32)]
    [[3], [2, 1]]
    """
    groups, room = [], 0
    for tensor in reversed(tensors):
        if tensor.nbytes > room or not groups:
            groups.append([])
            room = limit
        groups[-1].append(tensor)
        room -= tensor.nbytes
    return groups
