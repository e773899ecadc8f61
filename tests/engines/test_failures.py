"""Reasons in free words become a few kinds that can be counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.failures import MAX_LENGTH, kind_of

TOO_LONG = [
    "ValueError: the prompt is too long",
    "VLLMValidationError: The decoder prompt (length 4100) is longer than the maximum model length",
    "VLLMValidationError: This model's maximum context length is 4096 tokens.",
    "HTTP 400 context_length_exceeded: Please reduce the length of the messages.",
    "HTTP 400: This model's maximum context length is 8192 tokens (sent 2 times)",
]


@pytest.mark.parametrize("why", TOO_LONG)
def test_a_prompt_that_is_too_long_is_one_kind_however_it_is_worded(why: str) -> None:
    assert kind_of(why) == "prompt too long"


@pytest.mark.parametrize(
    ("why", "kind"),
    [
        ("the engine died each time it had this request, at last alone (SIGKILL)", "engine died"),
        ("no answer in time: Request timed out. (sent 3 times)", "no answer in time"),
        ("connection lost (sent 3 times)", "connection lost"),
        ("HTTP 500 server_error: The server had an error (sent 3 times)", "HTTP 500 server_error"),
        ("the model refused: I cannot help with that", "the model refused"),
        ("stopped by the provider's content filter", "stopped by the provider's content filter"),
        ("option 'so' is not one token for this model", "option is not one token for this model"),
        ("busy", "busy"),
        ("", "no reason given"),
    ],
)  # fmt: skip
def test_a_kind_is_what_a_reason_says_before_its_particulars(why: str, kind: str) -> None:
    assert kind_of(why) == kind


@given(st.text(), st.text(), st.text())
def test_a_kind_is_short_on_one_line_and_does_not_change_with_particulars(
    why: str, one: str, other: str
) -> None:
    kind = kind_of(why)
    assert 0 < len(kind) <= MAX_LENGTH
    assert kind.splitlines() == [kind]
    assert kind_of(f"busy: {one}") == "busy" or kind_of(f"busy: {one}") == "prompt too long"
    assert kind_of(f"busy ({other})") in {"busy", "prompt too long"}
