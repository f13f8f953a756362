"""Sheet 09, exercise 7, wrong and right: right ones are called right_*, the rest is wrong."""

from fractions import Fraction


def right_over_whole_numbers(stages, micro_batches, chunks):
    return (stages - 1) / (chunks * micro_batches + stages - 1)


def right_from_the_work(stages, micro_batches, chunks):
    return 1 - micro_batches / (micro_batches + (stages - 1) / chunks)


def right_with_fractions(stages, micro_batches, chunks):
    waiting = Fraction(stages - 1, chunks)
    return float(waiting / (waiting + micro_batches))


def right_in_seconds(stages, micro_batches, chunks, forward=1.0, backward=2.0):
    work = micro_batches * (forward + backward)
    waiting = (stages - 1) * (forward + backward) / chunks
    return waiting / (work + waiting)


def forgets_to_return(stages, micro_batches, chunks):
    right_over_whole_numbers(stages, micro_batches, chunks)


def over_the_work(stages, micro_batches, chunks):
    return (stages - 1) / chunks / micro_batches


def no_chunks(stages, micro_batches, chunks):
    return (stages - 1) / (micro_batches + stages - 1)


def chunks_above_only(stages, micro_batches, chunks):
    return (stages - 1) / chunks / (micro_batches + stages - 1)


def chunks_the_wrong_way(stages, micro_batches, chunks):
    waiting = (stages - 1) * chunks
    return waiting / (micro_batches + waiting)


def all_stages_wait(stages, micro_batches, chunks):
    waiting = stages / chunks
    return waiting / (micro_batches + waiting)


def chunks_are_stages(stages, micro_batches, chunks):
    waiting = stages * chunks - 1
    return waiting / (micro_batches + waiting)


def on_the_way_in_only(stages, micro_batches, chunks):
    waiting = (stages - 1) / chunks / 2
    return waiting / (micro_batches + waiting)


def in_and_out_each_the_whole(stages, micro_batches, chunks):
    waiting = 2 * (stages - 1) / chunks
    return waiting / (micro_batches + waiting)


def the_share_of_work(stages, micro_batches, chunks):
    return 1 - right_over_whole_numbers(stages, micro_batches, chunks)


def in_percent(stages, micro_batches, chunks):
    return 100 * right_over_whole_numbers(stages, micro_batches, chunks)


def work_of_all_stages(stages, micro_batches, chunks):
    waiting = (stages - 1) / chunks
    return waiting / (micro_batches * stages + waiting)


def whole_chunks(stages, micro_batches, chunks):
    waiting = (stages - 1) // chunks
    return waiting / (micro_batches + waiting)


def none_once_it_is_full(stages, micro_batches, chunks):
    share = right_over_whole_numbers(stages, micro_batches, chunks)
    return 0.0 if micro_batches >= 4 * stages else share


def the_bubble_itself(stages, micro_batches, chunks):
    return (stages - 1) / chunks


def rounded(stages, micro_batches, chunks):
    return round(right_over_whole_numbers(stages, micro_batches, chunks), 2)
