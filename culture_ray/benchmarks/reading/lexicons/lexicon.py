"""Terms of a lexicon in a text, longest first, such as dishes and festivals of a culture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from culture_ray.benchmarks.reading.clean import sentences
from culture_ray.benchmarks.reading.normal_form import contains, normal_form


@dataclass(frozen=True)
class LexiconMatches:
    """Terms of a lexicon in one text."""

    terms: tuple[str, ...]
    """Terms in the order in which they were given, each once."""
    groups: tuple[tuple[str, int], ...]
    """Number of matches by group, such as a region; sorted by group."""
    sentences: int
    """Sentences of the text."""
    matched_sentences: int
    """Sentences with at least one term."""

    @property
    def share(self) -> float | None:
        """Share of the sentences with a term; None for a text without sentences."""
        return self.matched_sentences / self.sentences if self.sentences else None


@dataclass(frozen=True)
class Lexicon:
    """Terms by language, each with its group."""

    terms: tuple[tuple[str, str], ...]
    """(term, group), the group empty where the lexicon has none."""
    language: str

    @classmethod
    def of(cls, terms: Iterable[tuple[str, str]], language: str) -> Lexicon:
        """Return the lexicon of terms with their groups; a term that occurs twice counts once."""
        return cls(tuple(dict.fromkeys(terms)), language)

    def matches(self, text: str) -> LexiconMatches:
        """Return the terms that a text contains as whole words; one within a longer one is none."""
        found: list[int] = []
        groups: Counter[str] = Counter()
        parts = sentences(text)
        matched = 0
        for part in parts:
            left = normal_form(part, self.language)
            here = []
            for place, form in self._forms:
                if form in left and contains(left, form):
                    here.append(place)
                    left = left.replace(form, " \n ")
            groups.update(self.terms[place][1] for place in here)
            matched += bool(here)
            found += here
        return LexiconMatches(
            tuple(self.terms[place][0] for place in sorted(set(found))),
            tuple(sorted(groups.items())),
            len(parts),
            matched,
        )

    @cached_property
    def _forms(self) -> list[tuple[int, str]]:
        """Normal form of every term with its index, longest first."""
        forms = [(i, normal_form(term, self.language)) for i, (term, _) in enumerate(self.terms)]
        return sorted(((i, form) for i, form in forms if form), key=lambda one: -len(one[1]))
