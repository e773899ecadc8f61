"""A request's id is derived from exactly its key, the same everywhere, and never from text."""

from __future__ import annotations

import subprocess
import sys
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.sweep.plan.requests import elicit_requests, request_id
from culture_ray.tables import REQUESTS
from tests.conftest import ROOT

KEY = ("elicit", "gemma_2_2b", "da", "hypothetical_interviews", "t01", "f120", "w1", "0")
ID = "3fff5910bb490ffa5de489de"


def test_the_id_of_a_key_never_changes() -> None:
    # Written down, so that a change of the hash cannot orphan the shards of earlier runs unseen.
    assert request_id(*KEY) == ID


def test_the_id_is_the_same_in_a_process_with_another_hash_seed() -> None:
    code = f"from culture_ray.sweep.plan.requests import request_id; print(request_id(*{KEY!r}))"
    said = subprocess.run(
        [sys.executable, "-c", code],
        check=True, capture_output=True, text=True, cwd=ROOT,
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert said.stdout.strip() == ID


@pytest.mark.parametrize("place", range(len(KEY)))
def test_every_part_of_the_key_decides_the_id(place: int) -> None:
    other = [*KEY]
    other[place] += "x"
    assert request_id(*other) != ID


@given(st.lists(st.text(max_size=3), max_size=5), st.lists(st.text(max_size=3), max_size=5))
def test_only_equal_keys_have_equal_ids(one: list[str], other: list[str]) -> None:
    assert (request_id(*one) == request_id(*other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("a", "b"), ("a\x1fb",)),
        (("a\x1f", "b"), ("a", "\x1fb")),
        (("a", ""), ("a",)),
        (("", "a"), ("a", "")),
        ((), ("",)),
        (("1", "11"), ("11", "1")),
        (("1:a",), ("a",)),
        (("a1:b",), ("a", "b")),
    ],
)
def test_keys_that_read_alike_when_joined_have_different_ids(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert request_id(*one) != request_id(*other)


def test_requests_follow_the_schema_in_the_order_of_their_prompts() -> None:
    prompts = [("t2", "f120", "w1", 0), ("t1", "e035", "w3", 1)]
    table = elicit_requests("m", "da", "p", prompts)
    assert table.schema.equals(REQUESTS)
    assert table.column("topic").to_pylist() == ["f120", "e035"]
    assert table.column("sample").to_pylist() == [0, 1]
    assert table.column("request_id").to_pylist() == [
        request_id("elicit", "m", "da", "p", "t2", "f120", "w1", "0"),
        request_id("elicit", "m", "da", "p", "t1", "e035", "w3", "1"),
    ]


def test_a_language_without_prompts_has_an_empty_table() -> None:
    table = elicit_requests("m", "da", "p", [])
    assert table.num_rows == 0
    assert table.schema.equals(REQUESTS)


def test_the_same_prompt_to_another_model_language_or_sample_is_another_request() -> None:
    ids = [
        key
        for model, language, protocol in product(("m1", "m2"), ("da", "en"), ("p", "q"))
        for key in elicit_requests(
            model, language, protocol, [("t1", "f120", "w1", sample) for sample in range(5)]
        )
        .column("request_id")
        .to_pylist()
    ]
    assert len(set(ids)) == len(ids) == 40


def test_ids_from_before_there_were_personas_are_what_they_were() -> None:
    prompts = [("t01", "f120", "w3", 0), ("t10", "e035", "w1", 7)]
    table = elicit_requests("gemma_2_2b", "da", "hypothetical_interviews", prompts)
    assert table.column("request_id").to_pylist() == [
        "f4d8bf2f2800d5a72339d998",
        "e11a0e22c530aff25778bdef",
    ]


def test_the_same_prompt_with_another_persona_is_another_request() -> None:
    prompts = [("t01", "f120", "w1", 0)]
    personas = (None, "DK", "US")
    tables = [elicit_requests("m", "da", "persona", prompts, persona) for persona in personas]
    ids = {str(table.column("request_id")[0]) for table in tables}
    assert len(ids) == 3
    assert [table.column("persona")[0].as_py() for table in tables] == list(personas)


@pytest.mark.slow
def test_many_ids_do_not_collide() -> None:
    prompts = [
        (f"t{t}", f"f{f}", f"w{w}", s)
        for t, f, w, s in product(range(10), range(40), range(5), range(50))
    ]
    ids = elicit_requests("m", "da", "p", prompts).column("request_id").to_pylist()
    assert len(set(ids)) == 100_000
