"""Sounds small enough to convolve: a plucked string, and the echo of a room."""

import numpy as np

from dlcourse.conv.series import autoregression

RATE = 8000  # samples a second: telephone quality


def pluck(frequency, seconds, rng):
    """Make the sound of a plucked string: an autoregression started by a burst of noise.

    Args:
        frequency: pitch in Hz, below RATE / 2.
        seconds: length of the sound.
        rng: a numpy.random.Generator, for the burst.

    Returns:
        float array (RATE * seconds,) within -1..1.

    Source: Karplus and Strong, "Digital Synthesis of Plucked-String and Drum Timbres",
    Computer Music Journal 7(2), 1983.

    >>> len(pluck(440, 0.5, np.random.default_rng(0)))
    4000
    """
    period = round(RATE / frequency)
    wave = rng.uniform(-1, 1, period)
    wave -= wave.mean()  # a constant part would never fade
    burst = np.zeros(round(seconds * RATE))
    burst[:period] = wave / np.abs(wave).max()
    weights = np.zeros(period + 1)
    weights[-2:] = 1 / 2  # the mean of two neighbours, one round earlier
    return autoregression(weights, burst)


def echoes(delays, strengths):
    """Describe a room by what it answers to one clap: its impulse response.

    Args:
        delays: seconds after the clap, one for each echo.
        strengths: how loud each echo is, beside the clap's 1.

    Returns:
        float array: 1 at time 0, then each strength at its delay.

    Raises:
        ValueError: if there are not as many strengths as delays.

    >>> response = echoes([0.25], [0.5])
    >>> np.flatnonzero(response) / RATE
    array([0.  , 0.25])
    """
    if len(delays) != len(strengths):
        raise ValueError(f"{len(delays)} delays, {len(strengths)} strengths: give one for each")
    at = np.round(np.asarray(delays) * RATE).astype(int)
    response = np.zeros(1 + max(at, default=0))
    response[0] = 1
    np.add.at(response, at, strengths)
    return response
