"""How often rows were sent, and whether a unit whose pieces are done stands in the store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from culture_ray.sweep.execute.unit_tracker import UnitTracker
from culture_ray.sweep.schedule.chunks import DEATHS_TO_SUSPECT, Chunk
from tests.sweep.echo import echo_units


def halves(piece: Chunk) -> list[Chunk]:
    return replace(piece, deaths=DEATHS_TO_SUSPECT).after_death()


def test_rows_are_counted_with_every_piece_they_were_sent_in(tmp_path: Path) -> None:
    book = UnitTracker(echo_units(tmp_path, "m", 1, 8))
    (unit,) = book
    whole = book.whole(unit)
    assert [book.send(whole), book.send(whole)] == [1, 2]
    first, second = halves(whole)
    quarter, _ = halves(first)
    assert book.send(first) == 3
    assert book.send(quarter) == 4
    assert book.send(second) == 3


def test_a_unit_whose_pieces_are_done_and_that_lacks_a_shard_is_run_again(tmp_path: Path) -> None:
    book = UnitTracker(echo_units(tmp_path, "m", 2, 8))
    unit, other = book
    first, second = halves(book.whole(unit))
    assert book.done(first) is None
    assert book.done(second) == book.whole(unit), "a file system may show parts late"
    other.path.parent.mkdir(parents=True)
    other.path.touch()
    assert book.done(book.whole(other)) is None


def test_replicas_get_whole_paths_wherever_they_work(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (unit,) = echo_units(Path("results"), "m", 1)
    (sent,) = UnitTracker([replace(unit, source=Path("results/source.arrow"))])
    assert sent.path == tmp_path / unit.path
    assert sent.source == tmp_path / "results" / "source.arrow"
