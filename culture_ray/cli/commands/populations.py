"""`culture-ray populations`: ground truth from the licensed microdata file."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from culture_ray.cli.console import Screen
from culture_ray.config.build import convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.files import conf_folders, writable_folder
from culture_ray.config.known_names import code_names
from culture_ray.config.launchers import Content
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.report.formatting import counted, shown
from culture_ray.survey.microdata.recode import RECODES
from culture_ray.survey.topics import read_topics
from culture_ray.tools.populations import PopulationsJob, PopulationsResult, make_populations

_SHOWN = 20
"""Populations of one kind that are listed on the screen; the file has all."""


def act(overrides: list[str]) -> int:
    """Compute, write and summarise; return 0."""

    def run(content: Content, _: str) -> None:
        asked = _asked(content, shlex.join(["culture-ray", "populations", *overrides]))
        _print(Screen(), asked, make_populations(asked))

    compose_and_run("culture-ray populations", _bracketed(overrides), run, root="populations")
    return 0


def _bracketed(words: list[str]) -> list[str]:
    """Let by=country,language stand for by=[country,language]."""
    lists = ("by=", "countries=")
    plain = [word.startswith(lists) and "[" not in word and "," in word for word in words]
    return [
        re.sub(r"=(.*)", r"=[\1]", word) if needs else word
        for word, needs in zip(words, plain, strict=True)
    ]


def _asked(content: Content, command: str) -> PopulationsJob:
    if not content["file"]:
        raise WrongValue("file", content["file"], "a path, such as file=EVS_WVS_Joint.csv")
    file = Path(convert(str, content["file"], "file")).expanduser()
    recode = convert(str, content["recode"], "recode")
    if recode not in RECODES:
        raise UnknownName("recode", recode, RECODES)
    by = content["by"]
    countries = convert(tuple[str, ...] | None, content["countries"], "countries")
    chosen = convert(str | None, content["conf_dir"], "conf_dir")
    return PopulationsJob(
        file=file,
        name=_name(content["name"], file, recode),
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


def _name(given: Any, file: Path, recode: str) -> str:
    if given is None:
        return re.sub(r"\W+", "_", f"{file.stem}_{recode}".lower())
    name: str = convert(str, given, "name")
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise WrongValue("name", name, "a plain name of letters, digits and _")
    return name


def _regions(given: Any) -> Mapping[str, str] | None:
    """Return region by country from countries by region."""
    if given is None:
        return None
    found: dict[str, str] = {}
    for region, countries in convert(dict[str, tuple[str, ...]], given, "regions").items():
        for country in countries:
            if country in found:
                raise WrongValue(f"regions.{region}", country, f"no country of {found[country]}")
            found[country] = region
    return found


def _print(console: Console, asked: PopulationsJob, made: PopulationsResult) -> None:
    rows = made.populations.to_pylist()
    console.print(
        f"{counted(made.respondents, 'respondent')} in {asked.file.name} on "
        f"{counted(len(asked.topics), 'topic')}, weighted by gwght x pwght, recode {asked.recode}",
        highlight=False,
        soft_wrap=True,
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
    console.print(table)
    for notice in made.notices:
        console.print(f"warning: {notice.text} ({notice.count:,})", highlight=False, soft_wrap=True)
    console.print(f"written: {made.table}", highlight=False, soft_wrap=True)
    found = asked.folder.resolve() in [folder.resolve() for folder in conf_folders()]
    where = "" if found else f" --config-dir={asked.folder}"
    console.print(
        f"a sweep chooses them with: populations={asked.name}{where}", highlight=False,
        soft_wrap=True,
    )  # fmt: skip
