"""The sizes of a convolution under the letters the field uses, checked once.

N images, C channels of (H, W) pixels in, K filters of (R, S) taps, (P, Q) pixels out, in G groups.
"""

from dataclasses import dataclass

import numpy as np

from dlcourse.conv.image import output_size


@dataclass(frozen=True)
class ConvShape:
    """One convolution: out[n, k, p, q] = sum of w[k, c, r, s] x[n, c, h, w] over c, r, s.

    There h = p * stride[0] + r * dilation[0] - top, likewise w with left; x is zero outside.
    With groups, filter k sees only the C / G channels of its own group.

    Attributes:
        top: zeros above the image, so that output row 0 begins at input row -top.
        left: the same for columns; P and Q say how far the zeros reach at the other ends.
    """

    N: int
    C: int
    H: int
    W: int
    K: int
    R: int
    S: int
    P: int
    Q: int
    G: int = 1
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    top: int = 0
    left: int = 0

    @property
    def flop(self):
        """What the definition needs: a multiplication and an addition for each tap."""
        return 2 * self.N * self.K * self.P * self.Q * self.C // self.G * self.R * self.S

    @property
    def out(self):
        """Shape of the output."""
        return (self.N, self.K, self.P, self.Q)

    @property
    def pointwise(self):
        """Whether each output pixel needs one input pixel, the one at its own place."""
        plain = self.R == self.S == 1 and self.stride == (1, 1) and not (self.top or self.left)
        return plain and (self.P, self.Q) == (self.H, self.W)


@dataclass(frozen=True)
class Work:
    """What a method does for one convolution.

    Attributes:
        flop: multiplications and additions in matrix products.
        bytes: written and read again on the way from x to the output.
        workspace_bytes: memory held beside x, w and the output, by all threads together.
        steps: calls into NumPy.
        fft_bytes: of the real numbers that are Fourier-transformed, there or back.
    """

    flop: int
    bytes: int
    workspace_bytes: int
    steps: int
    fft_bytes: int = 0


def conv_shape(x, w, stride=1, padding=0, dilation=1, groups=1):
    """Check that a filter fits an input and name all the sizes.

    Args:
        x: shape of the input, (N, C, H, W).
        w: shape of the filters, (K, C / groups, R, S).
        stride: int or pair (rows, columns).
        padding: int or pair; "same" keeps (H, W), with the odd zero at the end.
        dilation: int or pair.
        groups: number of groups that channels and filters are split into.

    Returns:
        ConvShape.

    Raises:
        ValueError: naming both shapes and the rule they break.

    Source: the documentation of torch.nn.Conv2d.

    >>> conv_shape((8, 3, 224, 224), (64, 3, 7, 7), stride=2, padding=3).out
    (8, 64, 112, 112)
    """
    x, w = tuple(x), tuple(w)
    try:
        return _conv_shape(
            x, w, _pair("stride", stride), padding, _pair("dilation", dilation), groups
        )
    except ValueError as error:
        raise ValueError(f"x has shape {x}, w has {w}: {error}") from None


def _conv_shape(x, w, stride, padding, dilation, groups):
    if len(x) != 4 or len(w) != 4:
        raise ValueError("give x as (N, C, H, W) and w as (K, C / groups, R, S)")
    (N, C, H, W), (K, channels, R, S) = x, w
    if not isinstance(groups, int | np.integer) or groups < 1 or C % groups or K % groups:
        raise ValueError(
            f"groups={groups!r} has to divide both the {C} channels and the {K} filters"
        )
    if channels * groups != C or not K:
        raise ValueError(
            f"with groups={groups} each filter needs {C // groups} channels, here it has "
            f"{channels}: w.shape[1] * groups must equal x.shape[1]"
        )
    if padding == "same":
        if stride != (1, 1):
            raise ValueError(f'padding="same" needs stride 1, here it is {stride}')
        (P, Q), zeros = (H, W), [d * (k - 1) // 2 for d, k in zip(dilation, (R, S), strict=True)]
    else:
        zeros = _pair("padding", padding)
        P, Q = map(output_size, (H, W), (R, S), stride, zeros, dilation)
    return ConvShape(N, C, H, W, K, R, S, P, Q, groups, stride, dilation, *zeros)


def _pair(name, value):
    pair = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(pair) != 2:
        raise ValueError(f"{name}={value!r}: give a whole number or a pair (rows, columns)")
    return pair
