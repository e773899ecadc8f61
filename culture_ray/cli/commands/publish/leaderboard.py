"""`culture-ray leaderboard`: one page and one table over the models of several runs."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from culture_ray.cli.console import Screen
from culture_ray.cli.runs_named import folders_of_runs, listed_runs
from culture_ray.config.build import convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.config.stored import stored_settings
from culture_ray.errors import WrongValue
from culture_ray.report.formatting import NONE, counted, shown
from culture_ray.report.leaderboard_rows import of_models
from culture_ray.tools.leaderboard.leaderboard import PublishedLeaderboard, write_leaderboard

_OWN_KEYS = ("title", "to")


def act(overrides: list[str]) -> int:
    """Write the leaderboard of runs and print its ranks; return 0."""
    command = shlex.join(["culture-ray", "leaderboard", *overrides])

    def run(content: Content, experiment: str) -> None:
        given = content["run"] if isinstance(content["run"], list) else [content["run"]]
        if not all(given) or not given:
            raise WrongValue("run", content["run"], "one run or more, such as 'run=[first,second]'")
        kept = {key: value for key, value in content.items() if key not in _OWN_KEYS}
        runs = [
            stored_settings(kept | where, experiment, command)
            for where in folders_of_runs(content, given)
        ]
        to = convert(str | None, content["to"], "to")
        results = Path(str(content["results"])).expanduser()
        folder = Path(to).expanduser() if to else results / "leaderboard"
        seed, title = convert(int, content["seed"], "seed"), convert(str, content["title"], "title")
        _print(Screen(), write_leaderboard(runs, seed, folder, title, command))

    compose_and_run("culture-ray leaderboard", listed_runs(overrides), run, root="leaderboard")
    return 0


def _print(screen: Screen, made: PublishedLeaderboard) -> None:
    rows = made.table.to_pylist()
    for number in dict.fromkeys(row["table"] for row in rows):
        if number > 1:
            screen.write_line(f"table {number}: {made.apart[number - 2]}")
        screen.print(_ranks([row for row in rows if row["table"] == number]))
    for note in made.notes:
        screen.write_line(f"! {note}")
    models = {(row["run"], row["model"]) for row in rows if row["model"] is not None}
    screen.write_line(f"{counted(len(models), 'model')}; written: {made.folder}/index.html")


def _ranks(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for title in ("rank", "model", "alignment", "gap", "run"):
        table.add_column(title, justify="left" if title in ("model", "run") else "right")
    for row in of_models(list(rows)):
        low, high = row["rank_low"], row["rank_high"]
        rank = NONE if low is None else str(low) if low == high else f"{low} to {high}"
        figures = shown(row["alignment"], 2), shown(row["gap"], 0)
        table.add_row(rank, row["model"], *figures, row["run"])
    return table
