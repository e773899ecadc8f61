"""The drill-down of a topic: per language, populations and models on one strip from con to pro."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from culture_ray.report.cell_refs import Source, numbered, of
from culture_ray.report.cell_values import Row, primary, speakers_of
from culture_ray.report.content import (
    Example,
    ReportContent,
    ReportLanguage,
    ReportModel,
    ReportPopulation,
    ReportTopic,
)
from culture_ray.report.drawing.palette import model_styles
from culture_ray.report.page.html_table import TableCell, entry

_OF_PEOPLE = ("value_polarity", "n")
_OF_MODELS = ("value_polarity", "used", "pro", "con", "neutral")


@dataclass(frozen=True)
class Strip:
    """One line: a model or population, its mean, and how its responses spread."""

    name: str
    kind: str
    """model, baseline or population."""
    colour: int
    """Number of the model's colour; -1 for baselines and populations."""
    mean: TableCell
    place: float | None
    """Of the mean, 0..100."""
    spikes: str
    """SVG path of a spike per distinct value polarity, the highest is the most common one."""
    used: TableCell
    pro: TableCell
    con: TableCell
    neutral: TableCell
    source: Source
    """Its row; the columns are those of mean, used, pro, con and neutral, as far as it has them."""


@dataclass(frozen=True)
class Panel:
    """One language of a topic."""

    language: ReportLanguage
    populations: tuple[Strip, ...]
    models: tuple[Strip, ...]


@dataclass(frozen=True)
class TopicDetail:
    """One topic, opened."""

    topic: ReportTopic
    panels: tuple[Panel, ...]
    elsewhere: tuple[Strip, ...]
    """Populations that speak none of the run's languages, such as the world."""
    examples: tuple[Example, ...]
    left_out: int
    """Examples that were given and are not shown."""


def topic_details(content: ReportContent, examples_per_topic: int) -> list[TopicDetail]:
    """Return every topic of the run, in its order."""
    lines = _Lines(
        {(r["topic"], r["language"], r["model"]): r for r in primary(content.distributions)},
        {(r["topic"], r["population"]): r for r in numbered(content.ground_truth)},
        {name: look.index for name, look in model_styles(content).items()},
    )
    return [_drill(content, topic, lines, examples_per_topic) for topic in content.topics]


@dataclass(frozen=True)
class _Lines:
    """Makes strips of the tables' rows."""

    responses: Mapping[tuple[str, str, str], Row]
    people: Mapping[tuple[str, str], Row]
    numbers: Mapping[str, int]

    def models(self, models: Sequence[ReportModel], topic: str, language: str) -> tuple[Strip, ...]:
        found = [(m, self.responses.get((topic, language, m.name))) for m in models]
        return tuple(_model(m, self.numbers[m.name], row) for m, row in found if row)

    def populations(self, populations: Sequence[ReportPopulation], topic: str) -> tuple[Strip, ...]:
        found = [(p, self.people.get((topic, p.id))) for p in populations]
        return tuple(_population(p, row) for p, row in found if row)


def _drill(content: ReportContent, topic: ReportTopic, lines: _Lines, most: int) -> TopicDetail:
    spoken = {x.code for x in content.languages}
    panels = [
        Panel(
            language,
            lines.populations(_of_language(content, language), topic.id),
            lines.models(content.models, topic.id, language.code),
        )
        for language in content.languages
    ]
    others = [p for p in content.populations if not spoken & set(p.languages)]
    examples = [e for e in content.examples if e.topic == topic.id]
    return TopicDetail(
        topic,
        tuple(p for p in panels if p.models),
        lines.populations(others, topic.id),
        tuple(examples[:most]),
        max(0, len(examples) - most),
    )


def _of_language(content: ReportContent, language: ReportLanguage) -> list[ReportPopulation]:
    first = speakers_of(content, language.code)
    own = [p for p in content.populations if language.code in p.languages]
    us = [p for p in content.populations if p.id == content.us and p not in own]
    return sorted(own, key=lambda p: p.id != first) + us


def _population(population: ReportPopulation, row: Row) -> Strip:
    value, none = row["value_polarity"], entry(None, "people are not counted in opinions")
    return Strip(
        population.label or population.id, "population", -1, entry(value, "no survey figure"),
        _place(value), "", entry(row["n"], "the source gives no number of respondents"),
        none, none, none, of("ground_truth", [row], " ".join(_OF_PEOPLE)),
    )  # fmt: skip


def _model(model: ReportModel, number: int, row: Row) -> Strip:
    value = row["value_polarity"]
    reason = "no response with a pro or con opinion"
    return Strip(
        model.name, "baseline" if model.baseline else "model", number, entry(value, reason),
        _place(value), _spikes(row), entry(row["used"]), entry(row["pro"]), entry(row["con"]),
        entry(row["neutral"]), of("distributions", [row], " ".join(_OF_MODELS)),
    )  # fmt: skip


def _place(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 2)


def _spikes(row: Row) -> str:
    values, counts = row["values"] or [], row["counts"] or []
    most = max(counts, default=0)
    tops = [(100 * v, 18 * c / most) for v, c in zip(values, counts, strict=True) if c]
    return "".join(f"M{x:.4g} 20v{-max(h, 1):.3g}" for x, h in tops)
