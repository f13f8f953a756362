"""Behind exercise sheet 08: what each task should give, by a second method, and likely slips.

Training programs are compared with one computer that has all ranks' rows: arrays are (ranks, ...),
row r is rank r's.
"""

from functools import partial
from types import MappingProxyType

import numpy as np

from dlcourse.parallel.codebooks import codebook, decode

STEPS_TO_STOP, STEPS = 6, 3  # most steps of the two programs to mend
GPUS, BATCH = 96, 12288  # of the 8-bit paper's largest run
HIDDEN, WAITS = 1.3e-3, 31  # seconds and times: see dlcourse.plan.eight_bit


def mean_gradient(gradients, counts):
    """Give everybody the mean of all ranks' rows.

    >>> mean_gradient(np.array([[1.0], [5.0]]), np.array([3, 1])).tolist()
    [[2.0], [2.0]]
    """
    return np.stack([np.average(gradients, axis=0, weights=counts)] * len(gradients))


def stop_together(rows, enough, judge=np.mean):
    """Train one linear model on all rows until its loss is below `enough`.

    Args:
        rows: array (ranks, m, columns); the last column is what is to be learnt.
        enough: loss at which training stops.
        judge: of the ranks' losses (ranks,), what is compared with it.

    Returns:
        Weights (ranks, columns - 1), the same for all ranks.

    >>> stop_together(np.array([[[1.0, 2.0]], [[1.0, 2.0]]]), enough=3).tolist()
    [[0.4], [0.4]]
    """
    x, y = _columns(rows)
    w = np.zeros(x.shape[1])
    for _ in range(STEPS_TO_STOP):
        error = x @ w - y
        if judge((error**2).reshape(len(rows), -1).mean(axis=1)) < enough:
            break
        w = w - 0.1 * (2 * error[:, None] * x).mean(axis=0)
    return np.stack([w] * len(rows))


def train_like_one(rows, rate, decay, share=lambda p: 1):
    """Train one linear model on all rows, from weights of 1, with weight decay.

    Args:
        rows: array (ranks, m, columns); the last column is what is to be learnt.
        rate, decay: of learning, and of the weights.
        share: of the gradient that counts, by the number of ranks.

    Returns:
        Weights (ranks, columns - 1), the same for all ranks.

    >>> train_like_one(np.array([[[1.0, 1.0]]]), rate=0.5, decay=1).tolist()
    [[0.5]]
    """
    x, y = _columns(rows)
    w = np.ones(x.shape[1])
    for _ in range(STEPS):
        gradient = ((x @ w - y)[:, None] * x).mean(axis=0)
        w = w - rate * (share(len(rows)) * gradient + decay * w)
    return np.stack([w] * len(rows))


def exchange_seconds(gradient_bytes, nodes, gpus, network, inside):
    """Count message by message what passes the first node's card, or GPU 0's link if there is one.

    Args:
        gradient_bytes: of the whole network.
        nodes, gpus: computers, and GPUs in each.
        network, inside: bytes/s of a node's card, and of a GPU's link within its node.

    Returns:
        Array (2,), seconds: all to all, ring.

    >>> exchange_seconds(4e6, nodes=2, gpus=3, network=4e9, inside=12e9).round(6).tolist()
    [0.009, 0.001667]
    """
    p = nodes * gpus
    across = sum(i // gpus == 0 < j // gpus for i in range(p) for j in range(p))
    around = sum(gradient_bytes / p for _ in range(2 * (p - 1)))
    if nodes == 1:
        return np.array([(p - 1) * gradient_bytes, around]) / inside
    return np.array([across * gradient_bytes, around]) / network


def bucket_numbers(sizes, limit, fits=np.less_equal):
    """Put each tensor where `dlcourse.plan.buckets.buckets` would.

    Args:
        sizes: bytes of each tensor (n,), in forward order.
        limit: bytes in a bucket.
        fits: fits(bytes, limit): whether so much may be in one.

    Returns:
        Number of each tensor's bucket (n,).

    >>> bucket_numbers(np.array([1, 2, 3]), limit=3).tolist()
    [1, 1, 0]
    """
    numbers, end = np.zeros(len(sizes), int), len(sizes)
    for number in range(len(sizes)):
        together = np.cumsum(sizes[:end][::-1])
        taken = max(1, int(np.sum(fits(together, limit)))) if end else 0
        numbers[end - taken : end] = number
        end -= taken
    return numbers


def exposed_seconds(backward, messages):
    """Find the message from which on the network never rests.

    Args:
        backward, messages: seconds of each layer (L,), in forward order.

    >>> exposed_seconds(np.array([1, 1]), np.array([1, 3]))
    3.0
    """
    ready = np.cumsum(backward[::-1])
    still_to_send = np.cumsum(messages)[::-1]
    return float(np.max(ready + still_to_send) - ready[-1])


def read_byte(code):
    """Look the byte up.

    >>> read_byte(0b01000000)
    0.10546875
    """
    return float(decode(np.array([code], np.uint8), 1.0, codebook("dynamic"))[0])


def quantise(values, table, scale=lambda values: np.abs(values).max(), again=True):
    """Round to the nearest value of a table, by the middles between them.

    Args:
        values: array (n,).
        table: array (m,), from -1 to 1.
        scale: what values are divided by.
        again: whether to multiply by it again.

    Returns:
        Array (n,).

    >>> quantise(np.array([4.0, 1.5]), np.array([1.0, 0.5, 0.0])).tolist()
    [4.0, 2.0]
    """
    ordered, unit = np.sort(table), scale(values) or 1.0
    middles = (ordered[1:] + ordered[:-1]) / 2
    read = ordered[np.searchsorted(middles, values / unit)]
    return read * scale(values) if again else read


def one_bit(gradients, keep=lambda left, gradient, sent: left + gradient - sent):
    """Send two means a step, and keep what they leave out.

    Args:
        gradients: array (steps, n), of one rank.
        keep: of what was left before, the gradient and what was sent, what is left.

    >>> one_bit(np.array([[1.0, 3.0, -1.0], [0.0, 0.0, 0.0]])).tolist()
    [[2.0, 2.0, -1.0], [-1.0, 0.5, 0.5]]
    """
    left, messages = np.zeros(gradients.shape[1]), []
    for gradient in gradients:
        values = gradient + left
        sent = np.zeros(len(values))
        for group in (values >= 0, values < 0):
            sent[group] = values[group].sum() / max(group.sum(), 1)
        messages.append(sent)
        left = keep(left, gradient, sent)
    return np.stack(messages)


def cluster_speedups(sub_batches, messages, step, dense, wait=None):
    """Time each sub-batch by itself.

    Args:
        sub_batches: pictures, array (m,).
        messages: seconds of one message, array (m,).
        step, dense: seconds of a step on one GPU, and those of them in dense layers.
        wait: seconds that a message is waited for; HIDDEN and WAITS say so if left out.

    Returns:
        Speed-ups (m,).

    >>> cluster_speedups(np.array([2048]), np.array([3.26e-3]), 0.1041, 0.0065).round(1)
    array([50.6])
    """
    wait = wait or (lambda message: WAITS * (message - HIDDEN) if message > HIDDEN else message)
    pairs = zip(sub_batches, messages, strict=True)
    times = [step - dense + BATCH / size * dense + wait(message) for size, message in pairs]
    return GPUS * step / np.array(times)


def _columns(rows):
    table = rows.reshape(-1, rows.shape[2])
    return table[:, :-1], table[:, -1]


def _everybody_through_the_card(gradient_bytes, nodes, gpus, network, inside):
    both = exchange_seconds(gradient_bytes, nodes, gpus, network, inside)
    most = gpus * (nodes * gpus - 1) * gradient_bytes / network
    return np.array([most if nodes > 1 else both[0], both[1]])


def _card_for_each(size, nodes, gpus, network, inside):
    return exchange_seconds(size, nodes, gpus, network, inside) / [gpus if nodes > 1 else 1, 1]


def _no_waiting(backward, messages):
    ready = np.cumsum(backward[::-1])
    return float(np.max(ready + messages[::-1]) - ready[-1])


def _behind_the_one(code, root=0.45, middle=0.5):
    """Cut 0.1 to 1 by hand, otherwise than it should be."""
    bits = f"{code % 128:07b}"
    zeros = bits.find("1")
    if zeros in (-1, 6):
        return read_byte(code)
    half, rest = bits[zeros + 1], bits[zeros + 2 :]
    low, high = (root, 1.0) if half == "1" else (0.1, root)
    place = (int("0" + rest, 2) + middle) / 2 ** len(rest)
    return (-1) ** (code // 128) * 10.0**-zeros * (low + (high - low) * place)


SLIPS = MappingProxyType(
    {
        "mean_gradient": {
            "every rank counts the same, whatever its rows": lambda gradients, rows: mean_gradient(
                gradients, np.ones(len(rows))
            ),
            "the sum over all rows is not divided": lambda gradients, counts: (
                counts.sum() * mean_gradient(gradients, counts)
            ),
        },
        "stop_together": {
            "training never stops early": partial(stop_together, judge=lambda losses: np.inf),
            "rank 0's loss decides for all": partial(stop_together, judge=lambda losses: losses[0]),
            "the sum of the ranks' losses is compared": partial(stop_together, judge=np.sum),
        },
        "train_like_one": {
            "each gradient is too small by the number of ranks": partial(
                train_like_one, share=lambda p: 1 / p
            ),
            "each gradient is too large by the number of ranks": partial(
                train_like_one, share=lambda p: p
            ),
            "the decay is too strong by the number of ranks": lambda rows, rate, decay: (
                train_like_one(rows, rate, decay * len(rows))
            ),
        },
        "exchange_seconds": {
            "each GPU has a network card of its own": _card_for_each,
            "neighbours are reached through the network card, too": _everybody_through_the_card,
        },
        "bucket_numbers": {
            "the first tensor is taken first": lambda sizes, limit: bucket_numbers(
                sizes[::-1], limit
            )[::-1],
            "a bucket must stay below its limit": partial(bucket_numbers, fits=np.less),
        },
        "exposed_seconds": {
            "messages don't wait for one another": _no_waiting,
            "backward begins with the first layer": lambda backward, messages: exposed_seconds(
                backward[::-1], messages[::-1]
            ),
        },
        "read_byte": {
            "the sign is left out": lambda code: abs(read_byte(code)),
            "0.55 is where the halves meet": partial(_behind_the_one, root=0.55),
            "a cell's lower end is taken": partial(_behind_the_one, middle=0.0),
        },
        "quantise": {
            "an array of zeros is not left as it is": lambda v, t: quantise(v, t, again=v.any()),
            "the result is not multiplied by the scale": partial(quantise, again=False),
            "nothing is scaled": partial(quantise, scale=lambda values: 1.0),
        },
        "one_bit": {
            "nothing is kept": partial(one_bit, keep=lambda *_: 0.0),
            "only what the last gradient lost is kept": partial(
                one_bit, keep=lambda left, gradient, sent: gradient - sent
            ),
        },
        "cluster_speedups": {
            "messages hide nothing": partial(cluster_speedups, wait=lambda t: WAITS * t),
            "each message is waited for once": partial(cluster_speedups, wait=lambda t: t),
        },
    }
)
