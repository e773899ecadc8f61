"""The GPU checklist: python -m tests.gpu [choices]. Says in one sentence why it cannot run."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from culture_ray.config.known_names import gpu_table
from tests.gpu.cards import cards, known_as, settle
from tests.gpu.checklist import run, settings_for
from tests.gpu.choices import table
from tests.gpu.shapes import GEMMA_2, make_folder

SIZES = (1, 2)
CHOICES = "choices"
"""Word after the command that prints what the choices of a plan are worth instead."""


def main(words: Sequence[str] = ()) -> int:
    """Print a line per shape and size, then the memory that stays taken; 1 when one failed.

    With `choices`, print the table of them instead.
    """
    found = cards()
    if not found:
        print("skipped: this machine has no GPU (nvidia-smi is not here, or lists none)")
        return 0
    card = known_as(found[0], gpu_table())
    if card is None:
        print(f"{found[0].name} is not in conf/gpus.yaml: rates without a limit")
    if CHOICES in words:
        if card is None:
            return 1
        for line in table(card, len(found)):
            print(line, flush=True)
        return 0
    wrong = 0
    for name, shape in GEMMA_2.items():
        for gpus in SIZES:
            if gpus > len(found):
                print(f"{name} on {gpus} GPU: skipped, this machine has {len(found)}")
                continue
            before = _used()
            with tempfile.TemporaryDirectory() as place:
                folder = make_folder(Path(place) / name, shape)
                try:
                    line = run(settings_for(name, folder, Path(place) / "results", gpus), card)
                    print(line, flush=True)
                    wrong += bool(line.failed)
                except Exception as error:  # the other shapes are still to be tried
                    print(f"{name} on {gpus} GPU: {type(error).__name__}: {error}", flush=True)
                    wrong += 1
            after = settle(before, _used)
            free = sum(one.total_mib for one in cards()) - after
            print(f"  after shutdown {free:,.0f} MiB free, {after - before:+,.0f} MiB taken")
            wrong += after > before + 500
    return 1 if wrong else 0


def _used() -> float:
    return sum(one.used_mib for one in cards())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
