"""Calibrate the inference in all worlds: `python -m tests.calibration`; run it again to resume."""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

from tests.calibration.batches import BATCH, batches, calibrate, of_finished_worlds
from tests.calibration.summary import as_json, rates
from tests.calibration.worlds import WORLDS


def main() -> None:
    """Run the batches that are missing, and write the rates when all are there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=1000, help="of each world")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--world", action="append", choices=WORLDS, help="this world only")
    parser.add_argument("--json", type=Path, help="file of the rates")
    parser.add_argument("--parts", type=Path, default=Path("results/calibration/batches.jsonl"))
    parser.add_argument("--finished", action="store_true", help="run nothing: finished worlds only")
    asked = parser.parse_args()
    wanted = batches(asked.world or list(WORLDS), asked.studies, asked.seed)
    began, found = time.monotonic(), []
    if asked.finished:
        found = of_finished_worlds(wanted, asked.parts)
        wanted = []
    for batch, counts in calibrate(wanted, asked.parts, asked.processes):
        found.append((batch, counts))
        spent = time.monotonic() - began
        print(f"{len(found)} of {len(wanted)} batches, {spent:.0f} s: {batch.world}", flush=True)
    # In the order of the worlds, whatever the order in which they ended.
    order = {name: place for place, name in enumerate(WORLDS)}
    known = rates(sorted(found, key=lambda pair: (order[pair[0].world], pair[0].number)))
    for rate in known:
        mark = "  outside" if rate.falls_short else ""
        print(f"{rate.world:48}  {rate.figure:44}  {rate.what:8}  {rate.percent:5.1f} %{mark}")
    if asked.json:
        studies = -(-asked.studies // BATCH) * BATCH
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(as_json(known, studies), indent=1) + "\n")


if __name__ == "__main__":
    main()
