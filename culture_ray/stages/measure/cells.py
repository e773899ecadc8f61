"""Cells of a run: the responses that are measured together, and those of its baselines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from culture_ray.measures.baselines import OPINIONS, baseline_polarity
from culture_ray.measures.result import FloatArray, IntArray
from culture_ray.settings.comparison import Baseline
from culture_ray.settings.run import Settings
from culture_ray.survey.ground_truth import GroundTruth

BASELINE_FAMILY = "baseline"
_NO_PERSONA = ""


@dataclass(frozen=True)
class CellKey:
    """Key of a cell, a set of responses that are measured together."""

    model: str
    family: str
    language: str
    protocol: str
    persona: str | None
    judge: str | None

    def columns(self) -> dict[str, str | None]:
        """Return the key as the first columns of a table."""
        return {
            "model": self.model,
            "family": self.family,
            "language": self.language,
            "protocol": self.protocol,
            "persona": self.persona,
            "judge": self.judge,
        }


@dataclass(frozen=True, eq=False)
class CellResponses:
    """Responses of one cell, one entry per topic and value polarity (NaN where undefined)."""

    topic: IntArray
    polarity: FloatArray
    times: IntArray
    """Responses per entry; `pro`, `con` and `neutral` are sums over these."""
    sides: IntArray
    """Pro and con stances of a single response of the entry."""
    pro: IntArray
    con: IntArray
    neutral: IntArray


def cells_of(
    settings: Settings, truth: GroundTruth, table: pd.DataFrame
) -> Iterator[tuple[CellKey, CellResponses]]:
    """Yield the cells of a run and of its baselines.

    `table` has the counts of labels by model, language, protocol, persona, judge and topic.
    """
    # The run's own order, with the main protocol and the first judge first: figures and
    # regressions use these.
    table = table.assign(persona=table["persona"].fillna(_NO_PERSONA))
    countries = [name for protocol in settings.protocols.values() for name in protocol.countries]
    orders = {
        "protocol": settings.protocol_order,
        "persona": (_NO_PERSONA, *dict.fromkeys(countries)),
    }
    for column, order in orders.items():
        table = table[table[column].isin(list(order))]
        table[column] = pd.Categorical(table[column], list(order), ordered=True)
    position = {topic: index for index, topic in enumerate(truth.topics)}
    table = table[table["topic"].isin(position)]
    by = ["protocol", "persona", "model", "language", "judge"]
    grouped = table.groupby(by, sort=True, observed=True)
    for key, rows in grouped:
        protocol, persona, model, language, judge = (str(part) for part in key)
        family = settings.models[model].family
        yield (
            CellKey(model, family, language, protocol, persona or None, judge),
            CellResponses(
                topic=np.array([position[topic] for topic in rows["topic"]], np.int64),
                polarity=rows["value_polarity"].to_numpy(np.float64, na_value=np.nan),
                times=rows["responses"].to_numpy(np.int64),
                sides=rows["sides"].to_numpy(np.int64),
                pro=rows["pro"].fillna(0).to_numpy(np.int64),
                con=rows["con"].fillna(0).to_numpy(np.int64),
                neutral=rows["neutral"].fillna(0).to_numpy(np.int64),
            ),
        )
    topics_asked = {
        (str(protocol), str(language)): _most_asked(rows, position)
        for (protocol, language), rows in table[table["persona"] == _NO_PERSONA].groupby(
            ["protocol", "language"], sort=True, observed=True
        )
    }
    yield from _baselines(settings.seed, settings.baselines, truth, topics_asked)


def _most_asked(rows: pd.DataFrame, position: Mapping[str, int]) -> IntArray:
    """Return the topics of the model with most responses; baselines answer the same topics."""
    cells = rows.groupby(["model", "judge"], sort=True, observed=True)
    most = max((cell for _, cell in cells), key=lambda cell: int(cell["responses"].sum()))
    topics = np.asarray(most["topic"].map(position), np.int64)
    return np.repeat(topics, most["responses"].to_numpy(np.int64))


def _baselines(
    seed: int,
    baselines: Sequence[Baseline],
    truth: GroundTruth,
    topics_asked: Mapping[tuple[str, str], IntArray],
) -> Iterator[tuple[CellKey, CellResponses]]:
    for name in baselines:
        for (protocol, language), topic in topics_asked.items():
            speakers = truth.speakers_of(language)
            if speakers is None:
                continue
            speaker_polarity = truth.value_polarity[truth.row(speakers.name)]
            polarity = baseline_polarity(
                name, topic, speaker_polarity, seed=seed, language=f"{protocol} {language}"
            )
            pro = np.round(np.nan_to_num(polarity) * OPINIONS).astype(np.int64)
            known = ~np.isnan(polarity)
            yield (
                CellKey(name, BASELINE_FAMILY, language, protocol, None, None),
                CellResponses(
                    topic,
                    polarity,
                    np.ones_like(pro),
                    OPINIONS * known,
                    pro,
                    (OPINIONS - pro) * known,
                    np.zeros_like(pro),
                ),
            )
