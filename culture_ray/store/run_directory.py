"""Run directory: paths of its files, verification of its shards, quarantine of damaged ones."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from culture_ray.store.atomic import TEMPORARY, clear_leftovers, saying_disk_problems
from culture_ray.store.shards import Damage, damage
from culture_ray.tables import BENCHMARK_ANSWERS, LABELS, RATINGS, RESPONSES, TABLES


@dataclass(frozen=True)
class RunDirectory:
    """Directory of one run."""

    folder: Path

    @property
    def name(self) -> str:
        """Return the name of the run, which is that of its folder."""
        return self.folder.name

    @property
    def config(self) -> Path:
        """Return the path of the run's configuration."""
        return self.folder / "config.yaml"

    @property
    def provenance(self) -> Path:
        """Return the path of the file of versions, revisions, seeds and host facts."""
        return self.folder / "provenance.json"

    @property
    def stage_records(self) -> Path:
        """Return the path of the file of digests, by which a stage is known to be done."""
        return self.folder / "stages.json"

    @property
    def spending(self) -> Path:
        """Return the path of the table of paid attempts."""
        return TABLES["spending"].path(self.folder)

    @property
    def logs(self) -> Path:
        """Return the folder of log files."""
        return self.folder / "logs"

    @property
    def quarantine(self) -> Path:
        """Return the folder of shards that did not verify."""
        return self.folder / "quarantine"

    def requests(self, model: str, language: str) -> Path:
        """Return the path of the requests of one model and language."""
        return TABLES["requests"].path(self.folder, model=model, language=language)

    def responses(self, model: str, language: str, unit: str) -> Path:
        """Return the path of a unit's responses."""
        return TABLES["responses"].path(self.folder, model=model, language=language, unit=unit)

    def labels(self, judge: str, model: str, language: str, unit: str) -> Path:
        """Return the path of a judge's labels of a unit's responses."""
        names = {"judge": judge, "model": model, "language": language, "unit": unit}
        return TABLES["labels"].path(self.folder, **names)

    def answers(self, benchmark: str, model: str, language: str, unit: str) -> Path:
        """Return the path of a unit's answers; `benchmark` is the name of its folder."""
        names = {"benchmark": benchmark, "model": model, "language": language, "unit": unit}
        return TABLES["benchmark_answers"].path(self.folder, **names)

    def items(self, benchmark: str, language: str) -> Path:
        """Return the path of a benchmark's items in one language."""
        return TABLES["benchmark_items"].path(self.folder, benchmark=benchmark, language=language)

    def answer_shards(self) -> list[Path]:
        """Return the shards of answers of all benchmarks, sorted."""
        return [p for p in self.shards("benchmarks") if p.parts[-4:-3] == ("answers",)]

    def rating_shards(self) -> list[Path]:
        """Return the shards of ratings of answers to benchmarks, by all judges, sorted."""
        return [path for path in self.shards("benchmarks") if is_rating(path)]

    def free_name(self) -> str:
        """Return this run's name with the first number that no other run has."""
        number = 2
        while (self.folder.parent / f"{self.name}_{number}").exists():
            number += 1
        return f"{self.name}_{number}"

    def shards(self, kind: str) -> list[Path]:
        """Return the Arrow files below `responses`, `labels` or another folder, sorted."""
        found = []
        for folder, _, files in os.walk(self.folder / kind):
            found += [
                Path(folder) / name
                for name in files
                if name.endswith(".arrow") and not name.startswith(TEMPORARY)
            ]
        return sorted(found)


@dataclass(frozen=True)
class OpenedRun:
    """Shards of a run directory, as verified when it was opened."""

    done: frozenset[Path]
    """Shards that verified."""
    set_aside: tuple[Damage, ...] = field(default=())
    """Shards moved to `quarantine/`; their units are run again."""


def open_run(run: RunDirectory) -> OpenedRun:
    """Verify every shard and set aside those that fail.

    Labels whose responses are missing are set aside too, and ratings whose answers are.
    Also removes abandoned temporary files. Raises DiskProblem if the directory cannot be written.
    """
    clear_leftovers(run.folder)
    labelled = run.shards("labels")  # before responses, which another job may commit meanwhile
    rated = run.rating_shards()
    responses, bad = _verified(run.shards("responses"), RESPONSES)
    labels, bad_labels = _verified(labelled, LABELS)
    answers, bad_answers = _verified(run.answer_shards(), BENCHMARK_ANSWERS)
    ratings, bad_ratings = _verified(rated, RATINGS)
    unanswered = [path for path in ratings if answer_of(run, path) not in answers]
    orphans = []
    if (run.folder / "responses").is_dir():  # imported labels come without responses
        orphans = [path for path in labels if response_of(run, path) not in responses]
    # Labels first: after an interruption, labels of removed responses could not be recognised.
    set_aside = [
        *(Damage(path, "labels responses that are not there") for path in orphans),
        *(Damage(path, "rates answers that are not there") for path in unanswered),
        *bad_labels,
        *bad_ratings,
        *bad,
        *bad_answers,
    ]
    for item in set_aside:
        set_aside_shard(run, item.path)
    done = {*responses, *labels, *answers, *ratings}.difference(orphans, unanswered)
    return OpenedRun(frozenset(done), tuple(set_aside))


def _verified(paths: list[Path], schema: pa.Schema) -> tuple[list[Path], list[Damage]]:
    # Threads hide a network file system's latency; more of them only wait for one another.
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        found = list(pool.map(lambda path: damage(path, schema), paths))
    good = [path for path, item in zip(paths, found, strict=True) if item is None]
    return good, [item for item in found if item is not None]


def response_of(run: RunDirectory, label: Path) -> Path:
    """Return the path of the shard of responses that a shard of labels belongs to."""
    judge_folder = label.relative_to(run.folder / "labels").parts[0]
    return run.folder / "responses" / label.relative_to(run.folder / "labels" / judge_folder)


def rating_path(run: RunDirectory, judge: str, answers: Path) -> Path:
    """Return the path of a judge's ratings of a shard of answers."""
    model, language = (folder.partition("=")[2] for folder in answers.parts[-3:-1])
    names = {"judge": judge, "model": model, "language": language, "unit": answers.stem}
    return TABLES["benchmark_ratings"].path(
        run.folder, benchmark=benchmark_folder(answers), **names
    )


def is_rating(shard: Path) -> bool:
    """Return True for the path of a shard of ratings."""
    return shard.parts[-5:-4] == ("ratings",)


def answer_of(run: RunDirectory, rating: Path) -> Path:
    """Return the path of the shard of answers that a shard of ratings belongs to."""
    benchmark, _, _, *below = rating.relative_to(run.folder / "benchmarks").parts
    return (run.folder / "benchmarks" / benchmark / "answers").joinpath(*below)


def benchmark_folder(answers: Path) -> str:
    """Return the name of the folder of the benchmark that a shard of answers belongs to."""
    return answers.parents[3].name


def set_aside_shard(run: RunDirectory, path: Path) -> None:
    """Move a shard to `quarantine/`, so that it is made again; raises DiskProblem."""
    kept = run.quarantine / path.relative_to(run.folder)
    with saying_disk_problems(kept):
        kept.parent.mkdir(parents=True, exist_ok=True)
        number = 0
        while (target := kept.with_name(f"{kept.name}.{number}")).exists():
            number += 1
        with suppress(FileNotFoundError):  # another job that opened this run was faster
            path.rename(target)
