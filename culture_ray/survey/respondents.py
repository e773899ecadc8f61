"""Reader of a survey's respondents by profile, whom a run's prompts speak for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from culture_ray.errors import BadTable
from culture_ray.survey.files import read_table
from culture_ray.survey.ground_truth import Population
from culture_ray.survey.profiles import Profile
from culture_ray.survey.topics import Topic
from culture_ray.tables import RESPONDENTS

Index = npt.NDArray[np.int64]
Figures = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Respondents:
    """N respondents of P profiles, with answers as places on the scales of topics.

    `profile` (N,) is an index of `profiles`; `weight`, `stratum` and `cluster` are (N,); `answers`
    holds the place of each answer in the topic's scale (N,), -1 for none, by topic id.
    """

    countries: tuple[Population, ...]
    profiles: tuple[Profile, ...]
    profile: Index
    weight: Figures
    stratum: Index
    cluster: Index
    answers: Mapping[str, Index]

    @property
    def people(self) -> Index:
        """Return the number of respondents of each profile (P,)."""
        return np.bincount(self.profile, minlength=len(self.profiles))

    @property
    def weights(self) -> Figures:
        """Return the sum of the weights of each profile (P,)."""
        sums = np.bincount(self.profile, self.weight, minlength=len(self.profiles))
        return sums.astype(np.float64)

    @property
    def characteristics(self) -> tuple[str, ...]:
        """Return the names of the characteristics that profiles tell, beside the country."""
        return tuple(dict.fromkeys(name for each in self.profiles for name in each.categories))


def read_respondents(path: Path, topics: Sequence[Topic]) -> Respondents:
    """Return the respondents of a file of the RESPONDENTS schema with a column per topic.

    Topics without a column have no answers. Raises BadTable for a missing column, a text that is
    no profile of its row's country, a weight that is not positive, and an answer that is not on the
    topic's scale.
    """
    there = [topic for topic in topics if topic.id in _header(path)]
    fields = [pa.field(topic.id, pa.int32()) for topic in there]
    table = read_table(path, pa.schema([*RESPONDENTS, *fields]))
    profiles, profile = _profiles(path, table)
    weight = np.asarray(table.column("weight"), dtype=np.float64)
    if not (np.isfinite(weight) & (weight > 0)).all():
        row = int(np.argmin(np.isfinite(weight) & (weight > 0)))
        raise BadTable(f"{path}: weight is {weight[row]} in data row {row + 1}, not above 0")
    return Respondents(
        countries=_countries(path, table),
        profiles=profiles,
        profile=profile,
        weight=weight,
        stratum=np.asarray(table.column("stratum"), dtype=np.int64),
        cluster=np.asarray(table.column("cluster"), dtype=np.int64),
        answers={topic.id: _answers(path, table, topic) for topic in there},
    )


def _header(path: Path) -> set[str]:
    if not path.is_file():
        raise BadTable(
            f"{path}: there is no such file; check the key 'respondents' in conf/populations"
        )
    with path.open(encoding="utf-8") as file:
        return {name.strip().strip('"') for name in file.readline().split(",")}


def _profiles(path: Path, table: pa.Table) -> tuple[tuple[Profile, ...], Index]:
    texts = _texts(table, "profile")
    names = list(dict.fromkeys(texts))
    try:
        profiles = tuple(Profile.read(name) for name in names)
    except ValueError as problem:
        raise BadTable(f"{path}: {problem}, such as DK: age=30-44, gender=man") from None
    number = {name: at for at, name in enumerate(names)}
    profile = np.array([number[text] for text in texts], dtype=np.int64)
    for row, country in enumerate(_texts(table, "population")):
        if profiles[profile[row]].country != country:
            text = f"population {country} has the profile {texts[row]} in data row {row + 1}"
            raise BadTable(f"{path}: {text}: a profile begins with the country")
    return profiles, profile


def _countries(path: Path, table: pa.Table) -> tuple[Population, ...]:
    pairs = zip(_texts(table, "population"), _texts(table, "languages"), strict=True)
    found: dict[str, str] = {}
    for country, languages in dict.fromkeys(pairs):
        if found.setdefault(country, languages) != languages:
            both = f"'{found[country]}' and '{languages}'"
            raise BadTable(f"{path}: population {country} has the languages {both}")
    return tuple(
        Population(country, "country", tuple(languages.split()))
        for country, languages in found.items()
    )


def _texts(table: pa.Table, column: str) -> list[str]:
    return [str(value) for value in table.column(column).to_pylist()]


def _answers(path: Path, table: pa.Table, topic: Topic) -> Index:
    codes = np.asarray(table.column(topic.id), dtype=np.int64)
    scale = np.array(topic.scale.answers)
    place = np.minimum(np.searchsorted(scale, codes), len(scale) - 1)
    there = scale[place] == codes
    wrong = np.flatnonzero(~there & (codes >= 0))
    if wrong.size:
        known = ", ".join(map(str, topic.scale.answers))
        row = int(wrong[0])
        raise BadTable(
            f"{path}: answer {codes[row]} to {topic.id} in data row {row + 1} is not on its scale: "
            f"{known}"
        )
    return np.where(there, place, -1).astype(np.int64)
