"""Respondents of a survey with their profiles: the table that a sweep draws its personas from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from culture_ray.errors import BadTable
from culture_ray.survey.microdata.characteristics import Characteristic
from culture_ray.survey.microdata.groupings import COUNTRIES, divide
from culture_ray.survey.microdata.labels import Index
from culture_ray.survey.microdata.merging import cell_sizes, merged_levels
from culture_ray.survey.microdata.notices import Notice, noticed
from culture_ray.survey.microdata.recode import answers_of
from culture_ray.survey.microdata.respondents import Microdata
from culture_ray.survey.profiles import Profile
from culture_ray.tables import RESPONDENTS

Small = Literal["merge", "refuse"]
NO_ANSWER = -1


@dataclass(frozen=True)
class ProfileRule:
    """Characteristics that describe respondents, and what becomes of small cells.

    A cell is all respondents of a country with the same categories; `small` says whether one of
    fewer than `smallest` respondents is merged or refused.
    """

    characteristics: tuple[Characteristic, ...]
    smallest: int = 10
    small: Small = "merge"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of the survey's file that the characteristics are read from."""
        return tuple(each.column for each in self.characteristics)


def profiled_respondents(
    microdata: Microdata, rule: ProfileRule
) -> tuple[pa.Table, tuple[Notice, ...]]:
    """Return the respondents by profile (RESPONDENTS schema, then a column per topic), and notices.

    Respondents without a category of every characteristic are left out, and so are those of
    countries with fewer than `rule.smallest`. Raises BadTable for small cells that are refused, and
    if nobody is left.
    """
    countries, country = divide(microdata, COUNTRIES)
    columns = [(each, microdata.columns[each.column]) for each in rule.characteristics]
    keys = [country, *(each.of(labels.values, labels.index) for each, labels in columns)]
    if rule.small == "refuse":
        _refuse_small(keys, rule, [population.name for population in countries])
    level = merged_levels(keys, rule.smallest)
    kept = np.flatnonzero(level > 0)
    if not kept.size:
        named = ", ".join(each.name for each in rule.characteristics)
        raise BadTable(
            f"no cell of {rule.smallest} or more respondents by country, {named}: choose other "
            "characteristics in respondents.by, or a smaller respondents.smallest"
        )
    profiles = _profiles(keys, level, rule, [population.name for population in countries])
    order = kept[np.argsort(np.array(profiles, dtype=object)[kept], kind="stable")]
    told: dict[str, Any] = {
        "respondent": np.arange(1, len(order) + 1),
        "population": [countries[at].name for at in country[order]],
        "languages": [" ".join(countries[at].languages) for at in country[order]],
        "profile": [profiles[row] for row in order],
        "weight": microdata.weight[order],
        "stratum": _renumbered(microdata.stratum[order]),
        "cluster": _renumbered(microdata.cluster[order]),
    }
    table = pa.table(told).cast(RESPONDENTS)
    for topic in microdata.topics:
        position = answers_of(topic.scale, microdata.answers[topic.id])[order]
        codes = np.array([*topic.scale.answers, NO_ANSWER])[position]
        table = table.append_column(topic.id, pa.array(codes, pa.int32()))
    return table, _notices(keys, level, rule)


def _profiles(
    keys: Sequence[Index], level: Index, rule: ProfileRule, countries: Sequence[str]
) -> list[str]:
    """Return the profile of each respondent; empty for those without one."""
    known: dict[tuple[int, ...], str] = {(): ""}
    found = []
    for row, depth in enumerate(level):
        cell = tuple(int(key[row]) for key in keys[:depth])
        if cell not in known:
            named = zip(rule.characteristics, cell[1:], strict=False)
            categories = {each.name: each.names[at] for each, at in named}
            known[cell] = Profile(countries[cell[0]], categories).text
        found.append(known[cell])
    return found


def _refuse_small(keys: Sequence[Index], rule: ProfileRule, countries: Sequence[str]) -> None:
    size = cell_sizes(keys)
    rows = np.flatnonzero((size > 0) & (size < rule.smallest))
    if not rows.size:
        return
    level = np.where(size > 0, len(keys), 0)
    profiles = _profiles([key[rows] for key in keys], level[rows], rule, countries)
    count = len(set(profiles))
    told = "1 profile has" if count == 1 else f"{count} profiles have"
    raise BadTable(
        f"{told} fewer than {rule.smallest} respondents, such as "
        f"{sorted(profiles)[0]}: set respondents.small=merge, or name fewer characteristics in "
        "respondents.by"
    )


def _notices(keys: Sequence[Index], level: Index, rule: ProfileRule) -> tuple[Notice, ...]:
    notices: list[Notice] = []
    for each, key in zip(rule.characteristics, keys[1:], strict=True):
        text = f"respondents without {each.name} ({each.column}), in no profile"
        notices += noticed(text, (key < 0) & (keys[0] >= 0))
    known = np.all([key >= 0 for key in keys], axis=0)
    text = f"respondents in profiles that leave out characteristics, to have {rule.smallest} people"
    notices += noticed(text, (level > 0) & (level < len(keys)))
    text = f"respondents of countries with fewer than {rule.smallest}, in no profile"
    return (*notices, *noticed(text, known & (level == 0)))


def _renumbered(numbers: Index) -> Index:
    _, found = np.unique(numbers, return_inverse=True)
    return np.asarray(found, dtype=np.int64) + 1
