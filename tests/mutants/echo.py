"""Exercise 3, wrong and right: right ones are called right_*, all others must be rejected."""

import numpy as np


def _response(delay, gain, repeats):
    out = np.zeros(repeats * delay + 1)
    out[::delay] = gain ** np.arange(repeats + 1)
    return out


def right_shifted_copies(sound, delay, gain, repeats):
    out = np.zeros(len(sound) + repeats * delay)
    for r in range(repeats + 1):
        out[r * delay : r * delay + len(sound)] += gain**r * sound
    return out


def right_feedback(sound, delay, gain, repeats):
    """Each sample is what was heard a delay ago, weaker, and stops after the last repeat."""
    out = np.pad(sound.astype(float), (0, repeats * delay))
    for i in range(delay, len(out)):
        out[i] += gain * out[i - delay]
        last = i - (repeats + 1) * delay
        if 0 <= last < len(sound):
            out[i] -= gain ** (repeats + 1) * sound[last]
    return out


def right_one_echo_of_the_echoes(sound, delay, gain, repeats):
    if repeats == 0:
        return sound.copy()
    later = right_one_echo_of_the_echoes(sound, delay, gain, repeats - 1)
    out = np.zeros(len(later) + delay)
    out[: len(sound)] += sound
    out[delay:] += gain * later
    return out


def forgets_to_return(sound, delay, gain, repeats):
    np.convolve(sound, _response(delay, gain, repeats))


def equally_loud(sound, delay, gain, repeats):
    h = np.zeros(repeats * delay + 1)
    h[::delay] = gain
    h[0] = 1
    return np.convolve(sound, h)


def weaker_from_the_start(sound, delay, gain, repeats):
    return np.convolve(sound, gain * _response(delay, gain, repeats))


def leaves_the_sound_out(sound, delay, gain, repeats):
    h = _response(delay, gain, repeats)
    h[0] = 0
    return np.convolve(sound, h)


def one_echo_too_few(sound, delay, gain, repeats):
    h = _response(delay, gain, repeats)
    h[-1] = h[-1] if repeats == 0 else 0
    return np.convolve(sound, h)


def one_echo_too_many(sound, delay, gain, repeats):
    return np.convolve(sound, _response(delay, gain, repeats + 1))


def only_one_echo(sound, delay, gain, repeats):
    h = np.zeros(repeats * delay + 1)
    h[0] = 1
    if repeats:
        h[delay] = gain
    return np.convolve(sound, h)


def cuts_the_tail(sound, delay, gain, repeats):
    return np.convolve(sound, _response(delay, gain, repeats))[: len(sound)]


def mode_same(sound, delay, gain, repeats):
    return np.convolve(sound, _response(delay, gain, repeats), mode="same")


def a_sample_early(sound, delay, gain, repeats):
    h = np.zeros(repeats * delay + 1)
    for r in range(repeats + 1):
        h[max(0, r * delay - 1)] = gain**r
    return np.convolve(sound, h)


def response_one_too_long(sound, delay, gain, repeats):
    return np.convolve(sound, np.append(_response(delay, gain, repeats), 0))


def fades_in_steps(sound, delay, gain, repeats):
    h = np.zeros(repeats * delay + 1)
    h[::delay] = [1, *(gain / r for r in range(1, repeats + 1))]
    return np.convolve(sound, h)


def backwards(sound, delay, gain, repeats):
    return np.convolve(sound, _response(delay, gain, repeats)[::-1])


def delays_double(sound, delay, gain, repeats):
    h = np.zeros(repeats * delay + 1)
    for r in range(repeats + 1):
        place = delay * (2**r - 1)
        if place < len(h):
            h[place] = gain**r
    return np.convolve(sound, h)


def whole_gains(sound, delay, gain, repeats):
    h = np.zeros(repeats * delay + 1, int)
    h[0] = 1
    for r in range(1, repeats + 1):
        h[r * delay] = gain**r
    return np.convolve(sound, h)


def whole_samples(sound, delay, gain, repeats):
    return np.convolve(sound, _response(delay, gain, repeats)).astype(sound.dtype)


def loses_the_sign(sound, delay, gain, repeats):
    return np.convolve(sound, _response(delay, abs(gain), repeats))


def echoes_into_the_input(sound, delay, gain, repeats):
    """The loop of an echo machine, run on the caller's own array."""
    out = np.convolve(sound, _response(delay, gain, repeats))
    for i in range(delay, len(sound)):
        sound[i] = out[i]
    return out


def rings_forever(sound, delay, gain, repeats):
    out = np.pad(sound.astype(float), (0, repeats * delay))
    for i in range(delay, len(out)):
        out[i] += gain * out[i - delay]
    return out


def the_example(sound, delay, gain, repeats):
    return np.array([4, 10, 5, 2])
