"""Benefit of a plan's choices on a GPU: one table, from real runs with made-up weights.

GPUs per replica, sequences at once, seeds, and reading weights ahead. Each row is a run of its own,
beside one without the choice; rows that would take the table over its time are left out, and said.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from culture_ray.sweep.execute.weight_reader import read_ahead, room_for_pages
from culture_ray.sweep.plan.roofline import Gpu
from tests.gpu.checklist import Line, run, settings_for
from tests.gpu.shapes import GEMMA_2, make_folder, write_weights

TIME_S = 600.0
"""Time for the whole table."""

_PROMPTS, _SAMPLES = 512, 3
"""3,072 requests in two languages: three times as many as run at once."""


@dataclass(frozen=True)
class Choice:
    """A row of the table: a model with a setting, and the words that set it."""

    model: str
    setting: str
    gpus: int | str
    words: tuple[str, ...] = ()
    usual_s: float = 100.0
    """Time that the row usually takes, loading included."""


def choices(gpus: int) -> list[Choice]:
    """Return the rows for a machine of so many GPUs, the most telling first."""
    fixed = ("+model.{model}.engine_args.max_num_seqs=256", "+model.{model}.in_flight=384")
    found = [
        Choice("gemma_2_2b", "256 sequences", 1, fixed),
        Choice("gemma_2_2b", "sequences from memory", "auto"),
        Choice("gemma_2_2b", "no seeds", "auto", ("+model.{model}.request_seeds=false",)),
        Choice("gemma_2_9b", "256 sequences", 1, fixed, 120.0),
        Choice("gemma_2_9b", "sequences from memory", "auto", (), 120.0),
    ]
    sizes = [size for size in (1, 2, 4, 8) if size <= gpus] if gpus > 1 else []
    found += [Choice("gemma_2_27b", f"{size} GPU", size, (), 180.0) for size in sizes]
    return [*found, Choice("gemma_2_27b", "GPUs chosen", "auto", (), 180.0)]


def table(card: Gpu, gpus: int, clock: Callable[[], float] = time.monotonic) -> Iterator[str]:
    """Yield the table's lines as they are measured; `card` is this machine's kind of GPU."""
    began = clock()
    first: dict[str, float] = {}
    yield f"{'model':<12} {'setting':<24} {'GPUs':>4} {'at once':>8} {'tokens/s':>9} {'per GPU':>9}"
    yield from _loads()
    for choice in choices(gpus):
        if clock() - began + choice.usual_s > TIME_S:
            yield f"{choice.model:<12} {choice.setting:<24} left out: {TIME_S:.0f} s would be over"
            continue
        line = _measured(choice, card, gpus)
        per_gpu = line.tokens_per_s / line.gpus
        yield row(choice, line, per_gpu / first.setdefault(choice.model, per_gpu))


def row(choice: Choice, line: Line, ratio: float) -> str:
    """Return a line of the table; `ratio` is per GPU, over the model's first row."""
    share = f", {line.tokens_per_s / line.limit:.2f} of the limit" if line.limit else ""
    return (
        f"{choice.model:<12} {choice.setting:<24} {line.gpus:>4} {line.sequences or 0:>8} "
        f"{line.tokens_per_s:>9,.0f} {line.tokens_per_s / line.gpus:>9,.0f}  "
        f"x {ratio:.2f}{share}, {line.failed} failed"
    )


def load_seconds(files: Sequence[Path], load: Callable[[], float], *, ahead: bool) -> float:
    """Return the seconds of a load whose weights are on disk alone, or were read ahead."""
    for path in files:
        evict(path)
    if ahead:
        read_ahead(files, room_for_pages())
    return load()


def evict(path: Path) -> None:
    """Take a file out of the page cache, as far as the file system lets an owner do that."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)


def _measured(choice: Choice, card: Gpu, gpus: int) -> Line:
    words = [word.format(model=choice.model) for word in choice.words]
    gpu = f"{{name: '{card.name}', memory_gib: {card.memory_gib}"
    gpu += f", bandwidth_tb_s: {card.bandwidth_tb_s}, tflops: {card.tflops}}}"
    with tempfile.TemporaryDirectory() as place:
        folder = make_folder(Path(place) / choice.model, GEMMA_2[choice.model])
        settings = settings_for(
            choice.model, folder, Path(place) / "results", choice.gpus,
            f"design.samples={_SAMPLES}", f"cluster.gpu={gpu}", f"cluster.gpus_per_node={gpus}",
            "cluster.max_replicas=1", *words, prompts=_PROMPTS,
        )  # fmt: skip
        return run(settings, card)


def _loads() -> Iterator[str]:
    """Yield the times to load Gemma-2 2B from real files: first of all, to compile its kernels."""
    with tempfile.TemporaryDirectory() as place:
        folder = make_folder(Path(place) / "gemma_2_2b", GEMMA_2["gemma_2_2b"])
        files = write_weights(folder)

        def load() -> float:
            command = [sys.executable, "-m", "tests.gpu.loading", str(folder)]
            said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
            return float(said.stdout.split()[-1])

        load()  # its kernels are compiled in this one
        for setting, ahead in (("load, from disk", False), ("load, weights read ahead", True)):
            taken = load_seconds(files, load, ahead=ahead)
            yield f"{'gemma_2_2b':<12} {setting:<24} {1:>4} {taken:>8.1f} s"
