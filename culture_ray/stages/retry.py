"""Retry of failed requests: shards with failed rows are opened again, and asked for only these.

The rows that stay are kept as parts of their unit, so that the executor asks for the others alone
and joins them. The old shard lies in `retried/` until the new one is committed. What could not be
asked again in this session is put back as it was. A crash in between loses nothing: the unit is not
done, its rows are parts, and the next sweep of the run finishes or puts back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from culture_ray.labels.read import RULE
from culture_ray.settings.stages import Stage
from culture_ray.store.atomic import saying_disk_problems
from culture_ray.store.parts import join_parts, keep_part, parts_folder, rows_kept
from culture_ray.store.run_directory import RunDirectory, answer_of, is_rating, response_of
from culture_ray.store.shards import read
from culture_ray.tables import BENCHMARK_ANSWERS, LABELS, RATINGS, RESPONSES

RETRIED = "retried"
"""Folder of old shards, in the run directory, while their failed rows are asked again."""


@dataclass(frozen=True)
class Reopened:
    """Shards that were opened again."""

    paths: frozenset[Path] = frozenset()
    requests: int = 0
    """Failed rows that will be asked again."""
    request_ids: dict[str, list[str]] = field(default_factory=dict)
    """Their request ids, by the model whose responses, or the judge whose labels they are."""


def reopen_failed(run: RunDirectory, done: Iterable[Path], stages: Collection[Stage]) -> Reopened:
    """Open the verified shards `done` again that hold failed requests; raises DiskProblem.

    Failed are responses without text, if `stages` elicit, answers without text, if they put
    benchmarks, and labels and ratings whose judge did not answer, if they judge.
    """
    paths = sorted(done)
    labels = [path for path in paths if path.is_relative_to(run.folder / "labels")]
    responses = [path for path in paths if path.is_relative_to(run.folder / "responses")]
    benchmarks = [path for path in paths if path.is_relative_to(run.folder / "benchmarks")]
    ratings = [path for path in benchmarks if is_rating(path)]
    answers = [path for path in benchmarks if not is_rating(path)]
    if Stage.ELICIT not in stages:
        responses = []
    failed = {path: rows for path in responses if (rows := _failed_responses(read(path)))}
    reopened: list[Path] = []
    ids: dict[str, list[str]] = {}
    count = 0
    # Labels first: those of a response that is asked again must never outlive it.
    for path in labels:
        table = read(path)
        errors = _failed_labels(table) if Stage.JUDGE in stages else []
        again = {*failed.get(response_of(run, path), ()), *errors}
        if again:
            judge = path.relative_to(run.folder / "labels").parts[0].partition("=")[2]
            count += len(errors)
            ids.setdefault(judge, []).extend(_ids(table, errors))
            _reopen(run, path, table, () if judge == RULE else _others(table, again))
            reopened.append(path)
    if Stage.BENCHMARK in stages:
        failed |= {path: rows for path in answers if (rows := _failed_responses(read(path)))}
    for path in ratings:
        table = read(path)
        errors = _failed_labels(table) if Stage.JUDGE in stages else []
        again = {*failed.get(answer_of(run, path), ()), *errors}
        if again:
            judge = path.parts[-4].partition("=")[2]
            count += len(errors)
            ids.setdefault(judge, []).extend(_ids(table, errors))
            _reopen(run, path, table, _others(table, again))
            reopened.append(path)
    for path, rows in failed.items():
        table = read(path)
        count += len(rows)
        model = path.parent.parent.name.partition("=")[2]
        ids.setdefault(model, []).extend(_ids(table, rows))
        _reopen(run, path, table, _others(table, rows))
        reopened.append(path)
    return Reopened(frozenset(reopened), count, ids)


def put_back(run: RunDirectory) -> int:
    """Put back the rows that could not be asked again; return the number of units.

    A unit that is complete keeps its new shard. Raises DiskProblem.
    """
    folder = run.folder / RETRIED
    kept = sorted(
        folder.rglob("[!.]*.arrow"), key=lambda path: "labels" in path.parts or is_rating(path)
    )
    count = 0
    for old in kept:  # responses first, as labels follow them
        path = run.folder / old.relative_to(folder)
        if not path.exists() and not _complete(run, path, read(old)):
            continue
        count += 1
        with saying_disk_problems(old):
            old.unlink(missing_ok=True)
    return count


def _reopen(run: RunDirectory, path: Path, table: pa.Table, rows: Sequence[int]) -> None:
    """Keep some rows of a shard as a part, and move the shard away."""
    root, shard = run.folder.resolve(), path.resolve()
    if rows:
        plain = table.replace_schema_metadata(None).take(pa.array(rows, pa.int64()))
        keep_part(parts_folder(root, shard), plain, rows)
    target = run.folder / RETRIED / path.relative_to(run.folder)
    with saying_disk_problems(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # another job of this run was faster
            path.replace(target)


def _complete(run: RunDirectory, path: Path, old: pa.Table) -> bool:
    """Commit a unit from its parts and, for the rest, its old rows; return True if it is there."""
    is_label = path.is_relative_to(run.folder / "labels")
    is_answer = path.is_relative_to(run.folder / "benchmarks")
    of_answers = RATINGS if is_rating(path) else BENCHMARK_ANSWERS
    schema = LABELS if is_label else of_answers if is_answer else RESPONSES
    root, shard = run.folder.resolve(), path.resolve()
    parts = parts_folder(root, shard)
    present = rows_kept(parts, schema) if parts.exists() else frozenset()
    missing = [row for row in range(old.num_rows) if row not in present]
    if (is_label or is_rating(path)) and not set(missing) <= _still_true(run, path, old):
        return False
    if missing:
        plain = old.replace_schema_metadata(None).take(pa.array(missing, pa.int64()))
        keep_part(parts, plain, missing)
    return join_parts(parts, shard, schema, old.num_rows)


def _still_true(run: RunDirectory, path: Path, old: pa.Table) -> set[int]:
    """Return the rows of old labels that are right for the responses as they are now."""
    rates = is_rating(path)
    responses = answer_of(run, path) if rates else response_of(run, path)
    if not responses.exists():
        return set()
    now = read(responses)
    if not now.column("request_id").equals(old.column("answer_id" if rates else "response_id")):
        return set()
    answered = [row for row, s in enumerate(old.column("status").to_pylist()) if s != "failed"]
    return {*_failed_responses(now), *answered}


def _failed_responses(table: pa.Table) -> list[int]:
    return [row for row, text in enumerate(table.column("text").is_null().to_pylist()) if text]


def _failed_labels(table: pa.Table) -> list[int]:
    statuses = table.column("status").to_pylist()
    return [row for row, status in enumerate(statuses) if status == "error"]


def _others(table: pa.Table, rows: Iterable[int]) -> list[int]:
    left_out = set(rows)
    return [row for row in range(table.num_rows) if row not in left_out]


def _ids(table: pa.Table, rows: Iterable[int]) -> list[str]:
    ids = table.column("request_id").to_pylist()
    return [str(ids[row]) for row in rows]
