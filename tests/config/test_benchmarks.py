"""Benchmarks are chosen by name; a choice that cannot run is refused with one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.errors import UserError
from culture_ray.settings.stages import Stage
from tests.small import small_settings

ALONE = ("protocol=[]", "judge=[]")


@pytest.mark.slow
def test_a_run_of_benchmarks_alone_puts_scores_and_reports_them(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, *ALONE, "benchmark=[quickstart]")
    assert settings.stages == (Stage.BENCHMARK, Stage.MEASURE, Stage.REPORT)
    assert list(settings.benchmarks) == ["quickstart"]
    assert settings.main_protocol == ""


@pytest.mark.slow
def test_a_run_of_benchmarks_alone_asks_judges_only_for_a_rubric(tmp_path: Path) -> None:
    plain, rated = (
        small_settings(tmp_path, "protocol=[]", f"benchmark=[{name}]")
        for name in ("quickstart", "worldview")
    )
    assert (Stage.JUDGE in plain.stages, Stage.JUDGE in rated.stages) == (False, True)


def test_a_run_without_benchmarks_has_no_such_stage(tmp_path: Path) -> None:
    settings = small_settings(tmp_path)
    assert Stage.BENCHMARK not in settings.stages
    assert set(settings.stages) == set(Stage) - {Stage.BENCHMARK}


def test_a_file_can_be_changed_on_the_command_line(tmp_path: Path) -> None:
    words = ("benchmark=[quickstart]", "benchmark.quickstart.orders=as_is")
    settings = small_settings(tmp_path, *ALONE, *words)
    assert settings.benchmarks["quickstart"].orders == ("as_is",)


def test_spending_on_benchmarks_has_a_cap_of_its_own(tmp_path: Path) -> None:
    words = ("benchmark=[quickstart]", "spending.stages={benchmark: 1}")
    assert small_settings(tmp_path, *ALONE, *words).spending.stages == {"benchmark": 1.0}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (ALONE, "protocol=[] cannot be used: expected at least one of"),
        ((*ALONE, "benchmark=[quickstar]"), "unknown benchmark 'quickstar'"),
        ((*ALONE, "benchmark=[worldview]"), "benchmark.worldview has a rubric"),
        (("capability=measured",), "has the key `capability`: no benchmark is chosen"),
        (("capability=measured", "benchmark=[worldview]"), "`capability`: worldview is chosen"),
        (
            (*ALONE, "benchmark=[quickstart]", "+benchmark.quickstart.order=both"),
            "unknown key 'order' in benchmark.quickstart",
        ),
        (
            (
                *ALONE,
                "benchmark=[quickstart]",
                "benchmark.quickstart.answer.kind=layers",
                "+benchmark.quickstart.answer.words={x: y}",
                "benchmark.quickstart.orders=as_is",
                "model=[gemma_3_270m,gemma_2_2b]",
            ),
            "models that run on a CPU, whose layers can be read: gemma_2_2b cannot",
        ),
    ],
)
def test_what_cannot_run_is_refused(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(UserError) as caught:
        small_settings(tmp_path, *words)
    assert message in str(caught.value)
