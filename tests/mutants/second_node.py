"""Sheet 07, exercise 7, wrong and right: right ones are called right_*, the rest is wrong."""


def _ring(p, n, bandwidth):
    return 2 * (p - 1) / p * n / bandwidth


def right_rates(compute, gradient_bytes, gpus, inside, network):
    rates = []
    for p, bandwidth in ((gpus, inside), (2 * gpus, min(inside, network))):
        rates.append(p / (compute + 2 * (p - 1) * (gradient_bytes / p) / bandwidth))
    return rates[1] / rates[0]


def right_with_conditions(compute, gradient_bytes, gpus, inside, network):
    one = compute
    if gpus > 1:
        one += _ring(gpus, gradient_bytes, inside)
    slowest = network if network < inside else inside
    return one / (compute + _ring(2 * gpus, gradient_bytes, slowest)) * 2


def right_slowest_time(compute, gradient_bytes, gpus, inside, network):
    times = [_ring(2 * gpus, gradient_bytes, bandwidth) for bandwidth in (inside, network)]
    return 2 * (compute + _ring(gpus, gradient_bytes, inside)) / (compute + max(times))


def forgets_to_return(compute, gradient_bytes, gpus, inside, network):
    right_rates(compute, gradient_bytes, gpus, inside, network)


def steps_not_samples(compute, gradient_bytes, gpus, inside, network):
    return right_rates(compute, gradient_bytes, gpus, inside, network) / 2


def upside_down(compute, gradient_bytes, gpus, inside, network):
    return 1 / right_rates(compute, gradient_bytes, gpus, inside, network)


def each_byte_once(compute, gradient_bytes, gpus, inside, network):
    one = compute + (gradient_bytes / inside if gpus > 1 else 0)
    return 2 * one / (compute + gradient_bytes / min(inside, network))


def no_factor_two(compute, gradient_bytes, gpus, inside, network):
    return right_rates(compute, gradient_bytes / 2, gpus, inside, network)


def network_even_where_faster(compute, gradient_bytes, gpus, inside, network):
    one = compute + _ring(gpus, gradient_bytes, inside)
    return 2 * one / (compute + _ring(2 * gpus, gradient_bytes, network))


def inside_all_the_way(compute, gradient_bytes, gpus, inside, network):
    return right_rates(compute, gradient_bytes, gpus, inside, inside)


def network_within_too(compute, gradient_bytes, gpus, inside, network):
    slowest = min(inside, network)
    return right_rates(compute, gradient_bytes, gpus, slowest, slowest)


def ring_of_two_nodes(compute, gradient_bytes, gpus, inside, network):
    one = compute + _ring(gpus, gradient_bytes, inside)
    return 2 * one / (compute + _ring(2, gradient_bytes, min(inside, network)))


def as_long_a_ring(compute, gradient_bytes, gpus, inside, network):
    one = compute + _ring(gpus, gradient_bytes, inside)
    return 2 * one / (compute + _ring(gpus, gradient_bytes, min(inside, network)))


def arithmetic_shared(compute, gradient_bytes, gpus, inside, network):
    one = compute + _ring(gpus, gradient_bytes, inside)
    return 2 * one / (compute / 2 + _ring(2 * gpus, gradient_bytes, min(inside, network)))


def one_node_needs_no_sum(compute, gradient_bytes, gpus, inside, network):
    return 2 * compute / (compute + _ring(2 * gpus, gradient_bytes, min(inside, network)))


def both_ways_one_after_the_other(compute, gradient_bytes, gpus, inside, network):
    one = compute + _ring(gpus, gradient_bytes, inside)
    slow = _ring(2 * gpus, gradient_bytes, inside) + _ring(2 * gpus, gradient_bytes, network)
    return 2 * one / (compute + slow)


def at_least_one(compute, gradient_bytes, gpus, inside, network):
    return max(1.0, right_rates(compute, gradient_bytes, gpus, inside, network))


def worth_it(compute, gradient_bytes, gpus, inside, network):
    return right_rates(compute, gradient_bytes, gpus, inside, network) > 1


def overlapped(compute, gradient_bytes, gpus, inside, network):
    one = max(compute, _ring(gpus, gradient_bytes, inside))
    return 2 * one / max(compute, _ring(2 * gpus, gradient_bytes, min(inside, network)))


def whole_numbers(compute, gradient_bytes, gpus, inside, network):
    return float(round(right_rates(compute, gradient_bytes, gpus, inside, network)))
