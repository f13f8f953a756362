"""What a dense layer's parallelism sends in a step: gradients of weights, or activations.

Data parallelism exchanges the gradients, rows * columns numbers. Model parallelism exchanges what
both products give: batch * columns numbers forward, batch * rows backward. So one grows with the
layer's area, the other with the batch, and they meet at a batch that is a width.

Two ways to count. The first counts each number once, as in 2014: for a square layer they meet at
batch = width / 2. The second counts what each of p ranks sends by today's ring algorithms. A sum
that all ranks need is an all-reduce, every number twice: 2 (p - 1) / p. Activations stay split
between the layers, so they are gathered on the way to a product and summed to parts on the way
back, every number once: (p - 1) / p. They meet at batch = width, whatever p is.

Source of the first: T. Dettmers, "How to Parallelize Deep Learning on GPUs", part 2 of 2, 2014,
as remembered; of the second: P. Patarasuk and X. Yuan, "Bandwidth optimal all-reduce algorithms",
2009, https://doi.org/10.1016/j.jpdc.2008.09.002; of pairs of layers: dlcourse.parallel.tensor.

Not modelled: biases; the time that a message takes, and whether it hides behind computation.
"""


def data_parallel_numbers(rows, columns, ranks=None):
    """Count the numbers that data parallelism exchanges for a layer in a step.

    Args:
        rows, columns: shape of the weights.
        ranks: p, to count what each of them sends around a ring, on average; if left out, each
            number counts once.

    Returns:
        int, or float where p is given.

    Raises:
        ValueError: for sizes below 1 and fewer than 2 ranks.

    >>> data_parallel_numbers(1000, 1000), data_parallel_numbers(1000, 1000, ranks=4)
    (1000000, 1500000.0)
    """
    _check(ranks, rows=rows, columns=columns)
    return _all_reduced(rows * columns, ranks)


def model_parallel_numbers(batch, rows, columns, ranks=None):
    """Count the numbers that a layer split between ranks exchanges in a step.

    Args:
        batch: rows of the whole batch; all ranks work on all of them.
        rows, columns: shape of the weights.
        ranks: as for `data_parallel_numbers`.

    Returns:
        int, or float where p is given.

    Raises:
        ValueError: as `data_parallel_numbers`.

    >>> model_parallel_numbers(128, 1000, 1000), model_parallel_numbers(128, 1000, 1000, ranks=4)
    (256000, 192000.0)
    """
    _check(ranks, batch=batch, rows=rows, columns=columns)
    numbers = batch * (rows + columns)
    return numbers if ranks is None else (ranks - 1) * numbers / ranks


def pair_numbers(batch, rows, columns, ranks=None):
    """Count the numbers that two layers exchange in a step, the first split by its outputs.

    What lies between the two stays where it is, however wide; all ranks get what comes out.

    Args:
        batch: as for `model_parallel_numbers`.
        rows: of the first layer's weights.
        columns: of the second's.
        ranks: as for `data_parallel_numbers`.

    Returns:
        int, or float where p is given.

    Raises:
        ValueError: as `data_parallel_numbers`.

    >>> pair_numbers(128, 1000, 1000), pair_numbers(128, 1000, 1000, ranks=4)
    (256000, 384000.0)
    """
    _check(ranks, batch=batch, rows=rows, columns=columns)
    return _all_reduced(batch * (rows + columns), ranks)


def crossover_batch(rows, columns, ranks=None):
    """Compute the batch at which a layer exchanges as much either way.

    Below it model parallelism exchanges fewer numbers, above it data parallelism. Of a pair of
    layers it is the width between them, and `ranks` changes nothing.

    Args:
        rows, columns: shape of the weights.
        ranks: as for `data_parallel_numbers`.

    Returns:
        float.

    Raises:
        ValueError: as `data_parallel_numbers`.

    >>> crossover_batch(1000, 1000), [crossover_batch(1000, 1000, p) for p in (2, 4, 1024)]
    (500.0, [1000.0, 1000.0, 1000.0])
    """
    _check(ranks, rows=rows, columns=columns)
    once = rows * columns / (rows + columns)
    return once if ranks is None else 2 * once


def _all_reduced(numbers, ranks):
    return numbers if ranks is None else 2 * (ranks - 1) * numbers / ranks


def _check(ranks, **sizes):
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(f"{name}={size}: give 1 or more")
    if ranks is not None and ranks < 2:
        raise ValueError(f"ranks={ranks}: one rank sends nothing; give 2 or more")
