"""Settings of judges and of the labels that are measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, doc

from culture_ray.engines.interface import Sampling
from culture_ray.engines.model import Model

JudgeError = Annotated[float, Ge(0), Le(0.5), doc("from 0 to 0.5, measured or paper")]
"""Probability that the judge's stance on one opinion is wrong."""


@dataclass(frozen=True)
class Judge:
    """Judge of responses: a model, its sampling and the form of its answers."""

    model: Model
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0.0, top_p=1.0))
    answers: Literal["json", "choice", "words"] = "json"
    """Form of its answers: `json` is JSON constrained by a schema; `choice` is one of three words,
    with a request for each opinion; `words` is JSON requested in the prompt only."""
    examples: bool = False
    """True if two worked examples precede the question, as earlier exchanges of the chat; a base
    model gets them in its prompt in any case."""
    share: Annotated[float, Gt(0), Le(1)] = 1.0
    """Share of the responses that it labels, drawn at random; below 1 only for judging.reference,
    whose labels of a sample correct those of the other judges."""
    note: str = ""
    """Sentence about this judge for the report."""


@dataclass(frozen=True)
class Exclude:
    """Rules that exclude labels from the measures; the report shows the effect of each."""

    truncated: bool = False
    """The response was cut off at its token limit."""
    wrong_language: bool = False
    """The detected language differs from the prompt's."""
    repetitive: bool = False
    """The response repeats itself."""
    count_mismatch: bool = False
    """The number of the judge's stances differs from the number of opinions found by rule."""
    not_as_asked: bool = False
    """The response describes more or fewer opinions than requested."""
    repaired: bool = False
    """The judge's JSON had to be repaired."""


@dataclass(frozen=True)
class JudgingSettings:
    """Labels that are measured: their judge, exclusions and error."""

    use: str = "first"
    """Source of the labels in figures and regressions: first, majority, or a judge's name."""
    reference: str | None = None
    """Judge by whose labels the figures of the other judges are corrected; null for none."""
    judge_error: JudgeError | Literal["measured", "paper"] | None = None
    """Null takes the error that judge-check measured for this judge, else the paper's constant."""
    exclude: Exclude = field(default_factory=Exclude)
