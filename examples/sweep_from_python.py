"""Plan a sweep, look at its size, run it, and read its results, all from Python.

    python examples/sweep_from_python.py

The words are those of the command line, `culture-ray sweep --help`. More of them may follow:

    python examples/sweep_from_python.py design.prompts_per_language=8 run=tiny
"""

from __future__ import annotations

import sys

import culture_ray as cr


def main(*words: str) -> None:
    """Run the quickstart with two languages, unless `words` say otherwise."""
    overrides = ("experiment=quickstart", "language=[da,en]", "run=from_python", *words)
    plan = cr.plan(*overrides)
    print(plan)  # Plan(... requests, ... GPU-hours, $... expected)
    for notice in plan.notices:
        print("-", notice)
    try:
        run = cr.sweep(*overrides)  # a second time, it only reads what is there
    except cr.errors.UserError as error:  # one sentence: what is wrong, where, what to do
        sys.exit(f"nothing was run: {error}")
    print(run.status.to_string(index=False))
    print(run.main_cells[["model", "language", "alignment_language", "self_consistency"]])


if __name__ == "__main__":
    main(*sys.argv[1:])
