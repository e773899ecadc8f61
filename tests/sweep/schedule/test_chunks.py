from __future__ import annotations

from culture_ray.sweep.schedule.chunks import Chunk


def test_a_chunk_is_suspected_after_two_deaths_and_halved_from_then_on() -> None:
    chunk = Chunk("u", 10, 5, 10.0)
    (once,) = chunk.after_death()
    assert (once.deaths, once.suspect, once.size) == (1, False, 5)
    (twice,) = once.after_death()
    assert (twice.deaths, twice.suspect, twice.deaths_alone) == (2, True, 0)
    first, second = twice.after_death()
    assert (first.start, first.size, first.tokens) == (10, 2, 4.0)
    assert (second.start, second.size, second.tokens) == (12, 3, 6.0)
    assert first.suspect
    assert second.suspect


def test_a_single_request_is_poisoned_when_two_engines_died_with_it_alone() -> None:
    (once,) = Chunk("u", 3, 1, 2.0, deaths=2).after_death()
    assert (once.deaths_alone, once.poisoned) == (1, False)
    (twice,) = once.after_death()
    assert (twice.deaths_alone, twice.poisoned, twice.start, twice.size) == (2, True, 3, 1)


def test_several_requests_are_never_poisoned_together() -> None:
    assert not Chunk("u", 0, 2, 2.0, deaths=2, deaths_alone=2).poisoned
