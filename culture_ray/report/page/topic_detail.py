"""Topic details: populations and models per language, on a scale from con to pro."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from culture_ray.report.cell_refs import CellRef, cell_ref, numbered_rows
from culture_ray.report.cell_values import Row, primary_rows, speakers_of
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.palette import model_styles
from culture_ray.report.page.tables.html_table import TableCell, table_cell
from culture_ray.report.responses import Example
from culture_ray.report.study import ReportLanguage, ReportModel, ReportPopulation, ReportTopic

_MOST_SPARKS = 6
_UNCOUNTED = "opinions are not known one by one where responses were labelled elsewhere"

_POPULATION_COLUMNS = ("value_polarity", "n")
_MODEL_COLUMNS = ("value_polarity", "used", "pro", "con", "neutral")


@dataclass(frozen=True)
class TopicLine:
    """One model or population: its mean value polarity, and the distribution of its responses."""

    name: str
    kind: str
    """model, baseline or population."""
    colour: int
    """Index of the model's colour; -1 for baselines and populations."""
    mean: TableCell
    place: float | None
    """Position of the mean, 0..100."""
    spikes: str
    """SVG path with a spike per distinct value polarity; the most common one is the tallest."""
    used: TableCell
    pro: TableCell
    con: TableCell
    neutral: TableCell
    source: CellRef
    """Table cells of mean, used, pro, con and neutral, as far as the row has them."""


@dataclass(frozen=True)
class TopicPanel:
    """One language of a topic."""

    language: ReportLanguage
    populations: tuple[TopicLine, ...]
    models: tuple[TopicLine, ...]
    speakers: float | None
    """Place of the speakers of the language, 0..100; None without a figure of theirs."""


@dataclass(frozen=True)
class TopicSpark:
    """One language of a topic in a line: places of people and models, 0..100."""

    language: str
    people: float | None
    mean: float | None
    """Mean over the models."""
    low: float | None
    high: float | None


@dataclass(frozen=True)
class TopicDetail:
    """One topic with its lines and example responses."""

    topic: ReportTopic
    panels: tuple[TopicPanel, ...]
    other_populations: tuple[TopicLine, ...]
    """Populations outside the run's languages, such as the world."""
    examples: tuple[Example, ...]
    left_out: int
    """Number of examples that are not shown."""
    sparks: tuple[TopicSpark, ...] = ()
    """Content of the topic's line before it is opened; empty with many languages."""


def topic_details(content: ReportContent, examples_per_topic: int) -> list[TopicDetail]:
    """Return the details of every topic, in the run's order."""
    lines = _LineBuilder(
        {(r["topic"], r["language"], r["model"]): r for r in primary_rows(content.distributions)},
        {(r["topic"], r["population"]): r for r in numbered_rows(content.ground_truth)},
        {name: style.index for name, style in model_styles(content).items()},
    )
    return [_topic_detail(content, topic, lines, examples_per_topic) for topic in content.topics]


@dataclass(frozen=True)
class _LineBuilder:
    """Builder of topic lines from the tables' rows."""

    responses: Mapping[tuple[str, str, str], Row]
    people: Mapping[tuple[str, str], Row]
    numbers: Mapping[str, int]

    def models(
        self, models: Sequence[ReportModel], topic: str, language: str
    ) -> tuple[TopicLine, ...]:
        found = [(m, self.responses.get((topic, language, m.name))) for m in models]
        return tuple(_model(m, self.numbers[m.name], row) for m, row in found if row)

    def place(self, population: str | None, topic: str) -> float | None:
        """Return the position of a population, 0..100; None without a figure."""
        row = None if population is None else self.people.get((topic, population))
        return None if row is None else _place(row["value_polarity"])

    def populations(
        self, populations: Sequence[ReportPopulation], topic: str
    ) -> tuple[TopicLine, ...]:
        found = [(p, self.people.get((topic, p.id))) for p in populations]
        return tuple(_population(p, row) for p, row in found if row)


def _topic_detail(
    content: ReportContent, topic: ReportTopic, lines: _LineBuilder, most: int
) -> TopicDetail:
    language_codes = {x.code for x in content.languages}
    panels = [
        TopicPanel(
            language,
            lines.populations(_of_language(content, language), topic.id),
            lines.models(content.models, topic.id, language.code),
            lines.place(speakers_of(content, language.code), topic.id),
        )
        for language in content.languages
    ]
    others = [p for p in content.populations if not language_codes & set(p.languages)]
    examples = [e for e in content.examples if e.topic == topic.id]
    return TopicDetail(
        topic,
        tuple(p for p in panels if p.models),
        lines.populations(others, topic.id),
        tuple(examples[:most]),
        max(0, len(examples) - most),
        tuple(_spark(p) for p in panels) if len(panels) <= _MOST_SPARKS else (),
    )


def _spark(panel: TopicPanel) -> TopicSpark:
    places = [x.place for x in panel.models if x.kind == "model" and x.place is not None]
    return TopicSpark(
        panel.language.code,
        panel.speakers,
        round(sum(places) / len(places), 2) if places else None,
        min(places, default=None),
        max(places, default=None),
    )


def _of_language(content: ReportContent, language: ReportLanguage) -> list[ReportPopulation]:
    first = speakers_of(content, language.code)
    own = [p for p in content.populations if language.code in p.languages]
    us = [p for p in content.populations if p.id == content.us and p not in own]
    return sorted(own, key=lambda p: p.id != first) + us


def _population(population: ReportPopulation, row: Row) -> TopicLine:
    value = row["value_polarity"]
    none = table_cell(None, "survey answers are not counted as opinions")
    return TopicLine(
        population.label or population.id, "population", -1, table_cell(value, "no survey figure"),
        _place(value), "", table_cell(row["n"], "the source gives no number of respondents"),
        none, none, none, cell_ref("ground_truth", [row], " ".join(_POPULATION_COLUMNS)),
    )  # fmt: skip


def _model(model: ReportModel, number: int, row: Row) -> TopicLine:
    value = row["value_polarity"]
    reason = "no response with a pro or con opinion"
    return TopicLine(
        model.name, "baseline" if model.baseline else "model", number, table_cell(value, reason),
        _place(value), _spikes(row), table_cell(row["used"]), table_cell(row["pro"], _UNCOUNTED),
        table_cell(row["con"], _UNCOUNTED), table_cell(row["neutral"], _UNCOUNTED),
        cell_ref("distributions", [row], " ".join(_MODEL_COLUMNS)),
    )  # fmt: skip


def _place(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 2)


def _spikes(row: Row) -> str:
    values, counts = row["values"] or [], row["counts"] or []
    most = max(counts, default=0)
    tops = [(100 * v, 18 * c / most) for v, c in zip(values, counts, strict=True) if c]
    return "".join(f"M{x:.4g} 20v{-max(h, 1):.3g}" for x, h in tops)
