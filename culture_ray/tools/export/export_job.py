"""Request for an export, and its result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import Damage
from culture_ray.tools.export.data_card import CardTable


@dataclass(frozen=True)
class ExportJob:
    """Request for an export: tables of a run, and the folder they go to."""

    run: RunDirectory
    folder: Path
    form: Literal["parquet", "datasets"]
    licence: str | None
    tables: tuple[str, ...] | None
    """None for those exported by default."""
    command: str


@dataclass(frozen=True)
class ExportResult:
    """Result of an export: tables written, and what is missing from them."""

    folder: Path
    tables: tuple[CardTable, ...]
    incomplete: tuple[str, ...]
    """Sentences on what is missing; empty for a finished run without damage."""
    damaged: tuple[Damage, ...]
    """Files that did not verify; none of their rows are in the export."""
