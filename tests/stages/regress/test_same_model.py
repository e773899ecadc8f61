"""Models that are one are noticed, and analysed as one where they are declared so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from culture_ray.calibration import TWO_NAMES
from culture_ray.measures.cells import Cell, tabulate
from culture_ray.measures.resampling.bootstrap import StudyCell
from culture_ray.stages.regress.cells import Cells
from culture_ray.stages.regress.same_model import alike_models, merged_models
from culture_ray.survey.ground_truth import GroundTruth

TOPICS = 32


def asked(logits: np.ndarray, rng: np.random.Generator) -> Cell:
    topic = np.repeat(np.arange(TOPICS), 8)
    return tabulate(topic, rng.binomial(8, 1 / (1 + np.exp(-logits[topic]))) / 8)


def study() -> tuple[Cells, pd.DataFrame]:
    """Return the cells of four models, one of them under two names."""
    rng = np.random.default_rng(1)
    names = ["a", "b", "c", "d", "twin of a"]
    kept = [(name, language) for name in names for language in ("da", "en")]
    common = {language: rng.normal(size=TOPICS) for language in ("da", "en")}
    own = {name: rng.normal(size=(2, TOPICS)) for name in names[:4]}
    own["twin of a"] = own["a"]
    cells = [
        StudyCell(f"{name} {language}", asked(common[language] + own[name][k % 2], rng))
        for k, (name, language) in enumerate(kept)
    ]
    rows = pd.DataFrame(kept, columns=["model", "language"])
    rows = rows.assign(
        family="f",
        alignment=rng.random(10),
        consistency=rng.random(10),
        capability=rng.random(10),
        cell=np.arange(10),
    )
    topics = tuple(f"t{i}" for i in range(TOPICS))
    nobody = np.zeros((0, TOPICS))
    truth = GroundTruth((), topics, nobody, nobody, nobody, "")
    return Cells(rows, {}, cells, truth), rows


def test_one_model_under_two_names_is_named() -> None:
    cells, rows = study()
    (note,) = alike_models(cells, rows, ())
    assert note.startswith("a and twin of a answer alike")
    assert TWO_NAMES.sentence in note
    assert "inference.same_model=[[a,twin of a]]" in note
    assert alike_models(cells, rows, (("twin of a", "a"),)) == ()


def test_models_declared_as_one_are_one_row_per_language() -> None:
    _, rows = study()
    draws = np.random.default_rng(2).normal(size=(20, 10))
    draws[3, 0] = np.nan
    merged, means, notes = merged_models(rows, draws, (("a", "twin of a"),))
    assert list(merged["model"]) == ["a", "a", "b", "b", "c", "c", "d", "d"]
    assert merged["alignment"][0] == pytest.approx(rows["alignment"][[0, 8]].mean())
    assert merged["family"][0] == "f"
    np.testing.assert_allclose(means[:, 1], draws[:, [1, 9]].mean(1))
    assert np.isnan(means[3, 0])
    assert np.isfinite(means[:, 1:]).all()
    assert notes == ("a, twin of a are analysed as one model, a (inference.same_model)",)


def test_without_a_declaration_nothing_changes() -> None:
    _, rows = study()
    draws = np.zeros((2, 10))
    found, same, notes = merged_models(rows, draws, ())
    assert found is rows
    assert same is draws
    assert notes == ()
