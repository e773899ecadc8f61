"""Stage report: gather the tables of a run and write its figures and its page."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from culture_ray.engines.model import Model
from culture_ray.labels.read import IMPORTED
from culture_ray.prompts.language import Language
from culture_ray.report.content import ReportContent
from culture_ray.report.page.html import write_report
from culture_ray.report.plots.figures import write_figures
from culture_ray.report.study import ReportLanguage, ReportModel, ReportPopulation, ReportTopic
from culture_ray.run.commits import known_commits, with_commits
from culture_ray.settings.comparison import Baseline
from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.stages.context import RunContext
from culture_ray.stages.judge.agreement import write_reliability
from culture_ray.stages.measure.cells import BASELINE_FAMILY
from culture_ray.stages.records import StageRecords
from culture_ray.stages.regress.files import read_regressions
from culture_ray.stages.regress.robustness import read_robustness
from culture_ray.stages.report.benchmark_quality import benchmark_quality
from culture_ray.stages.report.browsed import browsed_responses
from culture_ray.stages.report.examples import examples
from culture_ray.stages.report.notices import judge_notes, judge_tables, notices
from culture_ray.stages.report.population_ceiling import write_population_ceiling
from culture_ray.stages.report.preregistered import departure_notices, preregistration
from culture_ray.stages.report.quality import quality
from culture_ray.stages.report.rating_quality import rating_quality
from culture_ray.stages.report.usage import write_usage
from culture_ray.store import catalogue
from culture_ray.store.provenance import recorded
from culture_ray.store.run_directory import RunDirectory
from culture_ray.survey.ground_truth import GroundTruth
from culture_ray.survey.topics import Topic
from culture_ray.tables import GROUND_TRUTH, TABLES

_BASELINE_NOTES = {
    "uniform_random": "answers with an evenly distributed share of pro",
    "fifty_percent": "describes ten people who are each pro or con with equal chance",
    "perfect": "describes ten people drawn from the speakers of the language",
}


def report(context: RunContext, failed_models: Mapping[str, str]) -> ReportContent:
    """Write the figures and the page of a run, with the tables behind them; return the content.

    `failed_models` has the reason for each model that could not finish.
    """
    with StageRecords(context).recorded(Stage.REPORT, failed_models):
        content = _content(context, failed_models)
        workers = min(context.max_processes, os.cpu_count() or 1)
        folder = context.settings.run.folder
        figures = write_figures(
            content,
            folder / "figures",
            for_print=context.settings.print_figures,
            workers=workers,
        )
        write_report(content, figures, folder / "report.html")
    return content


def _content(context: RunContext, failed_models: Mapping[str, str]) -> ReportContent:
    settings, truth, plan = context.settings, context.ground_truth, context.requests
    provenance = recorded(settings.run)
    sessions = provenance.get("sessions") or [{}]
    usage = write_usage(settings.run, settings.models, settings.judges, settings.spending)
    ceiling = write_population_ceiling(settings.run, truth)
    reliability = write_reliability(settings.run, settings.judges)
    browsed = browsed_responses(settings)
    registered = preregistration(settings)
    imported = all(model.engine == IMPORTED for model in settings.models.values())
    asked = _asked(settings.run, settings.topic_ids, imported=imported)
    return ReportContent(
        run=settings.run.name,
        experiment=str(provenance.get("experiment") or settings.experiment),
        started=str(provenance.get("started", "")),
        finished=_finished_at(sessions, usage.timeline),
        command=str(provenance.get("command", settings.command)),
        usage=usage.usage,
        timeline=usage.timeline,
        spending=usage.spending,
        cap_dollars=settings.spending.cap_dollars,
        provenance=_facts(provenance, sessions[-1]),
        models=_models(
            with_commits(settings.models, known_commits(settings.run)),
            settings.baselines if settings.protocols else (),
        ),
        languages=tuple(
            ReportLanguage(code, language.name) for code, language in settings.languages.items()
        ),
        topics=_topics(settings.languages, settings.topics, asked if settings.protocols else ()),
        populations=tuple(
            ReportPopulation(p.name, p.title, p.kind, p.languages) for p in truth.populations
        ),
        distributions=_table(settings.run, "distributions"),
        alignment=_table(settings.run, "alignment"),
        consistency=_table(settings.run, "consistency"),
        quality=_written(settings.run, "quality", quality(settings, plan)),
        ground_truth=_about(asked, _written(settings.run, "ground_truth", _ground_truth(truth))),
        people=ceiling.people,
        correlations=ceiling.correlations,
        regressions=read_regressions(settings.run),
        outcomes=catalogue.read(settings.run, "outcomes"),
        simultaneous=catalogue.read(settings.run, "simultaneous"),
        leaderboard=catalogue.read(settings.run, "leaderboard"),
        topic_gaps=catalogue.read(settings.run, "topic_gaps"),
        culture_map=catalogue.read(settings.run, "culture_map"),
        culture_map_topics=catalogue.read(settings.run, "culture_map_topics"),
        equivalence=catalogue.read(settings.run, "equivalence"),
        bayesian=catalogue.read(settings.run, "bayesian"),
        label_corrected=catalogue.read(settings.run, "label_corrected"),
        item_assumptions=catalogue.read(settings.run, "item_assumptions"),
        influence=catalogue.read(settings.run, "influence"),
        item_functioning=catalogue.read(settings.run, "item_functioning"),
        groups=catalogue.read(settings.run, "groups"),
        examples=examples(settings),
        browsed=browsed.responses,
        browsed_all=browsed.complete,
        notices=(*notices(settings, plan, failed_models), *departure_notices(registered)),
        preregistration=registered,
        sources=_sources(settings),
        cells=catalogue.read(settings.run, "cells", needed=()),
        benchmarks=catalogue.read(settings.run, "benchmarks"),
        benchmark_quality=_kept(settings.run, "benchmark_quality", benchmark_quality(settings)),
        rating_quality=_kept(settings.run, "rating_quality", rating_quality(settings)),
        rating_agreement=catalogue.read(settings.run, "rating_agreement"),
        capability_slopes=catalogue.read(settings.run, "capability_slopes"),
        us=settings.populations.us,
        robustness=read_robustness(settings.run),
        judge_notes=(
            judge_notes(settings.judges, settings.judging, settings.imported, provenance)
            if settings.protocols
            else ()
        ),
        judging=judge_tables(settings.run)
        | ({} if reliability is None else {"reliability": reliability}),
    )


def _sources(settings: Settings) -> tuple[str, ...]:
    """Return the sources of the data that the run uses, with their licences."""
    study = (settings.populations.source, settings.capability.source)
    return (
        *(study if settings.protocols else ()),
        *(
            f"Benchmark {name}: {one.source.cite or one.source.hub or 'local files'}, licence "
            f"{one.source.licence}."
            for name, one in settings.benchmarks.items()
        ),
    )


def _finished_at(sessions: Sequence[Mapping[str, Any]], timeline: pa.Table | None) -> str:
    """Return the time of the last recorded event, or the start of the last session if later."""
    ends = [str(session["at"]) for session in sessions if "at" in session]
    if timeline is not None:
        events = timeline.select(["at", "seconds"]).to_pandas()
        ended = events["at"] + pd.to_timedelta(events["seconds"].fillna(0.0), unit="s")
        ends.append(ended.max().isoformat(timespec="seconds"))
    return max(ends, default="")


def _table(run: RunDirectory, name: str) -> pa.Table:
    table = catalogue.read(run, name)
    return TABLES[name].schema.empty_table() if table is None else table


def _written(run: RunDirectory, name: str, table: pa.Table) -> pa.Table:
    """Write a table that the page shows into the run directory, and return it."""
    catalogue.write(run, name, table)
    return table


def _kept(run: RunDirectory, name: str, table: pa.Table | None) -> pa.Table | None:
    """Write a table that not every run has, and return it."""
    return None if table is None else _written(run, name, table)


def _models(models: Mapping[str, Model], baselines: Sequence[Baseline]) -> tuple[ReportModel, ...]:
    models_asked = [
        ReportModel(
            name=name,
            family=model.family,
            source=f"{model.source}@{model.revision}" if model.revision else model.source,
            note=model.note,
            terms=model.licence,
            proves_path_only=model.proves_path_only,
        )
        for name, model in by_family_and_size(models).items()
    ]
    baselines_shown = [
        ReportModel(name, BASELINE_FAMILY, note=_BASELINE_NOTES[name], baseline=True)
        for name in baselines
    ]
    return (*models_asked, *baselines_shown)


def by_family_and_size(models: Mapping[str, Model]) -> dict[str, Model]:
    """Return models with families together, in the order of their first models, small to large.

    Where the number of parameters is unknown, the one in the name counts ("gemma-2-27b-it"); models
    without any keep their order, after the others of their family.
    """
    families = list(dict.fromkeys(model.family for model in models.values()))

    def place(entry: tuple[str, Model]) -> tuple[int, float]:
        name, model = entry
        written = _SIZE_IN_NAME.search(name)
        size = model.parameters or (1e9 * float(written.group(1)) if written else math.inf)
        return families.index(model.family), size

    return dict(sorted(models.items(), key=place))


_SIZE_IN_NAME = re.compile(r"(?<![\d.a-z])(\d+(?:\.\d+)?)b(?![a-z\d])", re.IGNORECASE)


def _asked(run: RunDirectory, topic_ids: Sequence[str], *, imported: bool) -> tuple[str, ...]:
    """Return the topics of a run: of an imported one, those that its responses are about."""
    if not imported:
        return tuple(topic_ids)
    found = set(_table(run, "distributions")["topic"].to_pylist())
    return tuple(topic for topic in topic_ids if topic in found)


def _about(topics: Sequence[str], table: pa.Table) -> pa.Table:
    """Return the rows of a table that are about `topics`."""
    return table.filter(pc.is_in(table["topic"], pa.array(topics, pa.string())))


def _topics(
    languages: Mapping[str, Language], topics: Sequence[Topic], topic_ids: Sequence[str]
) -> tuple[ReportTopic, ...]:
    first = languages.get("en") or next(iter(languages.values()))
    known = {topic.id: topic for topic in topics}
    shown_topics = []
    for name in topic_ids:
        topic, texts = known.get(name), first.topics.get(name)
        shown_topics.append(
            ReportTopic(
                id=name,
                label=topic.label if topic else name.upper(),
                category=topic.category_name if topic else "",
                pro=texts.pro if texts else "",
                con=texts.con if texts else "",
            )
        )
    return tuple(shown_topics)


def _ground_truth(truth: GroundTruth) -> pa.Table:
    rows = [
        {
            "population": population.name,
            "kind": population.kind,
            "languages": " ".join(population.languages),
            "topic": topic,
            "value_polarity": _number(truth.value_polarity[row, column]),
            "std_error": _number(truth.std_error[row, column]),
            "n": None if (n := _number(truth.n[row, column])) is None else int(n),
            "label": population.title,
        }
        for row, population in enumerate(truth.populations)
        for column, topic in enumerate(truth.topics)
        if _number(truth.value_polarity[row, column]) is not None
    ]
    return pa.Table.from_pylist(rows, schema=GROUND_TRUTH)


def _number(value: float) -> float | None:
    return None if value != value else float(value)  # noqa: PLR0124 - NaN differs from itself


def _facts(provenance: Mapping[str, Any], session: Mapping[str, Any]) -> dict[str, str]:
    facts = {key: value for key, value in provenance.items() if key not in {"sessions", "command"}}
    facts |= {key: value for key, value in session.items() if key != "at"}
    facts["sessions"] = str(len(provenance.get("sessions", [])))
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in facts.items()
    }
