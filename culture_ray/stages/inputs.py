"""Inputs of the stages that need no models, as digests: if none has changed, nor has the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version

import culture_ray
from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.errors import UserError
from culture_ray.run.benchmark_items import lexicon_of
from culture_ray.run.ledger import ledger_at
from culture_ray.settings.judging import Judge
from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.stages.judge.error import check_folder
from culture_ray.store import catalogue
from culture_ray.store.digests import file_digest, folder_digest, value_digest
from culture_ray.store.provenance import recorded
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shard_metadata import checksum_of

LEFT_OUT = frozenset(
    (
        # where and how the stages run
        "run", "command", "raw", "stages", "retry", "redo", "cluster",
        # places of files, whose content counts instead
        "populations_table", "answers_table", "respondents_table", "capability_table",
        "benchmark_folders",
    )
)  # fmt: skip
"""Settings that change no table and no page."""

_PACKAGES = (
    "numpy", "scipy", "pandas", "statsmodels", "patsy", "pyarrow", "matplotlib", "jinja2",
    "py3langid", "bambi", "pymc", "pytensor",
)  # fmt: skip
"""Packages whose versions may change a number or a figure."""

_ASKED = ("requests", "benchmark_items", "human_labels")
"""Tables of a run, besides its shards, that people or the stages before have written."""

_USED = ("timeline", "spending")
"""Tables that a report alone reads."""

_SESSIONS = frozenset(("sessions", "command"))
"""Facts of the provenance that every session replaces, and that change no result."""


def fixed_inputs(settings: Settings) -> dict[str, str]:
    """Return the digests of all that the stages read from outside the run directory, by name."""
    deciding = {f.name: getattr(settings, f.name) for f in fields(settings)}
    deciding = {name: value for name, value in deciding.items() if name not in LEFT_OUT}
    return {
        "run": settings.run.name,
        "settings": value_digest(deciding),
        "code": _code_digest(),
        "packages": value_digest(_versions()),
        "ground truth": file_digest(settings.populations_table),
        "answer distributions": file_digest(settings.answers_table),
        "respondents": file_digest(settings.respondents_table),
        "capability": file_digest(settings.capability_table),
        "judge checks": _judge_checks_digest(settings.run, settings.judges),
        "lexicons": _lexicons_digest(settings.benchmarks, settings.benchmark_folders),
    }


def shard_inputs(run: RunDirectory) -> dict[str, str]:
    """Return the digests of what models and people have said, by name."""
    shards = {
        "responses": run.shards("responses"),
        "labels": run.shards("labels"),
        "benchmark answers": run.answer_shards(),
        "benchmark ratings": run.rating_shards(),
    }
    found = {
        name: value_digest({_below(run, path): checksum_of(path) for path in paths})
        for name, paths in shards.items()
    }
    facts = sorted((run.folder / "benchmarks").glob("*/benchmark.json"))
    found["benchmarks"] = _digest(run, facts)
    return found | {name: _digest(run, catalogue.table_paths(run, name)) for name in _ASKED}


def stage_inputs(
    run: RunDirectory, stage: Stage, account: object, failed_models: Mapping[str, str]
) -> dict[str, str]:
    """Return the digests of what a stage reads and the stages before it leave, by name.

    `account` is the folder of a ledger that several runs share, None for the run's own;
    `failed_models` has the reason for each model that could not finish.
    """
    facts = recorded(run)
    if stage != Stage.REPORT:
        tables = tables_of(Stage.MEASURE) if stage == Stage.REGRESS else ()
        own = {name: _digest(run, catalogue.table_paths(run, name)) for name in tables}
        return own | {"provenance": value_digest(facts.get("benchmarks"))}
    lasting = {name: fact for name, fact in facts.items() if name not in _SESSIONS}
    tables = (*tables_of(Stage.MEASURE), *tables_of(Stage.REGRESS), *_USED)
    own = {name: _digest(run, catalogue.table_paths(run, name)) for name in tables}
    return own | {
        "provenance": value_digest(lasting),
        "commits": value_digest(
            [session["commits"] for session in facts.get("sessions", ()) if "commits" in session]
        ),
        "preregistration": _digest(run, sorted((run.folder / "preregistration").glob("*.json"))),
        "regression": _digest(run, sorted((run.folder / "regression").rglob("[!.]*"))),
        "ledger": file_digest(ledger_at(run, account)),
        "quarantine": value_digest([_below(run, p) for p in sorted(run.quarantine.rglob("*"))]),
        "failed models": value_digest(failed_models),
    }


def tables_of(stage: Stage) -> tuple[str, ...]:
    """Return the names of the tables that a stage writes."""
    written = catalogue.RUN_TABLES.items()
    return tuple(name for name, table in written if f"stage {stage}" in table.written_by)


def output_digest(run: RunDirectory, path: str) -> str:
    """Return the digest of a file that a stage wrote, empty if it is not there.

    Of the provenance it is that of the judges' errors: sessions write the rest.
    """
    if run.folder / path == run.provenance:
        return value_digest(recorded(run).get("judge_error"))
    return file_digest(run.folder / path)


@cache
def _code_digest() -> str:
    """Return the digest of the package; a version alone would not tell a checkout's changes."""
    return folder_digest(Path(culture_ray.__file__).parent)


@cache
def _versions() -> Mapping[str, str]:
    found = {"python": python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _judge_checks_digest(run: RunDirectory, judges: Mapping[str, Judge]) -> str:
    folders = {name: check_folder(run, judges, name) for name in judges}
    return value_digest(
        {
            judge: {path.name: file_digest(path) for path in sorted(folder.iterdir())}
            for judge, folder in folders.items()
            if folder is not None
        }
    )


def _lexicons_digest(benchmarks: Mapping[str, Benchmark], folders: Sequence[Path]) -> str:
    """Return the digest of the lexicons' terms; a faulty one stops the stage that reads it."""
    found: dict[str, object] = {}
    for name, benchmark in benchmarks.items():
        try:
            found[name] = lexicon_of(benchmark, folders)
        except UserError as problem:
            found[name] = str(problem)
    return value_digest(found)


def _digest(run: RunDirectory, paths: Iterable[Path]) -> str:
    return value_digest({_below(run, path): file_digest(path) for path in paths})


def _below(run: RunDirectory, path: Path) -> str:
    return path.relative_to(run.folder).as_posix()
