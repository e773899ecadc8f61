"""Nothing that a server may send in place of an answer raises."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.openai.parsing import ParsedAnswer, parse
from culture_ray.engines.openai.problems import Problem
from tests.engines.openai.answer_bodies import REQUEST, parsed
from tests.engines.openai.any_document import ANSWERS

EXAMPLES = 500 if settings.default.max_examples <= 100 else 10_000
"""More in `make chaos`, whose profile asks for more of everything."""

OPTIONS = Request("r", "prompt", Sampling(stop=("END",)), schema="{}", options=("A", "B"))


@pytest.mark.slow
@settings(max_examples=EXAMPLES)
@given(ANSWERS)
def test_no_json_document_in_place_of_an_answer_raises(body):
    found = parsed(body, OPTIONS)
    assert isinstance(found, ParsedAnswer | Problem)
    if isinstance(found, Problem):
        found.message.encode()
        (found.code or "").encode()
    else:
        ((found.text or "") + (found.failure or "")).encode()
        assert "\0" not in (found.text or "")
    if found.usage is not None:
        usage = vars(found.usage)
        counts = [v for name, v in usage.items() if name not in ("tier", "stated_nano")]
        assert all(type(count) is int and 0 <= count < 2**31 for count in counts)


@given(st.binary(max_size=60))
def test_no_bytes_crash_the_reading(content):
    assert isinstance(parse(content, REQUEST), ParsedAnswer | Problem)


@given(st.sampled_from(["data: ", "<html>", "[" * 2000, '{"choices":', "\ufeff", "\0"]), st.text())
def test_no_text_crashes_the_reading(start, rest):
    assert isinstance(
        parse((start + rest).encode("utf-8", "replace"), REQUEST), ParsedAnswer | Problem
    )
