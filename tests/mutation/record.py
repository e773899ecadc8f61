"""Verdicts on a room's mutants, kept in results/mutation so that a run can go on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from tests.mutation.mutants import Mutant
from tests.mutation.rooms import ROOT, Room

FOLDER = ROOT / "results" / "mutation"


def sampled(mutants: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """Return a random sample, the same one for a seed; a change elsewhere changes little of it."""
    drawn = sorted(mutants, key=lambda m: hashlib.sha256(f"{seed} {m.key}".encode()).digest())
    chosen = set(drawn[:size])
    return [mutant for mutant in mutants if mutant in chosen]


class Record:
    """Verdicts by mutant, valid while neither the package nor the room's tests change."""

    def __init__(self, room: Room, seconds: float) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        self._file, self._survivors = FOLDER / f"{room.name}.jsonl", FOLDER / f"{room.name}.txt"
        self._state = f"{_state(room)} {seconds:g}"
        self._found: dict[str, tuple[str, str]] = {}
        if self._file.exists():
            for line in self._file.read_text().splitlines():
                entry = json.loads(line)
                self._found[entry["key"]] = entry["verdict"], entry["state"]

    def verdict(self, mutant: Mutant, keep_killed: bool) -> str | None:
        """Return a mutant's verdict, None if it has to be tried."""
        verdict, state = self._found.get(mutant.key, (None, ""))
        if state == self._state or (keep_killed and verdict in {"killed", "timeout"}):
            return verdict
        return None

    def add(self, mutant: Mutant, verdict: str) -> None:
        """Append a verdict to the file."""
        self._found[mutant.key] = verdict, self._state
        entry = {"key": mutant.key, "verdict": verdict, "state": self._state}
        with self._file.open("a") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def list_survivors(self, lines: Sequence[str]) -> None:
        """Write the list of survivors."""
        self._survivors.write_text("".join(line + "\n" for line in lines))


def _state(room: Room) -> str:
    """Return a digest of the package, the room's tests and what tests share."""
    files: list[Path] = sorted((ROOT / "culture_ray").rglob("*.py"))
    files += sorted(ROOT.glob("tests/*.py"))
    files += [path for place in room.tests for path in sorted(_all_under(ROOT / place))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _all_under(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    return [path for path in place.rglob("*") if path.is_file() and path.suffix != ".pyc"]
