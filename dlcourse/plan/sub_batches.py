"""Sub-batches: while one part of the batch travels, the next one is computed.

A product that is split between ranks ends with messages, and the next layer needs them all. Cut
the batch into k sub-batches, and the messages of each hide behind the product of the next: only
the first product and the last message stay alone.

Source of the idea: T. Dettmers, 8-Bit Approximations for Parallelism in Deep Learning, 2015,
https://arxiv.org/abs/1511.04561, section 2.4.

Not modelled: that a product of fewer rows uses less of a GPU, except by `overhead`.
"""


def step_seconds(parts, compute, message, latency=0.0, overhead=0.0):
    """Say how long one layer takes with its batch in sub-batches.

    Args:
        parts: k, sub-batches.
        compute: seconds of the whole product on a rank.
        message: seconds for which the whole batch's messages keep a rank's port busy.
        latency: seconds from the end of a message's sending to its arrival.
        overhead: seconds that each product takes more, however small: to launch it, and for rows
            that fill no tile.

    Returns:
        float, c + (k - 1) max(c, m) + m + latency, where c = compute / k + overhead and
        m = message / k.

    Raises:
        ValueError: for parts below 1.

    >>> [step_seconds(k, compute=8.0, message=8.0) for k in (1, 2, 8)]
    [16.0, 12.0, 9.0]
    """
    if parts < 1:
        raise ValueError(f"parts={parts}: give 1 or more")
    product, sending = compute / parts + overhead, message / parts
    return product + (parts - 1) * max(product, sending) + sending + latency


def best_parts(compute, message, latency=0.0, overhead=0.0, most=1024):
    """Find the number of sub-batches that takes least time.

    Args:
        compute, message, latency, overhead: as for `step_seconds`.
        most: the largest number that is tried.

    Returns:
        int.

    >>> best_parts(compute=8.0, message=8.0, overhead=0.125)
    8
    """
    return min(
        range(1, most + 1), key=lambda k: step_seconds(k, compute, message, latency, overhead)
    )
