"""Label sheet: a stratified sample of a run's responses for people to label."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from culture_ray.errors import NoSuchRun, RunMismatch, WrongValue
from culture_ray.judging.opinions import split_opinions
from culture_ray.judging.vocabulary import Vocabulary, vocabulary
from culture_ray.labels.measured import judge_order
from culture_ray.plan.engines import base_models
from culture_ray.prompts.language import Language
from culture_ray.redaction.cells import csv_of, text_cell
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
    """Files and size of a label sheet."""

    csv: Path
    page: Path
    responses: int
    opinions: int


@dataclass(frozen=True)
class _Candidate:
    """Response that a judge was asked about."""

    id: str
    model: str
    language: str
    topic: str
    stance: str
    """Most frequent stance that the judge found in it, or "none"."""
    text: str


def label_sheet(settings: Settings, n: int, seed: int) -> Sheet:
    """Draw `n` responses and write them as CSV and web page, without judge and model.

    Raises WrongValue, NoSuchRun for a run without labels, RunMismatch if a sheet of this name has
    other content (such as labels), DiskProblem.
    """
    if n < 1:
        raise WrongValue("n", n, "at least 1")
    candidates = _candidates(settings.run, settings.judges, settings.judging)
    if not candidates:
        raise NoSuchRun(
            f"run '{settings.run.name}' has no judged responses with opinions yet: "
            f"culture-ray status run={settings.run.name}"
        )
    words = vocabulary(settings.phrases)
    items = [
        _item(
            candidate,
            settings.languages[candidate.language],
            words,
            continues_list=candidate.model in base_models(settings.models),
        )
        for candidate in draw_sample(candidates, n, seed)
    ]
    stem = settings.run.folder / "label_sheets" / f"n{n}-seed{seed}"
    table, page = stem.with_suffix(".csv"), stem.with_suffix(".html")
    text = _csv(items)
    if table.exists() and table.read_bytes().decode("utf-8", "replace") != text:
        raise RunMismatch(
            f"{table} exists and differs, perhaps because it is being labelled: move it away, or "
            f"draw another sheet with sheet_seed={seed + 1}"
        )
    replace_text(table, text)
    write_sheet_page(items, page, title=settings.run.name)
    return Sheet(table, page, len(items), sum(len(item.opinions) for item in items))


def draw_sample(candidates: Sequence[_Candidate], n: int, seed: int) -> list[_Candidate]:
    """Return a stratified sample of `n` candidates, or all if there are fewer.

    Models and languages take turns as long as they have candidates left. Within a model and
    language, the topic with fewest responses on the sheet comes next, and within a topic the stance
    that is furthest below its share. The sample is sorted by language, in random order within it.
    """
    random_order = random.Random(seed)
    pools: dict[tuple[str, str], list[_Candidate]] = {}
    for candidate in sorted(candidates, key=lambda candidate: candidate.id):
        pools.setdefault((candidate.model, candidate.language), []).append(candidate)
    shares = {cell: Counter(candidate.stance for candidate in pool) for cell, pool in pools.items()}
    topics: Counter[object] = Counter()
    stances: Counter[object] = Counter()
    for pool in pools.values():
        random_order.shuffle(pool)
    chosen: list[_Candidate] = []
    while len(chosen) < n and any(pools.values()):
        cells = [cell for cell, pool in pools.items() if pool]
        random_order.shuffle(cells)
        for cell in cells[: n - len(chosen)]:
            best = min(
                pools[cell],
                key=lambda candidate: (
                    topics[candidate.model, candidate.language, candidate.topic],
                    topics[candidate.language, candidate.topic],
                    stances[candidate.model, candidate.language, candidate.stance]
                    / shares[candidate.model, candidate.language][candidate.stance],
                ),
            )
            pools[cell].remove(best)
            topics.update([(*cell, best.topic), (best.language, best.topic)])
            stances[(*cell, best.stance)] += 1
            chosen.append(best)
    random_order.shuffle(chosen)
    return sorted(chosen, key=lambda candidate: candidate.language)


def _candidates(
    run: RunDirectory, judges: Mapping[str, Judge], judging: JudgingSettings
) -> list[_Candidate]:
    judge = next((name for name in judge_order(judges, judging) if name in judges), None)
    labels = [str(path) for path in run.shards(f"labels/judge={judge}")]
    responses = [str(path) for path in run.shards("responses")]
    if not labels or not responses:
        return []
    label_rows = ds.dataset(labels, schema=LABELS, format="arrow").to_table(
        columns=["response_id", "status", "opinions", "pro", "con", "neutral"],
        filter=ds.field("status").isin(["labelled", "unparsable", "error"]),
    )
    stances = {
        row["response_id"]: _stance(row) for row in label_rows.to_pylist() if row["opinions"]
    }
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
    candidate: _Candidate, language: Language, words: Vocabulary, *, continues_list: bool
) -> SheetItem:
    texts = language.topics[candidate.topic]
    split = split_opinions(candidate.text, words, continues_list=continues_list)
    # A summary that counts people has no text per opinion, so the whole text is shown for each.
    listed = split.opinions if len(split.opinions) == split.count else ("",) * split.count
    return SheetItem(
        id=candidate.id,
        language=candidate.language,
        language_name=language.name,
        topic=candidate.topic,
        pro=texts.pro,
        con=texts.con,
        text=candidate.text,
        opinions=tuple(listed),
    )


def _csv(items: Sequence[SheetItem]) -> str:
    return csv_of((COLUMNS, *_rows(items)))


def _rows(items: Sequence[SheetItem]) -> Iterator[tuple[str, ...]]:
    for item in items:
        for number, opinion in enumerate(item.opinions, 1):
            pro, con, text = map(text_cell, (item.pro, item.con, opinion or item.text))
            yield (item.id, item.language, item.topic, pro, con, str(number), text, "", "")
