"""Gold set: responses written for this project, with the stance of each described opinion.

There is one YAML file per language in `gold/`. An opinion is written as `stance: text`, with
`marks` for properties that make it hard to judge; `form` is the layout of the opinions in the
response. `second` are the stances of a second reading made independently of the first
(`gold/READING.md`). Where the two differ both are kept, and the opinion does not count towards a
judge's error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, cast, get_args

import yaml

from culture_ray.errors import BadTable, UnknownName
from culture_ray.judging.parse import Stance
from culture_ray.judging.reliability import JudgedResponse


@dataclass(frozen=True)
class GoldResponse:
    """Response with its true stances; a refusal has none."""

    id: str
    language: str
    topic: str
    text: str
    form: str
    """Layout: numbered, paren, bold, label, bullets, oneline, continued, summary or refusal."""
    stances: tuple[Stance, ...]
    marks: tuple[frozenset[str], ...]
    """Per stance: negation, irony, condition, mixed, reversed (about the opposite)."""
    second: tuple[Stance, ...] | None = None
    """Stances of a second, independent reading; None if there is none."""

    @property
    def continues_list(self) -> bool:
        """True if the prompt ended in "1.", as for a base model."""
        return self.form == "continued"

    @property
    def agreed(self) -> tuple[bool, ...] | None:
        """Per stance, True if both readings agree; None without a second reading."""
        if self.second is None:
            return None
        return tuple(a == b for a, b in zip(self.stances, self.second, strict=True))

    def compared_with(self, stances: Sequence[Stance]) -> JudgedResponse:
        """Return a judge's stances with the true ones, grouped by language and form."""
        groups = (("form", self.form), ("language", self.language))
        return JudgedResponse(self.stances, stances, groups, self.agreed)


def gold_languages() -> tuple[str, ...]:
    """Return the codes of the languages that have a gold set."""
    found = files(__package__).joinpath("gold").iterdir()
    return tuple(sorted(f.name.removesuffix(".yaml") for f in found if f.name.endswith(".yaml")))


def gold_set(languages: Iterable[str] | None = None) -> tuple[GoldResponse, ...]:
    """Return the gold responses of these languages, by default of all.

    Raises UnknownName for a language without a gold set, BadTable for an invalid entry.
    """
    known = gold_languages()
    responses: list[GoldResponse] = []
    for language in known if languages is None else languages:
        if language not in known:
            raise UnknownName("language", language, known, "the gold set")
        source = files(__package__).joinpath("gold", f"{language}.yaml")
        responses += read_gold(source.read_text("utf-8"), language)
    return tuple(responses)


def read_gold(text: str, language: str) -> list[GoldResponse]:
    """Return the validated responses of one gold file; `text` is its YAML."""
    responses = [_response(entry, language) for entry in yaml.safe_load(text)]
    ids = [r.id for r in responses]
    doubled = sorted({i for i in ids if ids.count(i) > 1})
    if doubled:
        raise BadTable(f"gold set '{language}': two responses have the id {doubled[0]}")
    return responses


def _response(entry: dict[str, Any], language: str) -> GoldResponse:
    if "opinions" in entry:
        opinions = [_opinion(opinion, entry["id"]) for opinion in entry["opinions"]]
        stances = tuple(stance for stance, _, _ in opinions)
        marks = tuple(marks for _, _, marks in opinions)
        text = _formatted([opinion for _, opinion, _ in opinions], entry)
    else:
        stances = tuple(_stance(stance, entry["id"]) for stance in entry["stances"])
        marks = (frozenset(),) * len(stances)
        text = entry["text"]
    second = entry.get("second")
    if second is not None and len(second) != len(stances):
        raise BadTable(
            f"gold response {entry['id']}: {len(second)} stances in the second reading, "
            f"{len(stances)} in the first"
        )
    return GoldResponse(
        id=entry["id"],
        language=language,
        topic=entry["topic"],
        text=text,
        form=entry["form"],
        stances=stances,
        marks=marks,
        second=None if second is None else tuple(_stance(s, entry["id"]) for s in second),
    )


def _opinion(opinion: dict[str, Any], where: str) -> tuple[Stance, str, frozenset[str]]:
    stances = {key: value for key, value in opinion.items() if key != "marks"}
    if len(stances) != 1:
        raise BadTable(
            f"gold response {where}: an opinion has exactly one stance, found {list(stances)}"
        )
    ((stance, text),) = stances.items()
    return _stance(stance, where), str(text), frozenset(opinion.get("marks", ()))


def _stance(stance: object, where: str) -> Stance:
    if stance not in get_args(Stance):
        raise BadTable(f"gold response {where}: '{stance}' is not pro, con or neutral")
    return cast(Stance, stance)


def _formatted(opinions: list[str], entry: dict[str, Any]) -> str:
    """Return the opinions as a model would write them, in the layout of the entry's `form`."""
    form, label = entry["form"], entry.get("label", "")
    if form == "continued":
        return " " + "\n".join([opinions[0], *(f"{n}. {o}" for n, o in enumerate(opinions[1:], 2))])
    if form not in _FORMS:
        raise BadTable(f"gold response {entry['id']}: unknown form '{form}'")
    separator = " " if form == "oneline" else "\n"
    items = separator.join(
        _FORMS[form].format(n=n, label=label) + opinion for n, opinion in enumerate(opinions, 1)
    )
    return "\n\n".join(part for part in (entry.get("before"), items, entry.get("after")) if part)


_FORMS = {
    "numbered": "{n}. ",
    "paren": "{n}) ",
    "bold": "**{n}.** ",
    "label": "{label} {n}: ",
    "bullets": "- ",
    "oneline": "{n}. ",
}
