"""The types of a composed configuration tell which keys it may have."""

from __future__ import annotations

from culture_ray.config.hydra_hooks.refusals import typed_keys
from tests.small import composed

MODEL, JUDGE = "model.gemma_3_270m", "judge.gemma_3_270m"


def test_typed_keys_are_those_that_settings_have_whether_a_file_sets_them_or_not() -> None:
    keys = typed_keys(composed())
    assert {"seed", f"{MODEL}.dtype", f"{JUDGE}.model.architecture.heads"} - keys == {"seed"}
    assert "cluster.max_replicas" in keys
    assert "populations.us" in keys
