"""What a pipeline's stage keeps: activations over time, of a layer, and the optimiser's state.

Not modelled: buffers of messages, temporary arrays within a pass, and fragmentation.
"""

from itertools import accumulate


def activation_memory(simulated, kept=1.0, kept_for_weights=None):
    """Follow the activations that wait on each stage for their backward pass.

    A forward pass takes its memory when it begins. BW gives it back when it ends; of the two
    halves B gives back what only it needs, and W the rest.

    Args:
        simulated: Simulated.
        kept: bytes that a stage keeps of one micro-batch, all its chunks together; 1 counts in
            micro-batches.
        kept_for_weights: those of them that W needs; all if left out.

    Returns:
        for each stage a list of (seconds, bytes): the bytes from that moment on.

    Raises:
        ValueError: if W needs more than was kept.

    >>> from dlcourse.plan.schedules import one_f_one_b
    >>> from dlcourse.plan.simulate import simulate
    >>> activation_memory(simulate(one_f_one_b(2, 2)))[1]
    [(1.0, 1.0), (4.0, 1.0), (7.0, 0.0)]
    """
    late = kept if kept_for_weights is None else kept_for_weights
    if not 0 <= late <= kept:
        raise ValueError(f"kept_for_weights={late}: give 0 to kept={kept}")
    chunks = simulated.schedule.chunks
    freed = {"BW": kept / chunks, "B": (kept - late) / chunks, "W": late / chunks}
    return [_steps(row, kept / chunks, freed) for row in simulated.spans]


def peak_memory(simulated, kept=1.0, kept_for_weights=None):
    """Find the most that each stage keeps at a time.

    Args:
        simulated, kept, kept_for_weights: as for `activation_memory`.

    Returns:
        list of bytes, one a stage.

    >>> from dlcourse.plan.schedules import gpipe, one_f_one_b, zero_bubble
    >>> from dlcourse.plan.simulate import simulate
    >>> [peak_memory(simulate(make(4, 8))) for make in (gpipe, one_f_one_b, zero_bubble)]
    [[8.0, 8.0, 8.0, 8.0], [4.0, 3.0, 2.0, 1.0], [4.0, 4.0, 4.0, 4.0]]
    """
    steps = activation_memory(simulated, kept, kept_for_weights)
    return [max(size for _, size in row) for row in steps]


def layer_activations(
    sequence, micro_batch, hidden, heads, tensor=1, sequence_parallel=False, recompute="none"
):
    """Count the activations that one transformer layer keeps for its backward pass, in 16 bits.

    Args:
        sequence: s, tokens.
        micro_batch: b, sequences.
        hidden: h, width of the layer.
        heads: a, of attention.
        tensor: t, devices that share the layer.
        sequence_parallel: whether layer normalisation and dropout are shared along the sequence.
        recompute: "none"; "selective": what attention makes of s × s scores; "full": all but the
            layer's input.

    Returns:
        float, bytes on each device: s b h (10 + 24 / t + 5 a s / (h t)), where sequence
        parallelism divides the 10 by t, selective recomputation drops the last term, and full
        recomputation leaves 2 s b h.

    Raises:
        ValueError: for another `recompute`.

    Source: Korthikanti et al. (2022), table 2, https://arxiv.org/abs/2205.05198

    >>> layer_activations(2048, 4, 6144, 64, tensor=8) * 48 / 2**30
    59.25
    """
    if recompute not in ("none", "selective", "full"):
        raise ValueError(f'recompute={recompute!r}: give "none", "selective" or "full"')
    if recompute == "full":
        return 2.0 * sequence * micro_batch * hidden
    scores = 5 * heads * sequence / hidden if recompute == "none" else 0
    whole = 10 / tensor if sequence_parallel else 10
    return sequence * micro_batch * hidden * (whole + (24 + scores) / tensor)


def state_bytes(parameters, shards=1, stage=0, weights=2, gradients=2, optimizer=12):
    """Count what a device keeps of weights, gradients and optimiser (ZeRO, stages 0 to 3).

    Args:
        parameters: of the model, or of the part of it on this device.
        shards: data-parallel devices among which they are split.
        stage: 0: nothing is split; 1: the optimiser's state; 2: gradients too; 3: weights too.
        weights, gradients, optimizer: bytes a parameter; Adam in mixed precision by default.

    Returns:
        float, bytes.

    Raises:
        ValueError: for another stage.

    Source: Rajbhandari et al., "ZeRO" (2020), https://arxiv.org/abs/1910.02054, figure 1.

    >>> [round(state_bytes(7.5e9, 64, stage) / 1e9, 1) for stage in range(4)]
    [120.0, 31.4, 16.6, 1.9]
    """
    if stage not in range(4):
        raise ValueError(f"stage={stage}: ZeRO has stages 0 to 3")
    split = (optimizer, gradients, weights)
    return parameters * (sum(split[:stage]) / shards + sum(split[stage:]))


def _steps(row, taken, freed):
    """Take and give back, pass by pass; of two changes at one moment the later one counts."""
    changes = []
    for span in row:
        if span.step.kind == "F":
            changes.append((span.start, taken))
        else:
            changes.append((span.end, -freed[span.step.kind]))
    levels = accumulate(change for _, change in changes)
    levels = [level if abs(level) > 1e-9 * taken else 0.0 for level in levels]
    steps = {when: level for (when, _), level in zip(changes, levels, strict=True)}
    return list(steps.items())
