"""How much faster 4 or 96 GPUs train AlexNet, with 32-bit or 8-bit messages: the paper's tables.

Source: T. Dettmers, 8-Bit Approximations for Parallelism in Deep Learning, arXiv 1511.04561v4. The
convolutional layers are data parallel and their messages hide behind the computation; the dense
layers ("fc") are model parallel, on sub-batches of a batch of 12,288 pictures.

Not modelled: the input pipeline, the optimiser, messages that get in each other's way.
"""

from dlcourse.hardware.tables import rows

STEP = {"fast": 104.1e-3, "older": 177e-3}  # seconds on one GPU; Table 4 and Section 4.2
CONV_PENALTY = 0.05e-3  # seconds of convolutional messages that stay visible on 4 GPUs
FC_PENALTY = {32: 6.81e-3, 8: 2.55e-3}  # seconds, as printed; the 32-bit terms add to 7.01e-3
PASSES = 31  # times that what is left of a message is waited for: fitted; 32 computers less one
HIDDEN = 1.3e-3  # seconds of a message that hide behind the computation: fitted
BATCH = 12288


def dense_seconds(parallel=False):
    """Add up a step's time in the dense layers.

    Args:
        parallel: on one of four GPUs, rather than alone.

    Returns:
        seconds.

    >>> round(1e3 * dense_seconds(), 2), round(1e3 * dense_seconds(parallel=True), 2)
    (6.5, 3.34)
    """
    start = "parallel_" * parallel
    columns = [f"{start}{pass_}_seconds" for pass_ in ("forward", "backward", "update")]
    layers = [row for row in rows("eight_bit_compute") if row["layer"].startswith("fc")]
    return sum(row[column] for row in layers for column in columns)


def four_gpu_speedup(bits, kernels="fast"):
    """Compute how many times as fast four GPUs are as one.

    Args:
        bits: of a number in a message, 32 or 8.
        kernels: "fast" or "older" convolutions, of 2015 and before.

    Returns:
        float.

    >>> [round(four_gpu_speedup(bits, k), 2) for k in STEP for bits in (32, 8)]
    [3.53, 3.67, 3.71, 3.8]
    """
    step, dense = STEP[kernels], dense_seconds()
    shared = 4 * dense_seconds(parallel=True) + FC_PENALTY[bits]
    return 4 * step / (step - dense + CONV_PENALTY + shared)


def cluster_speedup(sub_batch, bits, kernels="fast"):
    """Compute how many times as fast 96 GPUs, three in each of 32 computers, are as one.

    The paper prints the results and not this rule, which was found by fitting: a message takes
    its time once as far as it hides, and 31 times as far as it does not.

    Args:
        sub_batch: pictures of a dense layer's pass, one of the paper's: 128 to 2048, or 12288.
        bits: of a number in a message, 32 or 8.
        kernels: "fast" or "older" convolutions.

    Returns:
        float.

    Raises:
        ValueError: if the paper has no such sub-batch.

    >>> round(cluster_speedup(2048, bits=8), 1), round(cluster_speedup(2048, bits=32), 1)
    (50.6, 11.3)
    """
    measured = {
        row["sub_batch"]: row[f"sync_seconds_{bits}bit"] for row in rows("eight_bit_cluster")
    }
    if sub_batch not in measured:
        raise ValueError(
            f"sub_batch={sub_batch}: the paper measured {', '.join(map(str, measured))}"
        )
    sync, step, dense = measured[sub_batch], STEP[kernels], dense_seconds()
    waits = PASSES * (sync - HIDDEN) if sync > HIDDEN else sync
    return 96 * step / (step - dense + dense * BATCH / sub_batch + waits)


def speedups_matched(within=0.01):
    """Compare `cluster_speedup` with the 24 speed-ups that the paper prints.

    Args:
        within: relative difference that counts as a match. The one printed with two digits that
            says little, 1.3, matches if it rounds to that.

    Returns:
        (matched, printed): ints.

    >>> speedups_matched()
    (24, 24)
    """
    printed = rows("eight_bit_speedups")
    return sum(_matches(row, within) for row in printed), len(printed)


def _matches(row, within):
    ours = cluster_speedup(row["sub_batch"], row["bits"], row["kernels"])
    return abs(ours / row["speedup"] - 1) <= within or round(ours, 1) == row["speedup"] == 1.3
