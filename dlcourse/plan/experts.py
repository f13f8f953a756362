"""Tokens whose router likes some experts better than others: a law of popularity, seeded."""

import numpy as np


def skewed_router(tokens, experts, skew, seed=0):
    """Draw what a router might say: its first choices fall on expert i in proportion to 1 / i^skew.

    Gumbel noise on logarithms makes the largest one a draw from a distribution, and the largest k
    draws without replacement. Experts count from 1 here; the noise is the same for every skew.

    Args:
        tokens, experts: how many.
        skew: 0 if all are liked alike; 1 is Zipf's law.
        seed: of the noise.

    Returns:
        float64 tensor (tokens, experts): probabilities, what `dlcourse.parallel.routing.route`
        takes.

    Raises:
        ValueError: without tokens or experts, or with a skew that is negative or not finite.

    Source: Kool, van Hoof, Welling, "Stochastic beams and where to find them", 2019,
    https://arxiv.org/abs/1903.06059, section 2.

    >>> skewed_router(1000, 4, skew=1).argmax(1).bincount().tolist()    # of 480, 240, 160, 120
    [467, 227, 173, 133]
    """
    import torch

    if min(tokens, experts) < 1 or not 0 <= skew < np.inf:
        rule = "give 1 or more of both, and a skew from 0"
        raise ValueError(f"tokens={tokens}, experts={experts}, skew={skew}: {rule}")
    noise = np.random.default_rng(seed).gumbel(size=(tokens, experts))
    liked = -skew * np.log(np.arange(1, experts + 1))
    return torch.from_numpy(noise + liked).softmax(-1)
