from __future__ import annotations

import errno
import fcntl
import os
import stat
from pathlib import Path

import pytest

from culture_ray.errors import BadLedger, DiskProblem
from culture_ray.spending.ledger import Ledger
from culture_ray.spending.records import (
    AccountOpened,
    Record,
    Reserved,
    Settled,
    Unresolved,
    Voided,
    decode,
    encode,
)

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


@pytest.mark.parametrize(
    ("record", "line"),
    [
        (AccountOpened("run a"), b'b914b30d ["ledger","run a",1]\n'),
        (RECORDS[0], b'c9959ff3 ["reserve","r/1-a","run","elicit","gpt","standard",100,600,7000,"gp'
                     b't",860.0,1.5]\n'),
        (RECORDS[1], b'63ae94b4 ["settle","r/1-a",2000,90,0,300,0,"standard",690.0,2.5]\n'),
        (RECORDS[2], b'1e4f6921 ["void","r/2-b","429 rate limit",3.0]\n'),
        (Unresolved("r/3-c", "no answer", 4.0), b'4dff6ce0 ["keep","r/3-c","no answer",4.0]\n'),
    ],
)  # fmt: skip
def test_ledgers_of_earlier_releases_are_read(record: Record, line: bytes) -> None:
    assert encode(record) == line
    assert decode(line) == record


@pytest.mark.parametrize(
    "line",
    [b"", b"\n", b"00000000 \n", b"zzzzzzzz []\n", b"0d4cbb29 []\n", b'8df4c96a ["new",1]\n'],
)
def test_lines_that_are_no_records_are_told_apart(line: bytes) -> None:
    assert decode(line) is None


def test_a_ledger_is_made_with_the_folders_above_it_and_is_no_program(tmp_path: Path) -> None:
    path = tmp_path / "spending" / "shared" / "ledger"
    _write(path, RECORDS)
    assert not path.stat().st_mode & 0o111


def test_a_ledger_leaves_no_file_open(tmp_path: Path) -> None:
    files = Path("/proc/self/fd")
    before = len(list(files.iterdir()))
    _write(tmp_path / "ledger", RECORDS)
    assert len(list(files.iterdir())) == before


def test_the_file_its_name_and_every_record_are_on_disk_before_they_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced = tmp_path / "ledger", []

    def sync(file: int) -> None:
        state = os.fstat(file)
        synced.append("folder" if stat.S_ISDIR(state.st_mode) else state.st_size)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "fdatasync", sync)
    ledger = Ledger(path, "run a")
    assert synced == ["folder"]
    with ledger.locked():
        assert synced[1:] == [path.stat().st_size], "its first line"
        ledger.append(RECORDS)
    assert synced[2:] == [path.stat().st_size]
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"torn")
    with ledger.locked():
        assert synced[3:] == [whole], "without the torn line"
    ledger.close()


def test_a_process_waits_while_another_holds_the_ledger(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger", "run a")
    with (tmp_path / "ledger").open() as other:
        with ledger.locked(), pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    ledger.close()


def test_the_first_damaged_line_is_named_and_counted_over_all_writes(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    ledger = Ledger(path, "run a")
    for records in (RECORDS[:1], RECORDS[1:3]):
        with ledger.locked():
            ledger.append(records)
    with path.open("ab") as file:
        file.write(b"damaged\ndamaged\n" + encode(RECORDS[3]))
    with pytest.raises(BadLedger, match="line 5 is damaged"), ledger.locked():
        pass
    ledger.close()


def test_the_bytes_of_a_torn_line_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    _write(path, RECORDS)
    with path.open("ab") as file:
        file.write(b"1234567 torn")
    assert "its last 12 bytes" in _read(path)[1][0]


@pytest.mark.parametrize(("number", "refused"), [(errno.ENOLCK, True), (errno.EIO, False)])
def test_a_file_system_without_locks_is_told_from_other_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, refused: bool
) -> None:
    ledger = Ledger(tmp_path / "ledger", "run a")

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", fail)
    with pytest.raises((DiskProblem, OSError)) as problem, ledger.locked():
        pass
    assert isinstance(problem.value, DiskProblem) is refused
    monkeypatch.undo()
    ledger.close()
