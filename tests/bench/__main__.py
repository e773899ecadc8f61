"""Run benchmarks: `python -m tests.bench [GROUP ...]`; `make bench` runs all of them."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from tests.bench.groups import GROUPS, Group, chosen
from tests.bench.page import PAGE, with_table
from tests.bench.record import Measurement, circumstances, read, replaced, write

RECORD = Path("results") / "bench.json"


def main(words: Sequence[str], page: Path = PAGE) -> int:
    """Run the groups that `words` name, or all; return 1 if one failed, 2 for an unknown name.

    The figures of a group replace its earlier ones when it has ended; those of others stay.
    """
    options = _parser().parse_args(words)
    if options.list:
        for group in GROUPS:
            print(f"{group.name:<18} {group.minutes:>4g} min  {group.measures}")
        return 0
    try:
        groups = chosen(options.groups)
    except KeyError as unknown:
        known = ", ".join(group.name for group in GROUPS)
        print(f"no group of benchmarks is called {unknown}: the groups are {known}")
        return 2
    failed = [group.name for group in groups if not _run(group, options.json)]
    if options.page:
        text = with_table(page.read_text(encoding="utf-8"), read(options.json))
        page.write_text(text, encoding="utf-8")
    if failed:
        print(f"failed: {', '.join(failed)}; their earlier figures stay in {options.json}")
    return 1 if failed else 0


def _run(group: Group, record: Path) -> bool:
    """Run a group and keep its figures; return False if it failed."""
    found, here = [], circumstances()
    try:
        for figure in group.figures():
            print(figure.line(), flush=True)
            found.append(Measurement(figure, group.name, here))
    except Exception as error:  # the other groups are still to be run
        traceback.print_exc()
        print(f"{group.name}: {type(error).__name__}: {error}", flush=True)
        return False
    order = [group.name for group in GROUPS]
    write(record, replaced(read(record), group.name, found, order))
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help="groups to run (default: all)")
    parser.add_argument("--list", action="store_true", help="list the groups and end")
    parser.add_argument(
        "--json", type=Path, default=RECORD, help="record of the figures (default: %(default)s)"
    )
    parser.add_argument(
        "--page", action="store_true", help="write the record's table into docs/scale.md"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
