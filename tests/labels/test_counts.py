"""Counting labels slice by slice gives the same result as counting them one by one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from culture_ray.errors import RunMismatch
from culture_ray.labels import read as read_labels
from culture_ray.labels.counts import KEYS, RULES, STANCES, label_counts
from culture_ray.labels.read import labels
from culture_ray.settings.run import Settings
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import read, write_ipc

pytestmark = pytest.mark.slow

MODEL = "gemma_3_270m"


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [1, 4, 256])
def test_every_label_is_counted_once_whatever_the_slices(
    mixed_run: Settings, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(read_labels, "_SHARDS_AT_ONCE", at_once)
    monkeypatch.setattr("culture_ray.labels.counts._MERGE_EVERY", 3)
    plain = labels(mixed_run.run, [MODEL], ["da", "en"]).to_pylist()
    reduced = label_counts(mixed_run.run, [MODEL], ["da", "en"]).to_pylist()
    parts = [tuple(row[name] for name in (*KEYS, "sides", *RULES)) for row in reduced]
    assert len(set(parts)) == len(parts)
    found: Counter[tuple[object, ...]] = Counter()
    for row in reduced:
        found[tuple(row[name] for name in KEYS)] += row["responses"]
    assert found == Counter(tuple(row[name] for name in KEYS) for row in plain)
    for stance in STANCES:
        assert sum(row[stance] or 0 for row in reduced) == sum(row[stance] or 0 for row in plain)
    assert any(row["value_polarity"] is None for row in reduced)


def test_only_the_models_and_languages_asked_for_are_counted(mixed_run: Settings) -> None:
    danish = label_counts(mixed_run.run, [MODEL], ["da"])
    assert set(danish.column("language").to_pylist()) == {"da"}
    assert label_counts(mixed_run.run, ["another"], ["da"]).num_rows == 0


def test_a_run_without_labels_reduces_to_nothing(mixed_run: Settings) -> None:
    nothing = label_counts(RunDirectory(mixed_run.run.folder / "none"), [MODEL], ["da"])
    assert nothing.num_rows == 0
    assert nothing.column_names == [*KEYS, "sides", *RULES, "responses", *STANCES]


def test_a_run_of_another_version_is_told_in_one_line(mixed_run: Settings, tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "old")
    (shard, *_) = mixed_run.run.shards("labels")
    path = run.folder / shard.relative_to(mixed_run.run.folder)
    path.parent.mkdir(parents=True)
    older = read(shard).drop_columns(["repaired", "p_pro", "opinions"])
    write_ipc(path, older.replace_schema_metadata({b"culture_ray.schema_version": b"1"}))
    with pytest.raises(RunMismatch, match=r"has schema version 1.*repeat the run") as told:
        label_counts(run, [MODEL], ["da", "en"])
    assert len(str(told.value).splitlines()) == 1
