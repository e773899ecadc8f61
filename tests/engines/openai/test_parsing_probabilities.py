"""Probabilities of options in answers."""

from __future__ import annotations

import pytest

from culture_ray.engines.interface import Request, Sampling
from tests.engines.openai.answer_bodies import chat, parsed


@pytest.mark.parametrize(
    "logprobs",
    [
        [{"token": "A", "logprob": float("nan")}],
        [{"token": None, "logprob": -1}],
        [{"top_logprobs": [{"token": "A", "logprob": "-1"}]}],
        [None],
        ["A"],
        {"A": -1},
    ],
)
def test_logprobs_that_cannot_be_read_are_unknown(logprobs):
    body = chat()
    body["choices"][0]["logprobs"] = {"content": logprobs}
    asked = Request("r", "prompt", Sampling(), options=("A", "B"))
    assert parsed(body, asked).probabilities is None


@pytest.mark.parametrize(
    ("logprobs", "expected"),
    [
        ({"tokens": [" A", "."], "token_logprobs": [-0.5, -1.0]}, (0.6065, 0.0)),
        (
            {"tokens": ["A"], "token_logprobs": [-0.5], "top_logprobs": [{"A": -0.5, " B": -1.5}]},
            (0.6065, 0.2231),
        ),
        ({"tokens": ["A"], "token_logprobs": [-0.5], "top_logprobs": []}, (0.6065, 0.0)),
        ({"tokens": ["A"], "token_logprobs": None}, None),
        ({"tokens": "A", "token_logprobs": -0.5}, None),
        ({"tokens": [None], "token_logprobs": [None], "top_logprobs": [3]}, None),
        ({"content": None}, None),
        (None, None),
    ],
)
def test_logprobs_in_columns_are_read(logprobs, expected):
    body = chat()
    body["choices"][0]["logprobs"] = logprobs
    asked = Request("r", "prompt", Sampling(), options=("A", "B"))
    found = parsed(body, asked).probabilities
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-4))


def test_a_probability_is_never_above_one():
    body = chat()
    likely = [{"token": "A", "logprob": 700.0}, {"token": "B", "logprob": -1e6}]
    body["choices"][0]["logprobs"] = {"content": [{"top_logprobs": likely}]}
    asked = Request("r", "prompt", Sampling(), options=("A", "B"))
    assert parsed(body, asked).probabilities == (1.0, 0.0)
