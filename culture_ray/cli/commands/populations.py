"""`culture-ray populations`: ground truth from the licensed microdata file."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from culture_ray.cli.arguments import config_dir_flag, plain_name
from culture_ray.cli.console import Screen
from culture_ray.config.build import convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.files import writable_folder
from culture_ray.config.known_names import code_names
from culture_ray.config.launchers import Content
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.report.formatting import counted, shown
from culture_ray.survey.microdata.recode import RECODES
from culture_ray.survey.topics import read_topics
from culture_ray.tools.populations import PopulationsJob, PopulationsResult, make_populations

_SHOWN = 20
"""Number of populations of one kind that are shown on the screen; the file has all."""


def act(overrides: list[str]) -> int:
    """Compute and write populations, and summarise them; return 0."""

    def run(content: Content, _: str) -> None:
        job = _job(content, shlex.join(["culture-ray", "populations", *overrides]))
        _print(Screen(), job, make_populations(job))

    compose_and_run("culture-ray populations", _bracketed(overrides), run, root="populations")
    return 0


def _bracketed(words: list[str]) -> list[str]:
    """Return `by=country,language` as `by=[country,language]`, likewise for countries."""
    lists = ("by=", "countries=")
    plain = [word.startswith(lists) and "[" not in word and "," in word for word in words]
    return [
        re.sub(r"=(.*)", r"=[\1]", word) if needs else word
        for word, needs in zip(words, plain, strict=True)
    ]


def _job(content: Content, command: str) -> PopulationsJob:
    if not content["file"]:
        raise WrongValue("file", content["file"], "a path, such as file=EVS_WVS_Joint.csv")
    file = Path(convert(str, content["file"], "file")).expanduser()
    recode = convert(str, content["recode"], "recode")
    if recode not in RECODES:
        raise UnknownName("recode", recode, RECODES)
    by = content["by"]
    default = re.sub(r"\W+", "_", f"{file.stem}_{recode}".lower())
    countries = convert(tuple[str, ...] | None, content["countries"], "countries")
    chosen = convert(str | None, content["conf_dir"], "conf_dir")
    return PopulationsJob(
        file=file,
        name=default if content["name"] is None else plain_name(content["name"]),
        folder=writable_folder(chosen),
        topics=read_topics(content["topics"]),
        recode=recode,
        by=convert(tuple[str, ...], [by] if isinstance(by, str) else by, "by"),
        names=code_names(),
        command=command,
        countries=countries,
        regions=_regions(content["regions"]),
        us=convert(str, content["us"], "us"),
        drop_unexpected=convert(bool, content["drop_unexpected"], "drop_unexpected"),
    )


def _regions(groups: Any) -> Mapping[str, str] | None:
    """Return the region of each country, from the countries of each region."""
    if groups is None:
        return None
    found: dict[str, str] = {}
    for region, countries in convert(dict[str, tuple[str, ...]], groups, "regions").items():
        for country in countries:
            if country in found:
                raise WrongValue(f"regions.{region}", country, f"no country of {found[country]}")
            found[country] = region
    return found


def _print(screen: Screen, job: PopulationsJob, result: PopulationsResult) -> None:
    rows = result.populations.to_pylist()
    screen.write_line(
        f"{counted(result.respondents, 'respondent')} in {job.file.name} on "
        f"{counted(len(job.topics), 'topic')}, weighted by gwght x pwght, recode {job.recode}"
    )
    table = Table(box=None, padding=(0, 1), pad_edge=False, collapse_padding=True)
    table.add_column("population", overflow="fold")
    table.add_column("code", overflow="fold")
    for name in ("people", "topics", "least n", "std. error", "consistency"):
        table.add_column(name, justify="right")
    for kind in dict.fromkeys(row["kind"] for row in rows):
        of_kind = [row for row in rows if row["kind"] == kind]
        for row in of_kind[:_SHOWN]:
            table.add_row(
                row["label"], row["population"], shown(row["respondents"]),
                shown(row["topics"]), shown(row["smallest_n"]),
                shown(row["median_std_error"], 3), shown(row["self_consistency"], 2),
            )  # fmt: skip
        if len(of_kind) > _SHOWN:
            table.add_row(f"... and {len(of_kind) - _SHOWN} more of kind {kind}")
    screen.print(table)
    for notice in result.notices:
        screen.write_line(f"warning: {notice.text} ({notice.count:,})")
    screen.write_line(f"written: {result.table}")
    screen.write_line(
        f"choose them in a sweep with: populations={job.name}{config_dir_flag(job.folder)}"
    )
