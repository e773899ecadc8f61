"""US bias and the multilingual regression without each topic, model and language: influence.csv."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from culture_ray.errors import UserError
from culture_ray.measures.resampling.bootstrap import study_topics
from culture_ray.measures.resampling.jackknife import without_each_topic
from culture_ray.measures.result import FEWEST_TOPICS, FloatArray, IntArray
from culture_ray.regression.designs import RegressionDesign
from culture_ray.regression.results import Regression, Term
from culture_ray.regression.valid import Options, regress
from culture_ray.settings.inference import InferenceSettings
from culture_ray.stages.measure.cells import BASELINE_FAMILY
from culture_ray.stages.regress.cell_figures import CONTRASTS
from culture_ray.stages.regress.cells import Cells
from culture_ray.stages.regress.rows import missing_capability, regression_rows, usable_rows
from culture_ray.stages.regress.same_model import merged_models
from culture_ray.stages.regress.sensitivity.items import MOST_CELLS
from culture_ray.stages.regress.valid import us_bias_result
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import INFLUENCE

_US = "us_minus_native"
_SLOPES = ("capability", "consistency")
_ORDER = ("topic", "model", "language")

Row = dict[str, Any]


def write_influence(run: RunDirectory, cells: Cells, inference: InferenceSettings) -> None:
    """Write influence.csv, or remove it for a study of more than MOST_CELLS cells.

    Raises DiskProblem.
    """
    if not 0 < len(cells.primary) <= MOST_CELLS:
        catalogue.remove(run, "influence")
        return
    topics = study_topics([cells.study[position] for position in cells.primary])
    without = np.array(
        [without_each_topic(cell, cells.truth.value_polarity, topics) for cell in cells.study]
    )
    rows = [*_us_bias(cells, topics, without), *_multilingual(cells, topics, without, inference)]
    rows.sort(key=lambda row: _ORDER.index(row["left_out"]))
    catalogue.write(run, "influence", pa.Table.from_pylist(rows, INFLUENCE))


def _us_bias(cells: Cells, topics: IntArray, without: FloatArray) -> Iterator[Row]:
    """Yield the mean US bias without each part; `without` is (cells, topics, contrasts)."""
    result = us_bias_result(cells)
    if result.table is None:
        return
    means = result.table[result.table["term"] == _US].to_dict("records")
    if not means or not math.isfinite(means[0]["std_error"]):
        return
    table = cells.rows.reset_index(drop=True).iloc[cells.primary]
    bias = table[_US].to_numpy(np.float64)
    used = (
        np.isfinite(bias)
        & (table["family"] != BASELINE_FAMILY).to_numpy()
        & (table["topics"] >= FEWEST_TOPICS).to_numpy()
    )
    bias, table = bias[used], table[used]
    own = without[cells.primary][used][:, :, CONTRASTS.index(_US)]
    named = [("topic", cells.truth.topics[t], own[:, i].mean()) for i, t in enumerate(topics)]
    for kind in ("model", "language"):
        labels = table[kind].to_numpy(str)
        for name in dict.fromkeys(labels):
            rest = bias[labels != name]
            named.append((kind, str(name), rest.mean() if rest.size else np.nan))
    for kind, name, value in named:
        found = float(means[0]["estimate"]), float(value), float(means[0]["std_error"])
        yield _row(kind, name, "us_bias", _US, *found)


def _multilingual(
    cells: Cells, topics: IntArray, without: FloatArray, inference: InferenceSettings
) -> Iterator[Row]:
    """Yield the slopes of the default design without each part, alignment being over responses."""
    if missing_capability(regression_rows(cells)):
        return
    design = RegressionDesign(inference.design, inference.designs[inference.design])
    usable = usable_rows(cells, "responses")
    rows, draws, _ = merged_models(usable.rows, usable.draws, inference.same_model)
    positions = usable.rows["cell"].to_numpy(np.int64)
    aligned = without[positions][:, :, CONTRASTS.index("alignment_language")].T
    responses = np.asarray(merged_models(usable.rows, aligned, inference.same_model)[1], np.float64)
    alone = Options(permutations=0, without_models=0)
    try:
        whole = regress(
            rows, design, options=Options(permutations=0), draws=draws, topics=usable.units
        )
    except UserError:
        return
    if whole.weights is None or whole.diagnostics is None:
        return
    yield from _without_topics(whole, [cells.truth.topics[t] for t in topics], responses)
    for refitted in whole.diagnostics.without:
        yield from _compared("model", refitted.model, whole, refitted.terms)
    for language in dict.fromkeys(rows["language"]):
        kept = np.flatnonzero(rows["language"] != language)
        try:
            rest = regress(
                rows.iloc[kept].reset_index(drop=True),
                design,
                options=alone,
                draws=draws[:, kept],
                topics=usable.units,
            ).terms
        except UserError:
            rest = ()
        yield from _compared("language", str(language), whole, rest)


def _without_topics(whole: Regression, names: list[str], responses: FloatArray) -> Iterator[Row]:
    """Yield the slopes for other responses of the same rows, (topics, rows)."""
    assert whole.weights is not None
    estimates = responses @ whole.weights.T
    for name, values in zip(names, estimates, strict=True):
        for term, value in zip(whole.terms, values, strict=True):
            if term.term.startswith(_SLOPES):
                yield _of_term("topic", name, term, value)


def _compared(kind: str, name: str, whole: Regression, rest: tuple[Term, ...]) -> Iterator[Row]:
    values = {term.term: term.estimate for term in rest}
    for term in whole.terms:
        if term.term.startswith(_SLOPES):
            yield _of_term(kind, name, term, values.get(term.term, np.nan))


def _of_term(kind: str, name: str, term: Term, value: float) -> Row:
    return _row(kind, name, "multilingual", term.term, term.estimate, value, term.std_error)


def _row(
    kind: str, name: str, regression: str, term: str, estimate: float, value: float, error: float
) -> Row:
    change = value - estimate
    return {
        "left_out": kind,
        "name": name,
        "regression": regression,
        "term": term,
        "estimate": _known(estimate),
        "without": _known(value),
        "change": _known(change),
        "change_in_std_errors": _known(change / error) if error else None,
    }


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
