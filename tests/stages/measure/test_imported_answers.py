"""Answers and distributions of others become answers.csv, and are compared with people's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.csv
import pytest

from culture_ray.config.compose import compose_and_run
from culture_ray.config.imported import imported_run
from culture_ray.config.launchers import Content
from culture_ray.errors import BadTable, RunMismatch
from culture_ray.measures.answer_distances import wasserstein
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.answers import write_answers
from culture_ray.stages.regress.closeness.distances import write_distances
from culture_ray.survey.answer_distributions import answer_shares_table
from culture_ray.survey.microdata.option_shares import of_shares
from culture_ray.tools.scored.commit import import_scored

D059 = {None: [[0.1, 0.2, 0.3, 0.4], [0.2, 0.0, 0.2, 0.1]], "Denmark": [[0.0, 0.0, 0.5, 0.5]]}
"""Shares of the four answers in each response, by persona; the second response says other things
half of the time."""
H010 = {None: [[1, 3, 0, 0]], "Denmark": [[25, 25, 25, 25]]}
MEAN = {"d059": [0.25, 0.1, 0.35, 0.3], "h010": [0.25, 0.75, 0.0, 0.0]}
"""Means over responses without a persona."""


def rows_of(shares: dict[str, dict[str | None, Sequence[Any]]]) -> list[dict[str, Any]]:
    return [
        {"topic": topic, "persona": persona, "answers": each}
        for topic, by_persona in shares.items()
        for persona, responses in by_persona.items()
        for each in responses
    ]


@cache
def composed() -> Content:
    found: list[Content] = []
    given = ["run=theirs", "constants.family=other"]
    compose_and_run("a test", given, lambda content, _: found.append(content), root="import")
    return found[0]


def brought(folder: Path, rows: list[dict[str, Any]], **columns: str) -> Settings:
    """Return the settings of a run of these responses, which are imported."""
    path = folder / "scored.jsonl"
    path.write_text("\n".join(json.dumps({"model": "m", "language": "da", **row}) for row in rows))
    content = {**deepcopy(composed()), "file": str(path), "results": str(folder)}
    content["columns"] |= columns
    context, scored = imported_run(content, "import", "culture-ray import")
    import_scored(context, scored)
    return context.settings


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("imported")
    rows = rows_of({"d059": D059, "h010": H010})
    return brought(folder, rows, distribution="answers")


@pytest.fixture(scope="module")
def answers(imported: Settings) -> pd.DataFrame:
    table = write_answers(imported)
    assert table is not None
    return table.to_pandas()


def test_imported_distributions_are_means_over_responses_by_persona(answers: pd.DataFrame) -> None:
    plain = answers[answers["persona"].isna()]
    assert set(plain["protocol"]) == {"imported"}
    for topic, expected in MEAN.items():
        found = plain[plain["topic"] == topic]
        assert found["answer"].tolist() == [1, 2, 3, 4]
        np.testing.assert_allclose(found["share"], expected)
    danes = answers[answers["persona"] == "DK"]
    assert set(danes["protocol"]) == {"imported_persona"}
    np.testing.assert_allclose(danes["share"], [0.0, 0.0, 0.5, 0.5, *[0.25] * 4])
    assert plain["responses"].tolist() == [2] * 4 + [1] * 4


def test_imported_distributions_have_distances_to_peoples(
    imported: Settings, answers: pd.DataFrame, tmp_path: Path
) -> None:
    truth = RunContext(imported).ground_truth
    random = np.random.default_rng(1)
    count = len(truth.populations)
    people = {name: random.dirichlet(np.ones(4), count) for name in ("d059", "h010")}
    tables = [of_shares(name, (1, 2, 3, 4), shares) for name, shares in people.items()]
    path = tmp_path / "people.csv"
    pyarrow.csv.write_csv(answer_shares_table(truth.populations, tables), path)
    compared = replace(imported, answers_table=path)
    table = write_distances(compared, truth, RunContext(compared).answer_shares)
    assert table is not None
    found = table.to_pandas()
    found = found[found["persona"].isna() & (found["measure"] == "wasserstein")]
    names = [population.name for population in truth.populations]
    assert found["population"].tolist() == names
    expected = [
        np.mean([wasserstein(np.array(MEAN[name]), people[name][row]) for name in MEAN])
        for row in range(count)
    ]
    np.testing.assert_allclose(found["value"], expected)
    assert set(found["topics"]) == {2}


@pytest.mark.slow
def test_imported_answer_codes_are_a_distribution_over_responses(tmp_path: Path) -> None:
    rows = [{"topic": "d059", "code": code} for code in (1, 1, 3, -1)]
    table = write_answers(brought(tmp_path, rows, answer="code"))
    assert table is not None
    np.testing.assert_allclose(table["share"], [2 / 3, 0.0, 1 / 3, 0.0])
    assert set(table["responses"].to_pylist()) == {3}


@pytest.mark.slow
def test_imported_shares_of_sides_have_no_distribution(tmp_path: Path) -> None:
    rows = [{"topic": "d059", "value_polarity": share} for share in (0.1, 0.9)]
    assert write_answers(brought(tmp_path, rows)) is None


@pytest.mark.slow
def test_other_shares_of_the_same_sides_are_other_responses(tmp_path: Path) -> None:
    same, other = (
        [{"topic": "d059", "answers": shares}]
        for shares in ([0.1, 0.2, 0.3, 0.4], [0.2, 0.1, 0.3, 0.4])
    )
    for rows in (same, same):
        brought(tmp_path, rows, distribution="answers")
    with pytest.raises(RunMismatch, match="has other responses"):
        brought(tmp_path, other, distribution="answers")


def test_a_scale_that_has_changed_since_the_import_is_named(imported: Settings) -> None:
    shorter = [
        replace(topic, scale=replace(topic.scale, con=topic.scale.con[:1]))
        for topic in imported.topics
        if topic.id == "d059"
    ]
    with pytest.raises(BadTable, match=r"'d059' was imported on a scale of 4 answers, .* 3"):
        write_answers(replace(imported, topics=tuple(shorter)))
