"""Choices that contradict each other are refused, in one line that names the key."""

from __future__ import annotations

from copy import deepcopy

import pytest

from culture_ray.config.cross_checks import check_slurm
from culture_ray.config.run_settings import settings_from
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.sweep.plan.cluster import Slurm
from tests.config.test_run_settings import JUDGE, PROTOCOL, changed
from tests.small import composed


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        (f"{PROTOCOL}.countries", ["DK"], "none: its prompts name no country"),
        ("protocol", {"persona": {}}, "at least one country, such as [DK, US]"),
        ("protocol", {"persona": {"countries": ["DK", "DK"]}}, "no country twice"),
        ("judging.use", "majority", "at least two judges to vote"),
    ],
)
def test_choices_that_contradict_each_other_are_refused(
    key: str, value: object, expected: str
) -> None:
    with pytest.raises(WrongValue) as problem:
        changed(key, value)
    assert str(problem.value).startswith(key)
    assert expected in str(problem.value)


@pytest.mark.parametrize(
    ("key", "value", "near"),
    [
        ("judging.use", "gemma_3_27m", "gemma_3_270m"),
        ("inference.design", "withn", "within"),
        ("spending.models", {"gemma_3_27m": 1}, "spending.models.gemma_3_270m"),
        ("spending.stages", {"elict": 1}, "spending.stages.elicit"),
    ],
)
def test_a_name_that_nothing_has_names_the_nearest(key: str, value: object, near: str) -> None:
    with pytest.raises(UnknownName, match=f"did you mean '{near}'"):
        changed(key, value)


@pytest.mark.parametrize("name", ["rule", "first", "majority"])
def test_a_judge_cannot_have_a_name_with_another_meaning(name: str) -> None:
    judge = composed("language=[en]")["judge"]["gemma_3_270m"]
    with pytest.raises(WrongValue, match="another name"):
        changed("judge", {name: judge})


def test_to_do_again_what_no_stage_does_is_refused() -> None:
    content = {**deepcopy(composed()), "redo": True, "stages": ["elicit", "judge"]}
    with pytest.raises(WrongValue, match="add measure, regress or report"):
        settings_from(content, "", "")
    assert settings_from({**content, "stages": ["report"]}, "", "").redo


def test_figures_for_print_are_refused_without_the_stage_that_draws_them() -> None:
    content = {**deepcopy(composed()), "print_figures": True, "stages": ["measure"]}
    with pytest.raises(WrongValue, match="stages with report"):
        settings_from(content, "", "")
    assert settings_from({**content, "stages": ["report"]}, "", "").print_figures


def test_judges_are_needed_only_for_judging() -> None:
    content = {**deepcopy(composed()), "judge": {}, "stages": ["elicit"]}
    assert settings_from(content, "", "").judges == {}


def test_no_judge_for_judging_is_one_line_that_names_the_stage() -> None:
    with pytest.raises(WrongValue) as problem:
        settings_from({**deepcopy(composed()), "judge": {}}, "", "")
    assert str(problem.value).startswith("judge=[] cannot be used: expected at least one of gemma")
    assert str(problem.value).endswith(": the stage judge needs one")


def test_a_judge_answers_in_a_way_its_engine_can() -> None:
    judge = composed("language=[en]")["judge"]["gemma_3_270m"]
    api = judge | {"answers": "choice", "model": judge["model"] | {"engine": "openai"}}
    with pytest.raises(WrongValue, match=f"{JUDGE}.answers='choice' cannot be used"):
        changed("judge", {"gemma_3_270m": api})


def test_a_type_of_gpu_that_no_option_requests_is_refused() -> None:
    check_slurm(Slurm(gpu_option="gres", gpu_type="h100"))
    with pytest.raises(WrongValue, match=r"gpu_type='h100' .*gpu_option=none requests no GPUs"):
        check_slurm(Slurm(gpu_option="none", gpu_type="h100"))


def test_the_published_analysis_has_draws_of_its_own() -> None:
    content = deepcopy(composed("inference=paper"))
    content["inference"]["topics"] = "fixed"
    with pytest.raises(WrongValue, match=r"inference.topics.*repeats the published analysis"):
        settings_from(content, "", "")


def test_the_published_analysis_has_no_other_outcome() -> None:
    content = deepcopy(composed("inference=paper"))
    content["inference"]["outcome"] = "topics"
    with pytest.raises(WrongValue, match=r"inference.outcome.*repeats the published analysis"):
        settings_from(content, "", "")


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([["gemma_3_270m"]], "at least two models"),
        ([["gemma_3_270m", "gemma_3_270m"]], "no model twice"),
    ],
)
def test_groups_of_one_model_are_models_of_the_run(groups: object, expected: str) -> None:
    content = deepcopy(composed())
    content["inference"]["same_model"] = groups
    with pytest.raises(WrongValue, match=expected):
        settings_from(content, "", "")


def test_a_group_names_models_of_the_run() -> None:
    content = deepcopy(composed())
    content["inference"]["same_model"] = [["gemma_3_270m", "gemma_3_27m"]]
    with pytest.raises(UnknownName, match=r"inference\.same_model"):
        settings_from(content, "", "")


def test_a_reference_is_another_judge_of_the_run() -> None:
    content = deepcopy(composed("judge=[gemma_3_270m,gemma_2_9b]"))
    content["judging"]["reference"] = "gemma_2_9b"
    assert settings_from(content, "", "").judging.reference == "gemma_2_9b"
    content["judging"]["reference"] = "gemma_3_270m"
    with pytest.raises(WrongValue, match="another judge than gemma_3_270m"):
        settings_from(content, "", "")
    content["judging"]["reference"] = "gemma_2_9"
    with pytest.raises(UnknownName, match=r"judging\.reference"):
        settings_from(content, "", "")


@pytest.mark.parametrize("name", ["smallest_effect", "smallest_slope"])
def test_a_smallest_effect_is_above_zero_and_of_valid_inference(name: str) -> None:
    content = deepcopy(composed())
    content["inference"][name] = 0.05
    assert getattr(settings_from(content, "", "").inference, name) == 0.05
    content["inference"][name] = 0
    with pytest.raises(WrongValue, match=f"inference.{name}"):
        settings_from(content, "", "")
    paper = deepcopy(composed("inference=paper"))
    paper["inference"][name] = 0.05
    with pytest.raises(WrongValue, match="standard errors of inference=paper"):
        settings_from(paper, "", "")


def test_a_bayesian_check_is_of_valid_inference_and_its_draws_are_of_use() -> None:
    content = deepcopy(composed())
    content["inference"] |= {"bayesian": True, "bayesian_draws": 500}
    assert settings_from(content, "", "").inference.bayesian_draws == 500
    content["inference"]["bayesian"] = False
    with pytest.raises(WrongValue, match=r"bayesian_draws=500 .* inference\.bayesian=true"):
        settings_from(content, "", "")
    paper = deepcopy(composed("inference=paper"))
    paper["inference"]["bayesian"] = True
    with pytest.raises(WrongValue, match=r"inference\.bayesian=True .* checks the valid"):
        settings_from(paper, "", "")


def test_only_a_reference_labels_a_share() -> None:
    content = deepcopy(composed("judge=[gemma_3_270m,gemma_2_9b]"))
    content["judge"]["gemma_2_9b"]["share"] = 0.1
    with pytest.raises(WrongValue, match=r"judging\.reference=gemma_2_9b"):
        settings_from(content, "", "")
    content["judging"]["reference"] = "gemma_2_9b"
    assert settings_from(content, "", "").judges["gemma_2_9b"].share == 0.1
