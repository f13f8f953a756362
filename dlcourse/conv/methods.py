"""The methods there are to compute a convolution, under their names."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from dlcourse.conv import direct, fft, im2col, taps, winograd


@dataclass(frozen=True)
class Method:
    """A way to compute a convolution.

    Attributes:
        convolve: function of x, w and ConvShape that returns the output.
        work: function of ConvShape and itemsize that returns Work.
        why_not: function of ConvShape: the rule that rules the method out, or None.
    """

    convolve: Callable
    work: Callable
    why_not: Callable = lambda shape: None


METHODS = MappingProxyType(
    {
        "direct": Method(direct.convolve, direct.work),
        "im2col": Method(im2col.convolve, im2col.work),
        "taps": Method(taps.convolve, taps.work),
        "fft": Method(fft.convolve, fft.work),
    }
    | {
        f"winograd{m}": Method(
            partial(winograd.convolve, m=m), partial(winograd.work, m=m), winograd.why_not
        )
        for m in winograd.MATRICES
    }
)
