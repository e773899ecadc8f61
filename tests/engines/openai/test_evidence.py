"""A request fails by itself where others are answered, and with the model where they are not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.openai.evidence import CHANCE, Evidence, control_of, is_control


def seen(*outcomes: bool) -> Evidence:
    evidence = Evidence()
    for number, answered in enumerate(outcomes):
        evidence.add(f"r{number}", float(number), answered=answered)
    return evidence


def test_a_request_that_fails_alone_fails_by_itself() -> None:
    assert seen(*[True] * 20).is_own("poison", 1)


@given(failures=st.integers(1, 10_000), faults=st.integers(0, 100))
def test_nothing_fails_by_itself_while_nothing_is_answered(failures: int, faults: int) -> None:
    assert not seen(*[False] * faults).is_own("any", failures)


@given(st.integers(1, 49), st.integers(1, 200))
def test_a_failure_is_its_own_only_if_chance_would_not_do_it(faults: int, failures: int) -> None:
    evidence = seen(*[False] * faults, *[True] * (50 - faults))
    assert evidence.is_own("r", failures) == ((faults / 50) ** failures < CHANCE)


def test_its_own_outcomes_say_nothing_of_the_others() -> None:
    evidence = seen(True)
    for _ in range(20):
        evidence.add("poison", 1.0, answered=False)
    assert evidence.is_own("poison", 5)


def test_an_answer_counts_from_when_it_was_sent() -> None:
    evidence = Evidence()
    evidence.add("a", 5.0, answered=True)
    assert evidence.answered_since(4.9)
    assert not evidence.answered_since(5.0)


def test_a_control_has_the_form_of_the_request_and_no_word_of_it() -> None:
    request = Request("r", "secret words", Sampling(max_tokens=600), "secret system", '{"a": 1}')
    control = control_of(request)
    assert (control.schema, control.sampling.temperature) == (request.schema, 0.7)
    assert control.sampling.max_tokens < 20
    assert "secret" not in control.prompt + control.system
    assert control.system
    assert [is_control(name) for name in (control.request_id, "r")] == [True, False]
    assert control_of(Request("r", "p", Sampling(max_tokens=4))).sampling.max_tokens == 4
