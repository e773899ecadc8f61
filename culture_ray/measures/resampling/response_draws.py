"""Draws of responses with replacement, from a whole cell or from each drawn topic."""

from __future__ import annotations

import numpy as np

from culture_ray.measures.cells import Cell
from culture_ray.measures.resampling.response_rounds import ResponseRounds, TopicSlots
from culture_ray.measures.result import FloatArray, IntArray


def draw_responses(cell: Cell, rounds: int, generator: np.random.Generator) -> ResponseRounds:
    """Return rounds that each draw as many responses as the cell has, from all of them."""
    topic, value = _responses(cell)
    size = topic.size
    drawn = generator.integers(0, max(size, 1), (rounds, size))
    drawn += size * np.arange(rounds)[:, None]
    times = np.bincount(drawn.ravel(), minlength=drawn.size)
    return _tabulated(
        cell,
        TopicSlots.one_each(rounds, cell.topics.size),
        round_of=np.repeat(np.arange(rounds), size),
        slot_of=np.tile(topic, rounds),
        value_of=np.tile(value, rounds),
        times=times,
    )


def draw_responses_in_topics(
    cell: Cell, rounds: int, generator: np.random.Generator
) -> ResponseRounds:
    """Return rounds that draw responses of each of the cell's topics, one fewer than it has.

    The spread of a mean of m responses over draws of m - 1 is its standard error; over draws of m
    it would be too small by (m - 1)/m (Rao & Wu 1988). A topic of one response always has it.
    """
    fewer = np.maximum(cell.responses_per_topic.astype(np.int64) - 1, 1)
    draws = np.ones((rounds, cell.topics.size))
    return draw_responses_within(cell, draws, generator, fewer)


def draw_responses_within(
    cell: Cell,
    draws: FloatArray,
    generator: np.random.Generator,
    number: IntArray | None = None,
) -> ResponseRounds:
    """Return rounds that draw, for each copy of a drawn topic, as many responses as the topic has.

    `draws` (B, T) are the numbers of draws of each of the cell's topics, whole numbers; `number`
    (T,) is the number of responses to draw of each topic where it differs.
    """
    rounds, topics = draws.shape
    _, value = _responses(cell)
    sizes = cell.responses_per_topic.astype(np.int64)
    copies = draws.astype(np.int64)
    round_of, topic_of = np.divmod(np.repeat(np.arange(rounds * topics), copies.ravel()), topics)
    per_round = copies.sum(axis=1)
    slot_of = _counting(per_round)
    topic_in_slot = np.zeros((rounds, int(per_round.max(initial=0))), dtype=np.int64)
    topic_in_slot[round_of, slot_of] = topic_of
    drawn = sizes[topic_of]
    first_response = np.cumsum(sizes) - sizes
    response = np.repeat(first_response[topic_of], drawn) + _counting(drawn)
    times = _times_drawn(generator, drawn, None if number is None else number[topic_of])
    return _tabulated(
        cell,
        TopicSlots(topics, topic_in_slot),
        round_of=np.repeat(round_of, drawn),
        slot_of=np.repeat(slot_of, drawn),
        value_of=value[response],
        times=times,
    )


def _responses(cell: Cell) -> tuple[IntArray, IntArray]:
    """Return the row and column in the count table of each response, in the table's order."""
    bins = np.repeat(np.arange(cell.counts.size), cell.counts.ravel().astype(np.int64))
    topic, value = np.divmod(bins, max(cell.values.size, 1))
    return topic, value


def _times_drawn(
    generator: np.random.Generator, sizes: IntArray, number: IntArray | None = None
) -> IntArray:
    """Return the number of draws of each member of groups.

    A group of n members is drawn n times, or `number` times. Groups are drawn one after the other,
    so that further groups do not change earlier draws.
    """
    times = sizes if number is None else number
    group_start = np.cumsum(sizes) - sizes
    within = (generator.random(int(times.sum())) * np.repeat(sizes, times)).astype(np.int64)
    within += np.repeat(group_start, times)
    return np.bincount(within, minlength=int(sizes.sum()))


def _counting(lengths: IntArray) -> IntArray:
    """Return 0 .. length - 1 for each length, concatenated."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if ends.size else 0
    return np.arange(total) - np.repeat(ends - lengths, lengths)


def _tabulated(
    cell: Cell,
    slots: TopicSlots,
    *,
    round_of: IntArray,
    slot_of: IntArray,
    value_of: IntArray,
    times: IntArray,
) -> ResponseRounds:
    """Return rounds from the round, slot, value and number of draws of each response; all (n,)."""
    rounds, size = slots.topic.shape
    values = cell.values.size
    at = (round_of * size + slot_of) * values + value_of
    weight = times.astype(np.float64)
    drawn = np.asarray(
        np.bincount(at, weights=weight, minlength=rounds * size * values), dtype=np.float64
    )
    at = round_of * values + value_of
    squares = np.asarray(
        np.bincount(at, weights=weight**2, minlength=rounds * values), dtype=np.float64
    )
    return ResponseRounds(
        cell.values,
        slots,
        drawn.reshape(rounds, size, values),
        squares.reshape(rounds, values),
    )
