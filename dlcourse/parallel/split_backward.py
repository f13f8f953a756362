"""The backward pass in two halves: first the gradient of the input, later those of the weights.

A stage of a pipeline that waits for the gradient of its output's input can go on after the first
half; the second has time. Neither half does the other's work.
"""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Forward:
    """What one forward pass left behind for its backward pass.

    Attributes:
        x, y: tensors, the module's input and output.
        outputs: (layer, its output) for each layer with weights, in order.
        gradients: of those outputs, once the first half is done.
    """

    x: object
    y: object
    outputs: list = field(default_factory=list)
    gradients: tuple = ()


class SplitBackward:
    """Runs a module forward, and backward in two halves, or in one go.

    Args:
        module: torch.nn.Module from a tensor to a tensor; each of its layers with weights gives a
            tensor, runs once in a pass, and shares its weights with no other.

    Raises:
        ValueError: for shared weights.

    Source: the split is Qi et al.'s (2024), section 2, https://arxiv.org/abs/2401.10241

    >>> import torch
    >>> split = SplitBackward(torch.nn.Linear(2, 1, bias=False))
    >>> x = torch.tensor([[3.0, 4.0]], requires_grad=True)
    >>> done = split.forward(x)
    >>> split.input_gradient(done, torch.ones(1, 1)).equal(split.module.weight)
    True
    >>> split.weight_gradients(done)
    >>> split.module.weight.grad
    tensor([[3., 4.]])
    """

    def __init__(self, module):
        self.module = module
        self.noted = None  # what layers gave in the pass under way
        seen = set()
        for name, layer in module.named_modules():
            weights = {id(w) for w in _weights(layer)}
            if weights & seen:
                raise ValueError(f"{name} shares weights with another layer: they can't be split")
            seen |= weights
            if weights:
                layer.register_forward_hook(self._note)

    def _note(self, layer, _, output):
        if self.noted is None:
            return
        if any(layer is other for other, _ in self.noted):
            raise ValueError(f"{layer} runs twice in one pass: its backward pass can't be split")
        self.noted.append((layer, output))

    def forward(self, x):
        """Run the module.

        Args:
            x: tensor; its gradient is computed if it requires one.

        Returns:
            Forward.
        """
        done = Forward(x, None)
        self.noted = done.outputs
        done.y = self.module(x)
        self.noted = None
        return done

    def backward(self, done, gradient=None):
        """Do both halves at once, as autograd does.

        Args:
            done: Forward.
            gradient: of its output; None if that is a number.

        Returns:
            Gradient of its input, or None; those of the weights are added to `.grad`.
        """
        if done.y.requires_grad:
            done.y.backward(gradient)
        return done.x.grad

    def input_gradient(self, done, gradient=None):
        """Do the first half.

        Args:
            done: Forward.
            gradient: of its output; None if that is a number.

        Returns:
            Gradient of its input, or None.
        """
        import torch

        if not done.y.requires_grad:  # a first part without weights
            return None
        wanted = [output for _, output in done.outputs]
        wanted += [done.x] * done.x.requires_grad
        found = torch.autograd.grad(done.y, wanted, gradient, retain_graph=True, allow_unused=True)
        done.gradients = found[: len(done.outputs)]
        return found[-1] if done.x.requires_grad else None

    def weight_gradients(self, done):
        """Do the second half: add the gradients of the weights to `.grad`.

        Args:
            done: Forward whose first half is done.
        """
        import torch

        for (layer, output), gradient in zip(done.outputs, done.gradients, strict=True):
            if gradient is None:  # the loss doesn't depend on this layer
                continue
            weights = _weights(layer)
            found = torch.autograd.grad(output, weights, gradient, retain_graph=True)
            for weight, change in zip(weights, found, strict=True):
                weight.grad = change if weight.grad is None else weight.grad + change


def _weights(layer):
    """A layer's own weights that are trained."""
    return [w for w in layer.parameters(recurse=False) if w.requires_grad]
