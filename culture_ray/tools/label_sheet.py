"""Label sheet: a stratified sample of a run's responses for people to label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.dataset as ds

from culture_ray.errors import NoSuchRun, RunMismatch, WrongValue
from culture_ray.judging.opinions import split_opinions
from culture_ray.judging.vocabulary import Vocabulary, vocabulary
from culture_ray.labels.judge_order import judge_order
from culture_ray.plan.engines import base_models
from culture_ray.prompts.language import Language
from culture_ray.redaction.cells import csv_of, text_cell
from culture_ray.report.page.label_sheet import SheetItem, write_sheet_page
from culture_ray.settings.judging import Judge, JudgingSettings
from culture_ray.settings.run import Settings
from culture_ray.store.atomic import replace_text
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import LABELS, RESPONSES
from culture_ray.tools.label_sample import Candidate, Drawn, draw_sample

COLUMNS = (
    "response_id", "language", "topic", "pro", "con", "opinion", "text", "stance", "annotator",
    "probability",
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """Files and size of a label sheet."""

    csv: Path
    page: Path
    responses: int
    opinions: int


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
            drawn,
            settings.languages[drawn.candidate.language],
            words,
            continues_list=drawn.candidate.model in base_models(settings.models),
        )
        for drawn in draw_sample(candidates, n, seed)
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


def _candidates(
    run: RunDirectory, judges: Mapping[str, Judge], judging: JudgingSettings
) -> list[Candidate]:
    judge = next((name for name in judge_order(judges, judging) if name in judges), None)
    labels = [str(path) for path in run.shards(f"labels/judge={judge}")]
    responses = [str(path) for path in run.shards("responses")]
    if not labels or not responses:
        return []
    rows = ds.dataset(labels, schema=LABELS, format="arrow").to_table(
        columns=["response_id"],
        filter=ds.field("status").isin(["labelled", "unparsable", "error"])
        & (ds.field("opinions") > 0),
    )
    judged = set(rows["response_id"].to_pylist())
    columns = ["request_id", "model", "language", "topic", "text", "protocol", "persona"]
    table = ds.dataset(responses, schema=RESPONSES, format="arrow").to_table(columns=columns)
    return [
        Candidate(
            id=row["request_id"],
            model=row["model"],
            language=row["language"],
            topic=row["topic"],
            text=row["text"],
            protocol=row["protocol"],
            persona=row["persona"] or "",
        )
        for row in table.to_pylist()
        if row["request_id"] in judged
    ]


def _item(
    drawn: Drawn, language: Language, words: Vocabulary, *, continues_list: bool
) -> SheetItem:
    candidate = drawn.candidate
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
        probability=drawn.probability,
    )


def _csv(items: Sequence[SheetItem]) -> str:
    return csv_of((COLUMNS, *_rows(items)))


def _rows(items: Sequence[SheetItem]) -> Iterator[tuple[str, ...]]:
    for item in items:
        for number, opinion in enumerate(item.opinions, 1):
            pro, con, text = map(text_cell, (item.pro, item.con, opinion or item.text))
            row = (item.id, item.language, item.topic, pro, con, str(number), text, "", "")
            yield (*row, repr(item.probability))
