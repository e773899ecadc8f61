"""The stages are declared once, and everything that lists them lists the same ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml

from culture_ray.cli.help import verb_help
from culture_ray.config.files import conf_folder
from culture_ray.settings.stages import Stage
from tests.conftest import Said


def test_a_run_does_all_stages_in_their_order_unless_told_otherwise() -> None:
    content = yaml.safe_load((conf_folder() / "config.yaml").read_text(encoding="utf-8"))
    assert content["stages"] == [str(stage) for stage in Stage]


def test_the_help_of_sweep_says_what_each_stage_does() -> None:
    words = " ".join(verb_help("sweep").split())
    for stage in Stage:
        assert f"{stage} ({stage.meaning})" in words


@pytest.mark.slow
@pytest.mark.parametrize("word", ["stages=[elicit,regres]", "stages=[translate]"])
def test_a_stage_that_there_is_not_is_refused(culture_ray: Callable[..., Said], word: str) -> None:
    complaint = culture_ray("plan", "experiment=quickstart", word).complaint
    assert all(stage in complaint for stage in Stage)


def test_stages_that_ask_models_come_before_those_that_compute() -> None:
    asks = [stage.asks_models for stage in Stage]
    assert asks == sorted(asks, reverse=True)
