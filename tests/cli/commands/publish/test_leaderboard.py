"""`culture-ray leaderboard`: ranks on the screen, and each mistake in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from tests.answered import answer
from tests.conftest import Said
from tests.small import small_settings

CultureRay = Callable[..., Said]


@pytest.mark.slow
def test_runs_are_ranked_on_the_screen_and_written(
    culture_ray: CultureRay, workplace: Path
) -> None:
    for words in (("run=one",), ("run=two", "model=[gemma_2_2b]")):
        settings = small_settings(workplace / "results", *words)
        answer(settings)
        measure(RunContext(settings))
    said = culture_ray("leaderboard", "run=one", "run=two", "inference.rounds=60", "title=Ours")
    assert said.code == 0, said.err
    lines = [line.split() for line in said.out.splitlines()]
    assert lines[0] == ["rank", "model", "alignment", "gap", "run"]
    assert {line[-1] for line in lines[1:3]} == {"one", "two"}
    assert said.out.endswith("2 models; written: results/leaderboard/index.html\n")
    folder = workplace / "results" / "leaderboard"
    assert "<title>Ours</title>" in (folder / "index.html").read_text(encoding="utf-8")
    assert {path.name for path in folder.iterdir()} == {
        "index.html", "leaderboard.csv", "every_eval_ever.jsonl", "leaderboard.json",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ((), "expected one run or more, such as 'run=[first,second]'"),
        (("run=[]",), "expected one run or more"),
        (("run=[new,new]",), "expected different runs"),
        (("run=[new,none]",), "no run 'none' in results: the choices are new"),
        (("run=new",), "run 'new' is not measured yet: culture-ray analyse run=new"),
        (("run=new", "language=[da]"), "language=[da] has no effect on culture-ray leaderboard"),
    ],
)
def test_each_mistake_is_one_line(
    culture_ray: CultureRay, workplace: Path, words: tuple[str, ...], wanted: str
) -> None:
    RunContext(small_settings(workplace / "results", "run=new")).open()
    assert wanted in culture_ray("leaderboard", *words).complaint
    assert not (workplace / "results" / "leaderboard").exists()
