"""Opening a run directory finds exactly the good shards and sets the others aside, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.store.run_directory import RunDirectory, open_run
from culture_ray.store.shards import Damage, commit
from culture_ray.tables import LABELS, RESPONSES
from tests.store.shards_at_hand import committed, rows_of


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    return RunDirectory(tmp_path / "results" / "mixed")


def fill(run: RunDirectory) -> tuple[set[Path], set[Path]]:
    """Put good, damaged and foreign files into a run; return the good and the damaged shards."""
    answers = run.folder / "responses" / "model=m" / "language=da"
    labels = run.folder / "labels" / "judge=j" / "model=m" / "language=da"
    good = {committed(answers, RESPONSES, i) for i in range(3)}
    good |= {labelled(labels, path) for path in sorted(good)[:2]}
    cut = committed(answers, RESPONSES, 7)
    cut.write_bytes(cut.read_bytes()[:-40])
    orphan = labelled(labels, cut)
    empty = committed(labels, LABELS, 8)
    empty.write_bytes(b"")
    misplaced = committed(labels, RESPONSES, 9)
    (answers / ".tmp-4f2a.arrow").write_bytes(b"half a sha")
    (answers / "notes.txt").write_text("mine")
    (run.folder / "cells.csv").write_text("model\n")
    return good, {cut, orphan, empty, misplaced}


def labelled(folder: Path, response: Path) -> Path:
    """Commit labels of a shard of responses."""
    path = folder / response.name
    assert commit(path, rows_of(LABELS, prefix=response.stem))
    return path


def files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def test_a_run_that_does_not_exist_yet_holds_nothing_and_is_not_made(run: RunDirectory) -> None:
    opened = open_run(run)
    assert (opened.done, opened.set_aside) == (frozenset(), ())
    assert not run.folder.exists()


def test_opening_finds_exactly_the_good_shards(run: RunDirectory) -> None:
    good, bad = fill(run)
    opened = open_run(run)
    assert opened.done == good
    assert {damage.path for damage in opened.set_aside} == bad


def test_damaged_shards_are_moved_to_quarantine_and_nothing_else_is_touched(
    run: RunDirectory,
) -> None:
    _, bad = fill(run)
    before = files(run.folder)
    open_run(run)
    aside = {str(path.relative_to(run.folder)) for path in bad}
    assert files(run.folder) == before - aside | {f"quarantine/{path}.0" for path in aside}
    assert not any(path.exists() for path in bad)


def test_opening_again_finds_the_same_and_sets_nothing_aside(run: RunDirectory) -> None:
    good, _ = fill(run)
    open_run(run)
    again = open_run(run)
    assert again.done == good
    assert again.set_aside == ()


def test_a_shard_that_is_damaged_again_does_not_replace_the_first_one_set_aside(
    run: RunDirectory,
) -> None:
    folder = run.folder / "responses" / "model=m" / "language=da"
    for text in ("first", "second"):
        path = committed(folder, RESPONSES)
        path.write_text(text)
        assert len(open_run(run).set_aside) == 1
    kept = sorted(path for path in run.quarantine.rglob("*") if path.is_file())
    assert [path.read_text() for path in kept] == ["first", "second"]


def test_a_shard_that_another_job_set_aside_meanwhile_is_no_failure(
    run: RunDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, bad = fill(run)
    listed = {kind: run.shards(kind) for kind in ("responses", "labels", "benchmarks")}
    monkeypatch.setattr(RunDirectory, "shards", lambda _, kind: listed[kind])
    first, second = open_run(run), open_run(run)
    assert {damage.path for damage in first.set_aside} == bad
    assert second.done == first.done


def test_paths_in_a_run_are_partitions_that_name_judge_model_and_language(
    run: RunDirectory,
) -> None:
    parts = run.labels("j", "m", "da", "000001-ab").relative_to(run.folder).parts
    assert parts == ("labels", "judge=j", "model=m", "language=da", "000001-ab.arrow")
    parts = run.responses("m", "da", "000001-ab").relative_to(run.folder).parts
    assert parts == ("responses", "model=m", "language=da", "000001-ab.arrow")


def test_labels_of_responses_that_are_gone_are_set_aside_and_said_so(run: RunDirectory) -> None:
    answers = run.folder / "responses" / "model=m" / "language=da"
    response = committed(answers, RESPONSES)
    label = labelled(run.labels("j", "m", "da", "x").parent, response)
    response.unlink()
    (damage,) = open_run(run).set_aside
    assert damage == Damage(label, "labels responses that are not there")


def test_labels_of_a_run_without_responses_are_kept(run: RunDirectory) -> None:
    label = committed(run.labels("imported", "m", "da", "x").parent, LABELS)
    assert open_run(run).done == {label}
