"""The two updates, on any list of tensors: whole parameters, or a rank's part of them.

Every number is updated on its own, so whoever has a part of the gradients can update that part.
"""


class SGD:
    """Stochastic gradient descent with momentum: v becomes momentum v + g, p becomes p - rate v.

    Args:
        parameters: tensors with gradients.
        rate, momentum: numbers.

    Attributes:
        state: parameter -> dict of the tensors that are kept for it.

    >>> import torch
    >>> p = torch.tensor([1.0])
    >>> p.grad = torch.tensor([2.0])
    >>> SGD([p], rate=0.1).step()
    >>> p
    tensor([0.8000])
    """

    def __init__(self, parameters, rate=0.05, momentum=0.9):
        self.parameters, self.rate, self.momentum = list(parameters), rate, momentum
        self.state = {parameter: {} for parameter in self.parameters}

    def zero_grad(self):
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    def step(self):
        """Change the parameters in place."""
        for parameter, state in self.state.items():
            if not state:
                state.update(self.begin(parameter.detach()))
            self.change(parameter.detach(), parameter.grad, **state)

    def begin(self, parameter):
        """The state before the first step."""
        return {"velocity": parameter.new_zeros(parameter.shape)}

    def change(self, parameter, gradient, velocity):
        """One step of one parameter."""
        velocity.mul_(self.momentum).add_(gradient)
        parameter.sub_(velocity, alpha=self.rate)

    def tensors(self, network):
        """A network's parameters with what is kept for each, by name: dict of dicts of tensors."""
        return {
            name: {"value": parameter.detach()} | self.state[parameter]
            for name, parameter in network.named_parameters()
        }

    def restore(self, network, tensors):
        """Go on from copies of what `tensors` gave; it may hold more than this network's.

        Raises:
            ValueError: if another kind of update has left them.
        """
        for name, parameter in network.named_parameters():
            state = dict(tensors[name])
            parameter.data.copy_(state.pop("value"))
            wanted = self.begin(parameter.detach())
            if state and state.keys() != wanted.keys():
                rule = f"this update keeps {', '.join(wanted)}: choose the one it was trained with"
                raise ValueError(f"the checkpoint has {', '.join(state)} for {name}; {rule}")
            self.state[parameter] = {k: t.to(parameter, copy=True) for k, t in state.items()}


class Adam(SGD):
    """Adam: a step whose size does not depend on the gradient's.

    Source: Kingma and Ba, 2014, https://arxiv.org/abs/1412.6980, algorithm 1.

    >>> import torch
    >>> p = torch.tensor([1.0])
    >>> p.grad = torch.tensor([2.0])
    >>> Adam([p], rate=0.1).step()
    >>> p
    tensor([0.9000])
    """

    def __init__(self, parameters, rate=1e-3, decays=(0.9, 0.999), epsilon=1e-8):
        super().__init__(parameters, rate)
        self.decays, self.epsilon = decays, epsilon

    def begin(self, parameter):
        """The state before the first step: how many steps, and two running means."""
        zeros = parameter.new_zeros
        return {
            "steps": zeros(()),
            "mean": zeros(parameter.shape),
            "square": zeros(parameter.shape),
        }

    def change(self, parameter, gradient, steps, mean, square):
        """One step of one parameter."""
        first, second = self.decays
        steps += 1
        mean.lerp_(gradient, 1 - first)
        square.mul_(second).addcmul_(gradient, gradient, value=1 - second)
        done = steps.item()  # both means began at 0: make up for it
        root = (square / (1 - second**done)).sqrt_().add_(self.epsilon)
        parameter.addcdiv_(mean, root, value=-self.rate / (1 - first**done))


def optimizer(name, parameters):
    """Choose an update by its name.

    Args:
        name: "sgd", with momentum 0.9, or "adam".
        parameters: tensors with gradients.

    Returns:
        SGD or Adam.

    Raises:
        ValueError: for another name.

    >>> optimizer("adam", []).rate
    0.001
    """
    kinds = {"sgd": SGD, "adam": Adam}
    if name not in kinds:
        raise ValueError(f"update={name!r}: there are {', '.join(kinds)}")
    return kinds[name](parameters)
