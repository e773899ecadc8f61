"""`culture-ray populations`: ground truth from the licensed microdata of a survey."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from culture_ray.cli.arguments import config_dir_flag, plain_name
from culture_ray.cli.console import Screen
from culture_ray.config.build import build, convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.files import conf_folders, writable_folder
from culture_ray.config.known_names import code_names, survey_columns
from culture_ray.config.launchers import Content
from culture_ray.errors import OtherSurvey, UnknownName, WrongValue
from culture_ray.report.formatting import counted, shown
from culture_ray.survey.microdata.read_mapping import mapping_of
from culture_ray.survey.microdata.recode import RECODES
from culture_ray.tools.populations.double_keys import refuse_double_keys
from culture_ray.tools.populations.job import PopulationsJob, PopulationsResult, SingleUnit
from culture_ray.tools.populations.make import make_populations
from culture_ray.tools.populations.profile_settings import ProfileSettings, profile_rule

_SHOWN = 20
"""Number of populations of one kind that are shown on the screen; the file has all."""


def act(overrides: list[str]) -> int:
    """Compute and write populations, and summarise them; return 0.

    Without `survey=` a file is read as that of the survey whose columns it has.
    """
    try:
        _make(overrides)
    except OtherSurvey as other:
        if any(word.startswith("survey=") for word in overrides):
            raise
        Screen().write_line(f"read with survey={other.survey}, whose columns the file has")
        _make([*overrides, f"survey={other.survey}"])
    return 0


def _make(overrides: list[str]) -> None:
    def run(content: Content, _: str) -> None:
        job = _job(content, shlex.join(["culture-ray", "populations", *overrides]))
        _print(Screen(), job, make_populations(job))

    _refuse_double_codes(overrides)
    compose_and_run("culture-ray populations", _bracketed(overrides), run, root="populations")


def _refuse_double_codes(words: list[str]) -> None:
    """Raise UserError if the survey's mapping names a code twice; Hydra would take the last."""
    chosen = [word.removeprefix("survey=") for word in words if word.startswith("survey=")]
    flags = [word.partition("=")[2] for word in words if word.startswith("--config-dir=")]
    for name in chosen[-1:]:
        for folder in (*map(Path, flags), *conf_folders()):
            path = folder / "survey" / f"{name}.yaml"
            if path.is_file():
                refuse_double_keys(path)
                return


def _bracketed(words: list[str]) -> list[str]:
    """Return `by=country,language` as `by=[country,language]`, likewise countries and files."""
    lists = ("by=", "countries=", "files=")
    plain = [word.startswith(lists) and "[" not in word and "," in word for word in words]
    return [
        re.sub(r"=(.*)", r"=[\1]", word) if needs else word
        for word, needs in zip(words, plain, strict=True)
    ]


def _job(content: Content, command: str) -> PopulationsJob:
    files = _files(content)
    recode = convert(str, content["recode"], "recode")
    if recode not in RECODES:
        raise UnknownName("recode", recode, RECODES)
    by = content["by"]
    only = content["topics"].get("only")
    stem = files[0].name.partition(".")[0]
    default = re.sub(r"\W+", "_", f"{stem}_{recode}".lower())
    countries = convert(tuple[str, ...] | None, content["countries"], "countries")
    chosen = convert(str | None, content["conf_dir"], "conf_dir")
    survey = mapping_of(content["survey"], content["topics"])
    profiles = build(ProfileSettings, content["respondents"], "respondents")
    return PopulationsJob(
        files=files,
        survey=survey,
        profiles=profile_rule(profiles, survey),
        name=default if content["name"] is None else plain_name(content["name"]),
        folder=writable_folder(chosen),
        recode=recode,
        by=convert(tuple[str, ...], [by] if isinstance(by, str) else by, "by"),
        names=code_names(),
        command=command,
        countries=countries,
        regions=_regions(content["regions"]),
        us=convert(str, content["us"], "us"),
        weights=convert(str | None, content["weights"], "weights"),
        single_unit=convert(SingleUnit, content["single_unit"], "single_unit"),
        need_topics=only is not None,
        surveys=survey_columns(),
        drop_unexpected=convert(bool, content["drop_unexpected"], "drop_unexpected"),
    )


def _files(content: Content) -> tuple[Path, ...]:
    """Return the data files of `file` or `files`; raises WrongValue unless there is one."""
    named = content["file"] or content["files"]
    if not named or (content["file"] and content["files"]):
        expected = "a path, such as file=EVS_WVS_Joint.csv, or several as files=[a.csv,b.csv]"
        raise WrongValue("file", content["file"], expected)
    listed = [named] if isinstance(named, str) else named
    key = "file" if content["file"] else "files"
    paths = tuple(Path(path).expanduser() for path in convert(tuple[str, ...], listed, key))
    if len({path.name for path in paths}) != len(paths):
        raise WrongValue(key, listed, "files of different names")
    return paths


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
    people = result.respondents
    whose = "distributions" if people is None else counted(people, "respondent")
    screen.write_line(
        f"{whose} in {', '.join(path.name for path in job.files)} on "
        f"{counted(result.topics, 'topic')}, weighted by {job.weighting}, recode {job.recode}"
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
    if result.respondents_file is not None:
        screen.write_line(
            f"written: {result.respondents_file}: one row per respondent; it stays on this machine"
        )
    screen.write_line(
        f"choose them in a sweep with: populations={job.name}{config_dir_flag(job.folder)}"
    )
