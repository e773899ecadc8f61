"""Label sheet: a stratified sample of a run's responses for people to label."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from culture_ray.engines.model import Model
from culture_ray.errors import NoSuchRun, RunMismatch, WrongValue
from culture_ray.judging.opinions import split_opinions
from culture_ray.labels.measured import judge_order
from culture_ray.plan.engines import base_models
from culture_ray.prompts.language import Language
from culture_ray.report.page.label_sheet import SheetItem, write_sheet_page
from culture_ray.settings.judging import Judge, JudgingSettings
from culture_ray.settings.run import Settings
from culture_ray.store.atomic import replace_text
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import LABELS, RESPONSES

COLUMNS = (
    "response_id", "language", "topic", "pro", "con", "opinion", "text", "stance", "annotator",
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """A sheet as it was written."""

    csv: Path
    page: Path
    responses: int
    opinions: int


@dataclass(frozen=True)
class _Candidate:
    """A response that a judge was asked about."""

    id: str
    model: str
    language: str
    topic: str
    stance: str
    """The judge's most frequent stance of it, or that there is none."""
    text: str


def label_sheet(settings: Settings, n: int, seed: int) -> Sheet:
    """Draw `n` responses and write them as CSV and page, without the judge and the model.

    Raises WrongValue, NoSuchRun for a run without labels, RunMismatch where a sheet of that name
    holds something else (labels, perhaps), DiskProblem.
    """
    if n < 1:
        raise WrongValue("n", n, "at least 1")
    candidates = _candidates(settings.run, settings.judges, settings.judging)
    if not candidates:
        raise NoSuchRun(
            f"run '{settings.run.name}' has no judged responses with opinions in them yet: "
            f"culture-ray status run={settings.run.name}"
        )
    items = [_item(settings.models, settings.languages, one) for one in drawn(candidates, n, seed)]
    stem = settings.run.folder / "label_sheets" / f"n{n}-seed{seed}"
    table, page = stem.with_suffix(".csv"), stem.with_suffix(".html")
    text = _csv(items)
    if table.exists() and table.read_text(encoding="utf-8") != text:
        raise RunMismatch(
            f"{table} is there already and differs, perhaps because somebody labels it: move it "
            f"away, or draw another sheet with sheet_seed={seed + 1}"
        )
    replace_text(table, text)
    write_sheet_page(items, page, title=settings.run.name)
    return Sheet(table, page, len(items), sum(len(item.opinions) for item in items))


def drawn(candidates: Sequence[_Candidate], n: int, seed: int) -> list[_Candidate]:
    """Return `n` candidates, or all: models x languages in turn, topics evenly, stances in share.

    Each model and language gives as many as any other while it has some. Within it the topic with
    fewest on the sheet is next, and of that topic a response whose stance lags behind its share.
    In the order in which people label: by language, and at random within it.
    """
    chance = random.Random(seed)
    pools: dict[tuple[str, str], list[_Candidate]] = {}
    for one in sorted(candidates, key=lambda c: c.id):
        pools.setdefault((one.model, one.language), []).append(one)
    shares = {cell: Counter(one.stance for one in pool) for cell, pool in pools.items()}
    topics: Counter[object] = Counter()
    stances: Counter[object] = Counter()
    for pool in pools.values():
        chance.shuffle(pool)
    chosen: list[_Candidate] = []
    while len(chosen) < n and any(pools.values()):
        cells = [cell for cell, pool in pools.items() if pool]
        chance.shuffle(cells)
        for cell in cells[: n - len(chosen)]:
            best = min(
                pools[cell],
                key=lambda one: (
                    topics[one.model, one.language, one.topic],
                    topics[one.language, one.topic],
                    stances[one.model, one.language, one.stance]
                    / shares[one.model, one.language][one.stance],
                ),
            )
            pools[cell].remove(best)
            topics.update([(*cell, best.topic), (best.language, best.topic)])
            stances[(*cell, best.stance)] += 1
            chosen.append(best)
    chance.shuffle(chosen)
    return sorted(chosen, key=lambda one: one.language)


def _candidates(
    run: RunDirectory, judges: Mapping[str, Judge], judging: JudgingSettings
) -> list[_Candidate]:
    judge = next((name for name in judge_order(judges, judging) if name in judges), None)
    labels = [str(path) for path in run.shards(f"labels/judge={judge}")]
    responses = [str(path) for path in run.shards("responses")]
    if not labels or not responses:
        return []
    asked = ds.dataset(labels, schema=LABELS, format="arrow").to_table(
        columns=["response_id", "status", "opinions", "pro", "con", "neutral"],
        filter=ds.field("status").isin(["labelled", "unparsable", "error"]),
    )
    stances = {row["response_id"]: _stance(row) for row in asked.to_pylist() if row["opinions"]}
    columns = ["request_id", "model", "language", "topic", "text"]
    table = ds.dataset(responses, schema=RESPONSES, format="arrow").to_table(columns=columns)
    return [
        _Candidate(
            id=row["request_id"],
            model=row["model"],
            language=row["language"],
            topic=row["topic"],
            stance=stances[row["request_id"]],
            text=row["text"],
        )
        for row in table.to_pylist()
        if row["request_id"] in stances
    ]


def _stance(row: Mapping[str, Any]) -> str:
    counts = {name: row[name] or 0 for name in ("pro", "con", "neutral")}
    return max(counts, key=lambda name: counts[name]) if any(counts.values()) else "none"


def _item(
    models: Mapping[str, Model], languages: Mapping[str, Language], one: _Candidate
) -> SheetItem:
    language = languages[one.language]
    texts = language.topics[one.topic]
    split = split_opinions(one.text, continues_list=one.model in base_models(models))
    # Where a summary counts people there is no text of each: the whole text stands for all.
    listed = split.opinions if len(split.opinions) == split.count else ("",) * split.count
    return SheetItem(
        id=one.id,
        language=one.language,
        language_name=language.name,
        topic=one.topic,
        pro=texts.pro,
        con=texts.con,
        text=one.text,
        opinions=tuple(listed),
    )


def _csv(items: Sequence[SheetItem]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(items))
    return out.getvalue()


def _rows(items: Sequence[SheetItem]) -> Iterator[tuple[str, ...]]:
    for item in items:
        for number, said in enumerate(item.opinions, 1):
            yield (
                item.id, item.language, item.topic, item.pro, item.con, str(number),
                said or item.text, "", "",
            )  # fmt: skip
