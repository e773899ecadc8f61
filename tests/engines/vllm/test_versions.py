"""Sampling parameters that older versions of vLLM lack are left out or replaced."""

from __future__ import annotations

import pytest

from culture_ray.engines.vllm import versions


@pytest.mark.parametrize(
    ("knows", "interval", "logprobs", "limits"),
    [
        (True, {"stream_interval": 32}, {"logprob_token_ids": [3, 5]}, {}),
        (False, {}, {"logprobs": -1}, {"max_logprobs": -1}),
    ],
    ids=["0.32", "0.19.1"],
)
def test_log_probabilities_are_asked_for_in_the_way_that_the_version_has(
    monkeypatch: pytest.MonkeyPatch,
    knows: bool,
    interval: dict[str, int],
    logprobs: dict[str, object],
    limits: dict[str, int],
) -> None:
    # Only one version can be installed; what each lacks was read in its SamplingParams.
    monkeypatch.setattr(versions, "_has", lambda parameter: knows)
    assert versions.stream_interval(32) == interval
    assert versions.logprobs_of([3, 5]) == logprobs
    assert versions.logprob_limits() == limits
