"""Models, languages, topics and populations of a run, as its report names them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportModel:
    """A model or baseline of a run."""

    name: str
    family: str
    source: str = ""
    """Location and revision of its weights, or its API."""
    note: str = ""
    """Remark that a reader must see."""
    terms: str = ""
    """Licence or terms of use, by name."""
    baseline: bool = False
    proves_path_only: bool = False
    """True for a model too weak to say anything about culture; it only tests the pipeline."""


@dataclass(frozen=True)
class ReportLanguage:
    """A language of the prompts."""

    code: str
    name: str


@dataclass(frozen=True)
class ReportTopic:
    """A survey item with its pro and con statements."""

    id: str
    label: str
    category: str = ""
    pro: str = ""
    con: str = ""


@dataclass(frozen=True)
class ReportPopulation:
    """A country, the speakers of a language, or the world."""

    id: str
    label: str
    kind: str
    languages: tuple[str, ...] = ()
