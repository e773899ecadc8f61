"""Scores of models in benchmarks, from which their capability is made, by language."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from culture_ray.cli.commands.lists.listing import ListColumn, Listing, contains
from culture_ray.config.build import convert
from culture_ray.config.files import table_path
from culture_ray.config.launchers import Content
from culture_ray.errors import UnknownName
from culture_ray.survey.capability import read_capability


@dataclass(frozen=True)
class ListedScores:
    """Scores in one benchmark and language."""

    benchmark: str
    language: str
    models: tuple[str, ...]
    lowest: float
    highest: float
    """Lowest and highest score of a model, 0..1."""
    source: str


_COLUMNS = (
    ListColumn("benchmark", lambda row: row.benchmark),
    ListColumn("language", lambda row: row.language),
    ListColumn("models", lambda row: f"{len(row.models)}", right=True),
    ListColumn("scores", lambda row: f"{row.lowest:.2f} to {row.highest:.2f}", right=True),
    ListColumn("source", lambda row: row.source, wraps=True),
)


def listing(content: Content) -> Listing:
    """Return the scores that the filters keep, by language and benchmark."""
    chosen = content["capability"]
    table = read_capability(table_path("capability", chosen["table"])).to_pylist()
    name, language, model = (
        convert(str | None, content[key], key) for key in ("name", "of_language", "of_model")
    )
    for kind, sought in (("language", language), ("model", model)):
        known = {str(row[kind]) for row in table}
        if sought is not None and sought not in known:
            raise UnknownName(kind, sought, known, where=f"capability {chosen['name']}")
    scored: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in table:
        scored[row["language"], row["benchmark"]].append(row)
    rows = [
        ListedScores(
            benchmark=str(benchmark),
            language=str(code),
            models=tuple(str(row["model"]) for row in found),
            lowest=min(row["score"] for row in found),
            highest=max(row["score"] for row in found),
            source="; ".join(dict.fromkeys(str(row["source"]) for row in found)),
        )
        for (code, benchmark), found in sorted(scored.items())
    ]
    kept = [
        row
        for row in rows
        if contains(name, row.benchmark)
        and language in (None, row.language)
        and (model is None or model in row.models)
    ]
    return Listing(
        kept, _COLUMNS, len(rows), "benchmark", f" in {chosen['name']}",
        ("other scores: capability=NAME; your own: culture-ray capability --help",),
    )  # fmt: skip
