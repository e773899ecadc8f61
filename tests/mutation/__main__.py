"""Mutate the pure cores and print the share of mutants that their tests notice.

`python -m tests.mutation [--room NAME] [--all] [--jobs N] [--seed N] [--resume]`.
Survivors are listed in results/mutation/<room>.txt.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter

from tests.mutation import equivalent
from tests.mutation.baseline import baseline
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.record import Record, sampled
from tests.mutation.replacing import preload
from tests.mutation.rooms import ROOMS, Room
from tests.mutation.running import outcomes

LEAST_KILLED = 0.90


def main() -> None:
    """Mutate the rooms asked for; exit with 1 where too many mutants survive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--room", action="append", choices=[room.name for room in ROOMS])
    parser.add_argument("--all", action="store_true", help="try every mutant, not a sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--seconds", type=float, help="of tests per mutant, the quickest first (the room's own)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument(
        "--resume", action="store_true",
        help="keep what was killed before, though code or tests have changed since",
    )  # fmt: skip
    options = parser.parse_args()
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")  # mutants run beside one another
    sys.dont_write_bytecode = False  # or every fork compiles the package anew
    reasons = equivalent.declared()
    enough = True
    for room in ROOMS:
        if not options.room or room.name in options.room:
            enough &= _mutate(room, options, reasons)
    sys.exit(0 if enough else 1)


def _mutate(room: Room, options: argparse.Namespace, reasons: dict[equivalent.Name, str]) -> bool:
    began = time.monotonic()
    mutants = [mutant for file in room.module_files() for mutant in mutants_of(file)]
    stale = equivalent.stale(reasons, mutants)
    for name in stale:
        print(f"{equivalent.FILE.name}: no mutant answers to {name}: delete or mend the entry")
    tried = mutants if options.all else sampled(mutants, room.sample, options.seed)
    seconds = room.seconds if options.seconds is None else options.seconds
    record = Record(room, seconds)
    left = [mutant for mutant in tried if record.verdict(mutant, options.resume) is None]
    if left:
        known = baseline(room)
        preload(known.imports)
        for mutant, verdict in outcomes(left, known, jobs=options.jobs, seconds=seconds):
            record.add(mutant, verdict)
    verdicts = {mutant: record.verdict(mutant, options.resume) for mutant in tried}
    survivors = [m for m, verdict in verdicts.items() if verdict in {"survived", "no tests"}]
    excused = [m for m in survivors if equivalent.name_of(m) in reasons]
    share = 1 - (len(survivors) - len(excused)) / max(1, len(tried) - len(excused))
    counts = Counter(verdicts.values())
    print(
        f"{room.name}: {len(tried)} of {len(mutants)} mutants tried, {counts['killed']} killed, "
        f"{counts['timeout']} timed out, {len(survivors)} survived of which {len(excused)} are "
        f"equivalent; {share:.1%} of the others noticed (target {LEAST_KILLED:.0%}); "
        f"{time.monotonic() - began:.0f} s",
        flush=True,
    )
    record.list_survivors([_line(m, verdicts[m]) for m in survivors if m not in excused])
    return share >= LEAST_KILLED and not stale


def _line(mutant: Mutant, verdict: str | None) -> str:
    return (
        f"{mutant.module}:{mutant.lines[0]} {mutant.function or '-'} ({verdict})\n"
        f"  - {mutant.before}\n  + {mutant.after}"
    )


if __name__ == "__main__":
    main()
