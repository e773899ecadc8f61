"""Figures whose intervals or tests miss their level in simulated studies, and what marks them.

Tables, notes, figures and sentences take their marks from here. `make calibrate` measures the
rates; a test in tests/calibration compares this declaration with them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

SIZE, COVERAGE = (3.5, 6.5), (93.0, 96.5)
"""Percentages of tests that reject, and of intervals that cover, at which a figure is exact."""


@dataclass(frozen=True)
class OffLevel:
    """Kind of figure that misses its level in some simulated studies, with its rates in all."""

    subject: str
    """Name of its tests or intervals, in the plural."""
    verdict: str
    """`conservative` (too few tests reject, too many intervals cover), `too short` or `not exact`,
    and the studies in which they are, if it is not in any."""
    what: Literal["rejects", "covers"]
    lowest: int
    """Percentage in the kind of study where it is lowest, rounded."""
    highest: int
    figures: tuple[str, ...] = ()
    """Names of the figure in the calibration; empty for one that other simulations measured."""

    @property
    def sentence(self) -> str:
        """Return the sentence that marks the figure for readers."""
        rejects = self.what == "rejects"
        studies = "simulated studies" + " without an effect" * rejects
        does = "reject where 5 %" if rejects else "contain the true value where 95 %"
        rate = f"{self.lowest} to {self.highest} % of them {does} should"
        return f"{self.subject} are {self.verdict}: in {studies}, {rate}."

    @property
    def remark(self) -> str:
        """Return the words that mark the figure in the meaning of a column."""
        does = "reject without an effect" if self.what == "rejects" else "contain the true value"
        rate = f"{self.lowest} to {self.highest} % of these {does}"
        return f"{self.verdict}, as {rate} in simulated studies"


WITHIN = OffLevel(
    "Tests of capability within families", "conservative", "rejects", 2, 6,
    ("within: slope", "within_given_consistency: slope", "within_pooled: slope"),
)  # fmt: skip
BETWEEN = OffLevel(
    "Tests of capability between families", "conservative", "rejects", 2, 5,
    ("within: between families", "within_given_consistency: between families",
     "within_pooled: between families"),
)  # fmt: skip
PERMUTATION = OffLevel(
    "Permutation tests of capability within families", "conservative", "rejects", 3, 6,
    ("within_pooled: slope, by permutation",),
)  # fmt: skip
LANGUAGE_LEVELS = OffLevel(
    "Intervals of the levels of languages (intercepts)", "conservative", "covers", 95, 98,
    ("language levels",),
)  # fmt: skip
US_BIAS_OF_CELLS = OffLevel(
    "Intervals of US bias in single cells", "conservative", "covers", 95, 98,
    ("US bias of cells",),
)  # fmt: skip
MEAN_US_BIAS = OffLevel(
    "Intervals of mean US bias", "conservative with few topics", "covers", 93, 97,
    ("US bias by language", "US bias over all"),
)  # fmt: skip
ALIGNMENT_OF_CELLS = OffLevel(
    "Intervals of alignment over topics", "too short where items of a battery are answered alike",
    "covers", 93, 96, ("alignment of cells",),
)  # fmt: skip
FEWEST_IF_SKEWED = 24
"""Fewest topics with two responses of an interval of self-consistency that keeps its level however
skewed answers are. With 16 or 20 it does where answers are even, and covers 90 to 93 % where models
lean to pro, or con, by a logit of 2 or more."""

SELF_CONSISTENCY = OffLevel(
    "Intervals of self-consistency",
    f"too short with fewer than {FEWEST_IF_SKEWED} topics if most answers are pro, or most con",
    "covers", 90, 93,
)  # fmt: skip
"""Measured in tests/calibration/README.md, by how skewed answers are."""
GAIN = OffLevel("Intervals of gain", "conservative", "covers", 96, 100)
"""Measured in docs/statistics.md, Groups of respondents."""

OFF_LEVEL = (
    WITHIN, BETWEEN, PERMUTATION, LANGUAGE_LEVELS, US_BIAS_OF_CELLS, MEAN_US_BIAS,
    ALIGNMENT_OF_CELLS, SELF_CONSISTENCY, GAIN,
)  # fmt: skip

TWO_NAMES = OffLevel(
    "Tests of capability within families", "too liberal if one model counts as two", "rejects", 7, 8
)
"""Mark of a study with models that answer alike; the world `two names of one model`."""

UNCALIBRATED = (
    "The interval and p value of self-consistency are not calibrated: self-consistency is measured "
    "with error, on the same topics as alignment, and alignment over single responses contains it."
)
"""Mark of a coefficient of `consistency`; docs/statistics.md, What alignment is computed from."""

PUBLISHED = (
    "Intervals of the published inference are too narrow, because bootstrap rounds count as "
    "observations: in simulated studies without an effect, 88 % of its tests of capability reject "
    "where 5 % should."
)
"""Mark of every coefficient of inference=paper."""

MARKS = (*(kind.sentence for kind in OFF_LEVEL), TWO_NAMES.sentence, UNCALIBRATED, PUBLISHED)
"""Every sentence that marks a figure."""


def marks_of_terms(terms: Collection[str], *, over_topics: bool = True) -> Iterator[str]:
    """Yield the sentences that mark terms of a multilingual regression that have an interval.

    Without `over_topics`, intervals are over responses or batteries, and their rates unknown.
    """
    heads = {term.partition(":")[0].partition("[")[0] for term in terms}
    if over_topics:
        kinds = {"capability_within": WITHIN, "capability_between": BETWEEN,
                 "language": LANGUAGE_LEVELS}  # fmt: skip
        yield from (kind.sentence for head, kind in kinds.items() if head in heads)
    if any("consistency" in term.split(":") for term in terms):
        yield UNCALIBRATED


def marks_in(text: Collection[str]) -> tuple[str, ...]:
    """Return the sentences that mark figures among others, or within them."""
    return tuple(mark for mark in MARKS if any(mark in part for part in text))
