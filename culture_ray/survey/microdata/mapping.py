"""Mapping of a survey's data file: its columns of countries, languages, weights and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from culture_ray.survey.microdata.characteristics import Characteristic
from culture_ray.survey.microdata.files.columns import TextFormat
from culture_ray.survey.topics import Topic

CODES = ("own", "iso3166", "iso639", "names")
WITHIN, POOLED = "within", "pooled"


@dataclass(frozen=True)
class LabelColumn:
    """Column of countries or languages, and how its values are turned into codes.

    `codes` is `own` for codes that are used as they are, `iso3166` for two- or three-letter codes
    and English names of countries, `names` for the same in the value labels of the file, and
    `iso639` for two- or three-letter codes of languages. `recode` comes first, by the value in the
    file in any case.
    """

    column: str
    codes: str = "own"
    recode: Mapping[str, str] | None = None
    optional: bool = False


@dataclass(frozen=True)
class Question:
    """Column with the answers to a topic.

    `recode` gives the code on the topic's scale of codes in the file; the others are the same.
    Codes in `missing` are no answers, beside those that the scale calls missing.
    """

    topic: Topic
    column: str
    recode: Mapping[int, int]
    missing: frozenset[int]


@dataclass(frozen=True)
class SurveyMapping:
    """Mapping of a survey's data file, the content of a file in conf/survey.

    `weights` holds the columns whose product is the weight, by kind: `within` for populations of
    one country, `pooled` for those of several, and others that a user can choose; no columns mean
    equal weights. `strata` and `clusters` are columns of the sample, which a file may lack;
    samples are drawn within countries. `keep` restricts the respondents to values of columns.
    """

    name: str
    title: str
    source: str
    form: TextFormat
    country: LabelColumn
    language: LabelColumn | None
    main_language: bool
    """True: an interview without a language counts as in the main language of its country."""
    weights: Mapping[str, tuple[str, ...]]
    strata: tuple[str, ...]
    clusters: tuple[str, ...]
    keep: Mapping[str, tuple[str, ...]]
    questions: tuple[Question, ...]
    respondents: Mapping[str, Characteristic] = field(default_factory=dict)
    """Coarse characteristics of respondents by name."""

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Return the topics that the survey asked."""
        return tuple(question.topic for question in self.questions)

    def column_of(self, word: str) -> str:
        """Return the column that `country` or `language` stands for; another word is a column."""
        if word == "country":
            return self.country.column
        return self.language.column if word == "language" and self.language else word
