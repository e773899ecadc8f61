"""`culture-ray capability`: from a harness's files to figures that analyse takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from culture_ray.survey.capability import read_capability
from tests.cli.commands.imported import bring, responses
from tests.conftest import Said
from tests.survey.harnesses.layouts import lm_eval_file, own_layout, shared_layout

CultureRay = Callable[..., Said]
FILE = "file=euroeval_benchmark_results.jsonl"
SCORES = {
    "google/gemma-2-2b-it": {"scala-da": 20.0, "dansk": 30.0, "mmlu": 50.0},
    "google/gemma-2-9b-it": {"scala-da": 50.0, "dansk": 60.0, "mmlu": 70.0},
    "google/gemma-2-27b-it": {"scala-da": 60.0, "dansk": 66.0, "mmlu": 76.0},
}


@pytest.fixture
def own_folder(workplace: Path) -> Path:
    """A folder of the user's own, so that the clone's conf stays as it is."""
    folder = workplace / "culture_ray_conf"
    folder.mkdir()
    return folder


def results(workplace: Path, *more: dict[str, Any]) -> None:
    """A file as EuroEval appends it: an empty line first, one JSON per line."""
    lines = [
        own_layout(
            model=model,
            dataset=dataset,
            languages=["en" if dataset == "mmlu" else "da"],
            results={"total": {"test_mcc": value, "test_mcc_se": 1.96}},
        )
        for model, values in SCORES.items()
        for dataset, value in values.items()
    ]
    text = "".join("\n" + json.dumps(line) for line in [*lines, *more])
    (workplace / "euroeval_benchmark_results.jsonl").write_text(text)


@pytest.mark.slow
def test_euroeval_results_reach_the_regression_with_one_word(
    culture_ray: CultureRay, workplace: Path, own_folder: Path
) -> None:
    results(workplace)
    said = culture_ray("capability", "from=euroeval", FILE)
    assert said.code == 0, said.err
    assert "9 scores of 3 models in 2 languages, from 1 file of euroeval" in said.out
    assert "capability=euroeval" in said.out
    scores = read_capability(own_folder / "capability" / "euroeval.csv")
    assert scores.num_rows == 9
    means = pd.read_csv(own_folder / "capability" / "euroeval.means.csv")
    mine = means.set_index(["model", "language"]).loc[("gemma_2_2b", "da")]
    assert mine["capability"] == pytest.approx(0.25)
    assert mine["std_error"] == pytest.approx(0.01 / 2**0.5)
    assert mine["names"] == "dansk; scala-da"

    table = responses(("small", "large"))
    names = {"small": "gemma-2-2b-it", "large": "gemma-2-9b-it"}
    assert (
        bring(culture_ray, table.assign(model=table["model"].map(names), family="gemma")).code == 0
    )
    analysed = culture_ray("analyse", "run=theirs", "capability=euroeval", "inference.rounds=40")
    assert analysed.code == 0, analysed.err
    cells = pd.read_csv("results/theirs/cells.csv").set_index(["model", "language"])["capability"]
    assert cells["gemma-2-2b-it", "da"] == pytest.approx(0.25)
    assert cells["gemma-2-9b-it", "en"] == pytest.approx(0.7)


@pytest.mark.slow
def test_what_it_was_made_of_stands_beside_it_and_it_can_be_made_again(
    culture_ray: CultureRay, workplace: Path, own_folder: Path
) -> None:
    results(workplace)
    assert culture_ray("capability", "from=euroeval", FILE, "name=mine").code == 0
    facts = json.loads((own_folder / "capability" / "mine.provenance.json").read_text())
    assert facts["command"].startswith("culture-ray capability from=euroeval")
    assert facts["files"][0]["name"] == "euroeval_benchmark_results.jsonl"
    assert culture_ray("capability", "from=euroeval", FILE, "name=mine").code == 0
    (own_folder / "capability" / "hand.yaml").write_text("# @package capability\nname: hand\n")
    complaint = culture_ray("capability", "from=euroeval", FILE, "name=hand").complaint
    assert "was written by hand" in complaint


@pytest.mark.slow
def test_models_that_are_not_known_are_named_and_rename_takes_them(
    culture_ray: CultureRay, workplace: Path, own_folder: Path
) -> None:
    results(workplace, *(own_layout(model=name) for name in ("org/New-7B", "org/new#thinking")))
    said = culture_ray("capability", "from=euroeval", FILE)
    assert (
        "! left out: model org/New-7B is not in conf/model; 'rename={org/New-7B: NAME}' includes it"
        in said.out
    )
    assert """'rename=["org/new#thinking=NAME"]' includes it""" in said.out
    for word in ("rename={org/New-7B: new_7b}", 'rename=["org/New-7B=new_7b"]'):
        taken = culture_ray("capability", "from=euroeval", FILE, word)
        assert taken.code == 0, taken.err
        assert "new_7b" in taken.out
        assert (
            "left out in da, because not every model has it: dansk (new_7b lacks it)" in taken.out
        )
    assert "! no benchmark in en for new_7b: left out of regressions" in taken.out


@pytest.mark.slow
def test_lm_eval_folders_and_tasks_of_ones_own(
    culture_ray: CultureRay, workplace: Path, own_folder: Path
) -> None:
    for size, value in (("2b", 0.3), ("9b", 0.5)):
        folder = workplace / "out" / f"google__gemma-2-{size}-it"
        folder.mkdir(parents=True)
        content = lm_eval_file(
            {
                "arc_da": {"acc_norm,none": value, "acc_norm_stderr,none": 0.02},
                "mine": {"hits,none": value + 0.1},
            },
            model_name=f"google/gemma-2-{size}-it",
        )
        (folder / "results_2025-06-01T10-00-00.json").write_text(json.dumps(content))
        (folder / "samples_arc_da_2025-06-01T10-00-00.jsonl").write_text("{}\n")
    said = culture_ray("capability", "from=lm_eval", "file=out")
    assert said.out.count("task mine is not in conf/harnesses.yaml") == 1
    told = culture_ray(
        "capability", "from=lm_eval", "file=out", "tasks={mine: {language: da, metric: hits}}"
    )
    assert told.code == 0, told.err
    means = pd.read_csv(own_folder / "capability" / "lm_eval.means.csv").set_index("model")
    assert means.loc["gemma_2_9b", "capability"] == pytest.approx(0.55)
    assert means["std_error"].isna().all()  # the task of one's own has none


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (
            (FILE,),
            "from=None cannot be used: expected the harness that wrote the file: "
            "euroeval or lm_eval",
        ),
        (("from=euroval", FILE), "unknown harness 'euroval': did you mean 'euroeval'?"),
        (("from=euroeval",), "file=None cannot be used"),
        (("from=euroeval", "file=none.jsonl"), "none.jsonl: there is no such file"),
        (("from=euroeval", "file=empty"), "empty: no file *.jsonl of euroeval in this folder"),
        (("from=euroeval", "file=text.jsonl"), "text.jsonl, line 2: not valid JSON"),
        (("from=lm_eval", "file=eee.json"), "eee.json: not a result of lm_eval"),
        (("from=euroeval", FILE, "rename={org/none: x}"), "rename='org/none' cannot be used"),
        (("from=euroeval", FILE, "tasks={mine: {metric: acc}}"), "tasks.mine.language=None"),
        (("from=euroeval", "file=strange.jsonl"), "no score of a model in conf/model"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_mistake_is_one_line(
    culture_ray: CultureRay, workplace: Path, own_folder: Path, words: tuple[str, ...], wanted: str
) -> None:
    results(workplace)
    (workplace / "empty").mkdir()
    (workplace / "text.jsonl").write_text("\n{not json}\n")
    (workplace / "eee.json").write_text(json.dumps(shared_layout()))
    (workplace / "strange.jsonl").write_text(json.dumps(own_layout(model="nobody/knows")))
    assert wanted in culture_ray("capability", *words).complaint
    assert not (own_folder / "capability").exists()
