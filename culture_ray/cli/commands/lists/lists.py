"""`culture-ray list KIND`: one list, as a table or as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import yaml
from rich.table import Table

from culture_ray.cli.commands.lists import (
    benchmarks,
    clusters,
    languages,
    populations,
    runs,
    scores,
)
from culture_ray.cli.commands.lists import topics as topic_list
from culture_ray.cli.commands.lists.listing import Listing
from culture_ray.cli.commands.models import catalogue
from culture_ray.cli.console import Screen
from culture_ray.cli.verbs.lists import ROOTS
from culture_ray.config.compose import compose_and_run
from culture_ray.config.files import conf_folder
from culture_ray.config.known_names import file_text
from culture_ray.config.launchers import Content
from culture_ray.errors import BadOverride, UnknownName
from culture_ray.redaction.visible import visible_json
from culture_ray.report.formatting import counted

_LISTINGS: Mapping[str, Callable[[Content], Listing]] = {
    "runs": runs.listing,
    "topics": topic_list.listing,
    "languages": languages.listing,
    "populations": populations.listing,
    "clusters": clusters.listing,
    "benchmarks": benchmarks.listing,
    "scores": scores.listing,
}


def act(overrides: list[str]) -> int:
    """Print a list, as JSON with --json; return 0. Raises UserError for a list that is none."""
    kind, words = _kind(overrides)
    if kind == "models":
        return catalogue.act(words)
    as_json = "--json" in words
    # `language` and `model` are groups of the conf tree, from which nothing is chosen here.
    words = [re.sub(r"^(language|model)=", r"of_\1=", word) for word in words if word != "--json"]
    _check_filters(ROOTS[kind], words)

    def run(content: Content, _: str) -> None:
        listing = _LISTINGS[kind](content)
        if as_json:
            rows = [asdict(row) for row in listing.rows]
            print(visible_json(json.dumps(rows, indent=2, ensure_ascii=False)))
        else:
            _print(Screen(), listing)

    return compose_and_run(f"culture-ray list {kind}", words, run, root=ROOTS[kind])


def _check_filters(root: str, words: Sequence[str]) -> None:
    """Raise UnknownName for a plain key that the list's own file does not set or choose."""
    content = yaml.safe_load(file_text(conf_folder() / f"{root}.yaml"))
    chosen = {group for part in content.pop("defaults") if isinstance(part, dict) for group in part}
    content.pop("hydra")
    for word in words:
        key = re.match(r"\+*([\w-]+)=", word)
        if key is not None and key[1] not in content.keys() | chosen:
            filters = [name.removeprefix("of_") for name in content]
            raise UnknownName("filter", key[1].removeprefix("of_"), filters)


def _kind(words: list[str]) -> tuple[str, list[str]]:
    """Return the kind of list, and the other words."""
    first = words[0] if words else ""
    if not first or first.startswith("-") or "=" in first:
        raise BadOverride(
            f"culture-ray list needs a word that says what to list: {', '.join(ROOTS)}"
        )
    if first not in ROOTS:
        raise UnknownName("list", first, ROOTS)
    return first, words[1:]


_NARROWEST = 8
"""Characters of a column whose texts may take several lines, at least."""


def _print(screen: Screen, listing: Listing) -> None:
    table = Table(box=None, padding=(0, 1), pad_edge=False, collapse_padding=True)
    for column in listing.columns:
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=not column.wraps,
            min_width=_NARROWEST if column.wraps else None,
            overflow="fold",
        )
    for row in listing.rows:
        table.add_row(*(column.text(row) for column in listing.columns))
    if listing.rows:
        screen.print(table)
    of = f"{len(listing.rows):,} of " if len(listing.rows) != listing.total else ""
    screen.write_line(f"{of}{counted(listing.total, listing.noun)}{listing.where}")
    for note in listing.notes:
        screen.write_line(note)
