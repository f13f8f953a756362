"""What the two networks learn from, as torch tensors, and which rows a step and a rank take."""

from dlcourse.cluster.collectives.arrays import split


def images(count=None, dtype="float64"):
    """Load scikit-learn's handwritten digits that are for training.

    Args:
        count: how many; all 1437 if left out.
        dtype: "float64" or "float32".

    Returns:
        (x (count, 1, 8, 8), y int64 (count,)), tensors.

    >>> x, y = images(10)
    >>> tuple(x.shape), y.tolist()
    ((10, 1, 8, 8), [4, 9, 5, 8, 5, 3, 3, 9, 7, 1])
    """
    import torch

    from dlcourse.conv.data import digits

    data = digits()
    x = torch.from_numpy(data.train_x[:count]).to(getattr(torch, dtype))
    return x, torch.from_numpy(data.train_y[:count])


def sentences(count=256, length=16, vocabulary=32, seed=0):
    """Make sequences in which every token is the sum of the two before it, modulo the vocabulary.

    Args:
        count: how many.
        length: tokens of each.
        vocabulary: how many tokens there are.
        seed: of the two that a sequence begins with.

    Returns:
        (x, y) int64 tensors (count, length): y is the token that follows x's.

    >>> x, y = sentences(1, length=5, vocabulary=10)
    >>> x.tolist(), y.tolist()
    ([[4, 9, 3, 2, 5]], [[9, 3, 2, 5, 7]])
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    tokens = list(torch.randint(vocabulary, (2, count), generator=generator))
    while len(tokens) <= length:
        tokens.append((tokens[-2] + tokens[-1]) % vocabulary)
    rows = torch.stack(tokens, 1)
    return rows[:, :-1].contiguous(), rows[:, 1:].contiguous()


def batch(data, step, size):
    """Take the rows of a step: the next `size`, from the first again after the last.

    Args:
        data: tensors of equally many rows.
        step: number of the step, from 0.
        size: rows in a step.

    Returns:
        tuple of tensors of `size` rows.

    >>> import torch
    >>> batch([torch.arange(5)], step=1, size=3)
    (tensor([3, 4, 0]),)
    """
    import torch

    rows = torch.arange(step * size, (step + 1) * size) % len(data[0])
    return tuple(tensor[rows] for tensor in data)


def share(world, tensors):
    """Take a rank's rows of a batch: nearly equally many for each rank, the first ones get more.

    Args:
        world: a World.
        tensors: of equally many rows.

    Returns:
        tuple of tensors; without rows in some ranks if there are fewer rows than ranks.

    >>> import torch
    >>> from dlcourse.cluster.run import run
    >>> run(lambda world: share(world, [torch.arange(5)])[0].tolist(), ranks=2).results
    [[0, 1, 2], [3, 4]]
    """
    rows = split(len(tensors[0]), world.size)[world.rank]
    return tuple(tensor[rows] for tensor in tensors)
