"""Many tensors as one: messages, sums and updates then take one call instead of many."""


def join(tensors):
    """Copy tensors behind each other into a new one.

    Args:
        tensors: list of tensors of one dtype.

    Returns:
        (one tensor (n,), list of its views, shaped as the tensors are).

    >>> import torch
    >>> one, views = join([torch.zeros(2), torch.ones(1, 2)])
    >>> one, tuple(views[1].shape)
    (tensor([0., 0., 1., 1.]), (1, 2))
    """
    import torch

    one = torch.cat([tensor.detach().reshape(-1) for tensor in tensors])
    return one, part(one, tensors)


def part(one, tensors):
    """View a long tensor as tensors of given shapes, one behind the other.

    Args:
        one: tensor (n,).
        tensors: of the wanted shapes; n numbers together.

    Returns:
        list of views.

    >>> import torch
    >>> part(torch.arange(3), [torch.zeros(2), torch.zeros(1, 1)])
    [tensor([0, 1]), tensor([[2]])]
    """
    pieces = one.split([tensor.numel() for tensor in tensors])
    return [piece.view(tensor.shape) for piece, tensor in zip(pieces, tensors, strict=True)]


def held(tensors):
    """Count the bytes that tensors hold; what several share, once.

    Args:
        tensors: iterable of tensors, None among them.

    Returns:
        int.

    >>> import torch
    >>> tensor = torch.zeros(4)
    >>> held([tensor, tensor[:2], None])
    16
    """
    storages = (tensor.untyped_storage() for tensor in tensors if tensor is not None)
    return sum({storage._cdata: storage.nbytes() for storage in storages}.values())


def when_ready(parameters, function):
    """Call a function in every backward pass, once the gradients of all parameters are there.

    Args:
        parameters: list of torch.nn.Parameter.
        function: without arguments.

    >>> import torch
    >>> a, b = (torch.ones(1, requires_grad=True) for _ in range(2))
    >>> when_ready([a, b], lambda: print("both"))
    >>> (a * b).sum().backward()
    both
    """
    left = len(parameters)

    def ready(_):
        nonlocal left
        left -= 1
        if left == 0:
            left = len(parameters)
            function()

    for parameter in parameters:
        parameter.register_post_accumulate_grad_hook(ready)
