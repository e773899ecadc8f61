"""A composed configuration becomes a check of judges, or a line that says what is wrong in it."""

from __future__ import annotations

from typing import Any

import pytest

from culture_ray.config.judge_check import judge_check_from
from culture_ray.errors import UnknownName, WrongValue
from tests.small import composed

CHECK: dict[str, Any] = {
    "results": "results",
    "run": None,
    "human": None,
    "repeats": 2,
    "spending": {"cap_dollars": 3},
}


def content(**changes: Any) -> dict[str, Any]:
    """The content of a check of one judge, with these keys changed."""
    small = composed("language=[en]")
    return CHECK | {key: small[key] for key in ("language", "judge", "cluster")} | changes


def test_the_content_becomes_a_check() -> None:
    check = judge_check_from(content(), "a test")
    assert (list(check.judges), list(check.languages)) == (["gemma_3_270m"], ["en"])
    assert (check.repeats, check.spending.cap_dollars) == (2, 3.0)
    assert check.cluster.name == "local"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"repeats": 0}, "repeats=0 cannot be used: expected at least 1"),
        ({"repeats": "often"}, "repeats='often' cannot be used: expected a valid integer"),
        ({"judge": {}}, "judge=[] cannot be used: expected at least one of gemma_2_27b"),
        ({"language": {}}, "language=[] cannot be used: expected at least one of ar"),
        ({"spending": {"cap_dollars": 0}}, "spending.cap_dollars=0 cannot be used: expected above"),
        ({"cluster": {"unit_size": 0}}, "cluster.unit_size=0 cannot be used: expected at least 1"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(WrongValue) as problem:
        judge_check_from(content(**changes), "a test")
    assert str(problem.value).startswith(message)


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="unknown key 'repeat': did you mean 'repeats'"):
        judge_check_from(content(repeat=2), "a test")
