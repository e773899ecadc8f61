"""Batches of studies of every world: in parallel, each kept once done, so that runs resume."""

from __future__ import annotations

import json
import multiprocessing
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.calibration.rates import (
    Count,
    cell_counts,
    known_count,
    paper_count,
    permutation_count,
    slope_counts,
    twin_counts,
)
from tests.calibration.simulate import simulate
from tests.calibration.worlds import WORLDS, Calibrated

BATCH = 25
"""Studies of a batch."""

PAPER_SHARE = 5
"""One batch in so many is analysed as in the paper as well, of as many studies fewer."""

ROUNDS = 200


@dataclass(frozen=True)
class Batch:
    """Some studies of a world."""

    world: str
    number: int
    seed: int

    @property
    def key(self) -> str:
        """Return the name under which the batch is kept; another world is another batch."""
        return f"{self.world} {WORLDS[self.world]!r} {self.number} {self.seed} {BATCH} {ROUNDS}"


def batches(worlds: Iterable[str], studies: int, seed: int) -> list[Batch]:
    """Return the batches of all worlds, the first of each world before the second of any."""
    numbers = range(-(-studies // BATCH))
    return [Batch(world, number, seed) for number in numbers for world in worlds]


def done(file: Path) -> dict[str, list[Count]]:
    """Return the counts of the batches in a file; a line that was cut off counts as not done."""
    found = {}
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    for line in lines:
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            continue
        found[entry["key"]] = [Count(**count) for count in entry["counts"]]
    return found


def of_finished_worlds(wanted: Sequence[Batch], file: Path) -> list[tuple[Batch, list[Count]]]:
    """Return the counts in a file of the worlds that have all of their batches there."""
    known = done(file)
    missing = {batch.world for batch in wanted if batch.key not in known}
    return [(batch, known[batch.key]) for batch in wanted if batch.world not in missing]


def calibrate(
    wanted: Sequence[Batch], file: Path, processes: int | None = None
) -> Iterator[tuple[Batch, list[Count]]]:
    """Yield the counts of every batch, those in the file first; others are added to it."""
    known = done(file)
    yield from ((batch, known[batch.key]) for batch in wanted if batch.key in known)
    missing = [batch for batch in wanted if batch.key not in known]
    if not missing:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    # One thread per process: the matrices are small.
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with (
        multiprocessing.get_context("spawn").Pool(processes) as pool,
        file.open("a", encoding="utf-8") as lines,
    ):
        for batch, counts in pool.imap_unordered(counted, missing):
            entry = {"key": batch.key, "counts": [asdict(count) for count in counts]}
            # The line before may have been cut off.
            lines.write("\n" + json.dumps(entry) + "\n")
            lines.flush()
            yield batch, counts


def counted(batch: Batch) -> tuple[Batch, list[Count]]:
    """Return the counts of a batch."""
    calibrated = WORLDS[batch.world]
    seed = [batch.seed, batch.number, zlib.crc32(batch.world.encode())]
    drawn = simulate(calibrated.world, BATCH, rounds=ROUNDS, seed=seed)
    counts = [count for design in calibrated.designs for count in slope_counts(design, drawn)]
    if not calibrated.world.slope:
        counts += [permutation_count(drawn), *cell_counts(drawn)]
    if calibrated.known:
        counts.append(known_count(drawn))
    if calibrated.world.twins:
        counts += twin_counts(drawn)
    if calibrated.paper:
        counts.append(_paper(calibrated, seed))
    return batch, counts


def _paper(calibrated: Calibrated, seed: list[int]) -> Count:
    studies = BATCH // PAPER_SHARE
    drawn = simulate(calibrated.world, studies, rounds=2, seed=[*seed, 1], paper_rounds=100)
    return paper_count(drawn)
