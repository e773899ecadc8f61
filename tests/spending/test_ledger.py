from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.errors import BadLedger, DiskProblem
from culture_ray.spending.ledger import Ledger
from culture_ray.spending.records import Record, Reserved, Settled, Unresolved, Voided

RESERVED = Reserved("r/1-a", "run", "elicit", "gpt", "standard", 100, 600, 7_000, "gpt", 860.0, 1.5)
RECORDS: list[Record] = [
    RESERVED,
    Settled("r/1-a", 2_000, 90, 0, 300, 0, "standard", 690.0, 2.5),
    Voided("r/2-b", "429 rate limit", 3.0),
    Unresolved("r/3-c", "no answer in 60 s; \u00e6\n", 4.0),
]


def _write(path: Path, records: list[Record], owner: str = "run a") -> None:
    ledger = Ledger(path, owner)
    with ledger.locked():
        ledger.append(records)
    ledger.close()


def _read(path: Path, owner: str = "run a") -> tuple[list[Record], list[str]]:
    ledger = Ledger(path, owner)
    with ledger.locked() as found:
        pass
    ledger.close()
    return found, ledger.mended


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    _write(tmp_path / "ledger", RECORDS)
    assert _read(tmp_path / "ledger") == (RECORDS, [])


def test_two_processes_read_each_others_records_once(tmp_path: Path) -> None:
    first, second = (Ledger(tmp_path / "ledger", "run a") for _ in range(2))
    with first.locked() as news:
        assert news == []
        first.append(RECORDS[:1])
    with second.locked() as news:
        assert news == RECORDS[:1]
        second.append(RECORDS[1:2])
    with first.locked() as news:
        assert news == RECORDS[1:2]
    with first.locked() as news:
        assert news == []


@pytest.mark.parametrize("cut", [1, 5, 30])
def test_a_torn_last_line_is_dropped_and_said(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "ledger"
    _write(path, RECORDS)
    path.write_bytes(path.read_bytes()[:-cut])
    found, mended = _read(path)
    assert found == RECORDS[:-1]
    assert len(mended) == 1
    assert "torn line" in mended[0]
    assert str(path) in mended[0]
    assert _read(path) == (RECORDS[:-1], [])


def test_a_ledger_whose_very_first_line_is_torn_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    path.write_bytes(b'0badc0de ["ledg')
    _write(path, RECORDS)
    assert _read(path) == (RECORDS, [])


def test_damage_before_good_lines_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    _write(path, RECORDS)
    path.write_bytes(path.read_bytes().replace(b"7000", b"0007"))
    with pytest.raises(BadLedger, match="line 2 is damaged"):
        _read(path)


def test_another_runs_ledger_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "ledger", RECORDS, "run paper")
    with pytest.raises(BadLedger, match="the spending ledger of run paper, not of run b"):
        _read(tmp_path / "ledger", "run b")


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "ledger", RECORDS)
    lines = (tmp_path / "ledger").read_bytes().splitlines(keepends=True)
    (tmp_path / "ledger").write_bytes(b"".join(lines[1:]))
    with pytest.raises(BadLedger, match="of an unknown owner"):
        _read(tmp_path / "ledger")


def test_a_ledger_that_is_taken_away_while_in_use_is_refused(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger", "run a")
    with ledger.locked():
        ledger.append(RECORDS)
    (tmp_path / "ledger").unlink()
    with pytest.raises(BadLedger, match="removed or truncated"), ledger.locked():
        pass


def test_a_write_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    ledger = Ledger(tmp_path / "ledger", "run a")
    with ledger.locked():
        ledger.append(RECORDS[:1])
    real = os.write

    def full(file: int, content: memoryview) -> int:
        real(file, content[:10])
        raise OSError(28, "No space left on device")

    with ledger.locked():
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(DiskProblem, match="disk is full"):
            ledger.append(RECORDS[1:])
        monkeypatch.undo()
    assert _read(tmp_path / "ledger") == (RECORDS[:1], [])
