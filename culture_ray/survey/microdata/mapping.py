"""Mapping of a survey's data file: its columns of countries, languages, weights and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from culture_ray.survey.microdata.characteristics import Characteristic
from culture_ray.survey.microdata.files.columns import TextFormat
from culture_ray.survey.topics import Topic

CODES = ("own", "iso3166", "iso639", "names")
WITHIN, POOLED = "within", "pooled"


@dataclass(frozen=True)
class LabelColumn:
    """Column of countries or languages, and how its values are turned into codes.

    `codes` is `own` for codes that are used as they are, `iso3166` for codes of ISO 3166-1
    and English names of countries, `names` for the same in the value labels of the file, and
    `iso639` for two- or three-letter codes of languages. `recode` comes first, by the value in the
    file in any case. A file without the column has the `constant` for all respondents.
    """

    column: str
    codes: str = "own"
    recode: Mapping[str, str] | None = None
    optional: bool = False
    constant: str = ""


@dataclass(frozen=True)
class Question:
    """Column with the answers to a topic.

    `recode` gives the code on the topic's scale of codes in the file; the others are the same.
    Codes in `missing` are no answers, beside those that the scale calls missing. `labels` gives
    the codes of answers that the file has in words, as `plain_label` has them. A topic that was
    put to parts of the sample in different columns has a question for each.
    """

    topic: Topic
    column: str
    recode: Mapping[int, int]
    missing: frozenset[int]
    labels: Mapping[str, int] = field(default_factory=dict)


def plain_label(text: str) -> str:
    """Return a label of an answer in small letters, without repeated blanks."""
    return " ".join(text.split()).casefold()


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
    def constants(self) -> dict[str, str]:
        """Return the value of each column that is the same for all respondents."""
        columns = [self.country, *([self.language] if self.language else [])]
        return {each.column: each.constant for each in columns if each.constant}

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Return the topics that the survey asked."""
        return topics_of(self.questions)

    def column_of(self, word: str) -> str:
        """Return the column that `country` or `language` stands for; another word is a column."""
        if word == "country":
            return self.country.column
        return self.language.column if word == "language" and self.language else word


def topics_of(questions: Sequence[Question]) -> tuple[Topic, ...]:
    """Return the topics of questions, each once."""
    return tuple({question.topic.id: question.topic for question in questions}.values())
