"""Robustness checks of a run, written to robustness.csv."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.engines.model import Model
from culture_ray.labels.judge_order import judge_order
from culture_ray.labels.measured import measured_labels
from culture_ray.labels.read import RULE
from culture_ray.measures.resampling.resample import DrawLevel, Resampling
from culture_ray.measures.result import IntArray
from culture_ray.prompts.factors import USUAL, Variant
from culture_ray.prompts.language import Language
from culture_ray.prompts.options import order_of
from culture_ray.prompts.protocols import PROTOCOLS
from culture_ray.regression.robustness.study import (
    UNKNOWN,
    PromptLevels,
    Responses,
    SurveyedPopulations,
)
from culture_ray.regression.robustness.suite import robustness_checks
from culture_ray.settings.run import Settings
from culture_ray.stages.regress.answered_shares import (
    Shares,
    shares_of_labels,
    shares_of_speakers,
)
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.survey.ground_truth import GroundTruth
from culture_ray.survey.topics import Topic
from culture_ray.tables import ROBUSTNESS


def robustness(settings: Settings, truth: GroundTruth, answers: Shares | None = None) -> pa.Table:
    """Write robustness.csv of a run and return it; each judge's labels are checked separately.

    `answers` are the distributions of populations' answers, by population and topic.
    """
    surveyed = _surveyed(settings.languages, settings.topics, truth)
    resampling = Resampling(DrawLevel.JOINT_TOPICS, settings.inference.rounds, settings.seed)
    labels = measured_labels(settings)
    labels = labels[labels["topic"].isin(truth.topics)]
    known = [population.name for population in truth.populations]
    labels = labels[labels["persona"].isna() | labels["persona"].isin(known)]
    shares = None
    if answers is not None:
        shares = shares_of_labels(settings, labels)
        people = shares_of_speakers(settings.languages, truth, answers)
        surveyed = replace(surveyed, answers=people)
    checks = ROBUSTNESS.empty_table()
    by_rule = labels["judge"] == RULE
    for judge in judge_order(settings.judges, settings.judging) or (
        [RULE] if by_rule.any() else []
    ):
        # Rule labels are added to those of every judge, as some checks compare protocols.
        of_judge = (by_rule | (labels["judge"] == judge)).to_numpy()
        own = labels[of_judge]
        protocols = tuple(p for p in settings.protocol_order if p in set(own["protocol"]))
        responses = _responses(settings.models, settings.languages, own, truth, protocols)
        if shares is not None:
            responses = replace(responses, shares=shares[of_judge])
        table = pd.DataFrame(
            map(asdict, robustness_checks(responses, surveyed, resampling, protocols))
        )
        if len(settings.judges) > 1:
            table["what"] += f" (judge {judge})"
        table["reason"] = table["reason"].replace("", None)
        rows = pa.Table.from_pandas(table, schema=ROBUSTNESS, preserve_index=False)
        checks = pa.concat_tables([checks, rows])
    catalogue.write(settings.run, "robustness", checks)
    return checks


def read_robustness(run: RunDirectory) -> pa.Table | None:
    """Return robustness.csv of a run; None if it has not been written."""
    return catalogue.read(run, "robustness")


def prompt_factors(labels: pd.DataFrame) -> tuple[PromptLevels, ...]:
    """Return the factors that have several levels in labels (MEASURED), one level per label.

    The order of the options is known from the wording; it is UNKNOWN for protocols without options.
    """
    variants = {text: Variant.read(text) for text in labels["variant"].dropna().unique().tolist()}
    asked = [variants.get(text, USUAL).levels for text in labels["variant"].tolist()]
    offering = {name for name, protocol in PROTOCOLS.items() if protocol.offers_options}
    orders = labels["wording"].fillna("").map(order_of).astype(object)
    orders = orders.where(labels["protocol"].isin(offering), None)
    found = [PromptLevels("order", *_level_places(orders, "as_is"))]
    for factor, usual in USUAL.levels.items():
        levels = pd.Series([each[factor] for each in asked], dtype=object)
        found.append(PromptLevels(factor, *_level_places(levels, usual)))
    return tuple(each for each in found if len(each.names) > 1)


def _responses(
    models: Mapping[str, Model],
    languages: Mapping[str, Language],
    labels: pd.DataFrame,
    truth: GroundTruth,
    protocols: tuple[str, ...],
) -> Responses:
    populations = tuple(population.name for population in truth.populations)
    return Responses(
        models=tuple(models),
        languages=tuple(languages),
        model=_places(labels["model"], tuple(models)),
        language=_places(labels["language"], tuple(languages)),
        topic=_places(labels["topic"], truth.topics),
        polarity=labels["value_polarity"].to_numpy(np.float64, na_value=np.nan),
        template=pd.factorize(labels["template"])[0],
        wording=pd.factorize(labels["wording"])[0],
        protocol=_places(labels["protocol"], protocols),
        persona=np.where(
            labels["persona"].isna(), UNKNOWN, _places(labels["persona"], populations)
        ).astype(np.int64),
        varied=prompt_factors(labels),
    )


def _places(names: pd.Series[str], among: tuple[str, ...]) -> IntArray:
    return np.asarray(pd.Index(among).get_indexer(pd.Index(names)), dtype=np.int64)


def _level_places(levels: pd.Series[str], usual: str) -> tuple[tuple[str, ...], IntArray]:
    """Return the names of the levels, the usual one first, and the place of each; -1 if unknown."""
    names = sorted(levels.dropna().unique().tolist(), key=lambda name: (name != usual, name))
    places = pd.Index(names).get_indexer(pd.Index(levels))
    return tuple(names), np.where(levels.isna(), UNKNOWN, places).astype(np.int64)


def _surveyed(
    languages: Mapping[str, Language], topics: Sequence[Topic], truth: GroundTruth
) -> SurveyedPopulations:
    speakers = [truth.speakers_of(language) for language in languages]
    native = np.zeros((len(speakers), len(truth.populations)), dtype=np.bool_)
    for row, language in enumerate(languages):
        native[row, [truth.row(country.name) for country in truth.countries_of(language)]] = True
    category = {topic.id: topic.category for topic in topics}
    return SurveyedPopulations(
        ground_truth=truth.value_polarity,
        country=np.array([p.kind == "country" for p in truth.populations]),
        speakers=np.array([UNKNOWN if p is None else truth.row(p.name) for p in speakers]),
        native=native,
        category=tuple(category.get(topic, "") for topic in truth.topics),
    )
