"""Print the calibration of both modes of inference: `python -m tests.calibration`."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from tests.calibration.rates import Rate, calibrate


def main() -> None:
    """Calibrate, printing each rate as it is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--paper-studies", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    asked = parser.parse_args()
    began = time.monotonic()
    found: list[Rate] = []
    for rate in calibrate(
        studies=asked.studies, paper_studies=asked.paper_studies, seed=asked.seed
    ):
        found.append(rate)
        print(_line(rate), flush=True)
    print(f"{time.monotonic() - began:.0f} s")
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps({_name(r): _entry(r) for r in found}, indent=1) + "\n")


def _name(rate: Rate) -> str:
    return f"{rate.terms}, {rate.what}, {rate.world}"


def _line(rate: Rate) -> str:
    should = "" if rate.nominal is None else f" of {rate.nominal:.0f}"
    return (
        f"{rate.mode:5}  {rate.terms:52}  {rate.world:34}  "
        f"{rate.what} {rate.percent:5.1f} %{should}  ({rate.studies} studies)"
    )


def _entry(rate: Rate) -> dict[str, object]:
    """Return a figure as the benchmarks write theirs; distance from nominal where there is one."""
    if rate.off is None:
        return {"value": rate.percent, "unit": "%", "target": None, "better": "higher"}
    return {
        "value": round(rate.off, 2),
        "unit": f"percentage points from {rate.nominal:.0f} %",
        "target": 1.5 if rate.mode == "valid" else None,
        "better": "lower",
        "rate": round(rate.percent, 2),
        "studies": rate.studies,
    }


if __name__ == "__main__":
    main()
