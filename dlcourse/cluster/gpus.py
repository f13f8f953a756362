"""Which GPU is a rank's own."""


def gpu_of(place, ranks):
    """Take the GPU of a rank's place in its computer: all ranks there have one, or none has.

    Args:
        place: number of the rank among those of its computer.
        ranks: how many there are.

    Returns:
        "cuda:3", which is this process's current GPU then; or "cpu".

    >>> gpu_of(0, ranks=10**6)
    'cpu'
    """
    import torch

    if ranks > torch.cuda.device_count():
        return "cpu"
    torch.cuda.set_device(place)
    return f"cuda:{place}"
