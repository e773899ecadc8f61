"""Recoding of survey answers into stances: pro, con or neither."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from culture_ray.errors import UnknownName
from culture_ray.survey.topics import LOWEST_VALID, Scale

PRO, CON, NEITHER = 1, 0, -1
RECODES = ("paper", "symmetric")
Codes = npt.NDArray[np.int16]
Stances = npt.NDArray[np.int8]

NO_ANSWER = np.int16(-32768)
"""Code of a blank answer; negative codes are not answers either."""


def stances(scale: Scale, codes: Codes, recode: str) -> Stances:
    """Return PRO, CON or NEITHER for each answer code; codes outside the scale are NEITHER.

    `paper` counts a middle answer as con and ignores codes below 1, as the published figures do;
    `symmetric` drops middle answers, as for models. Raises UnknownName for another recode.
    """
    if recode not in RECODES:
        raise UnknownName("recode", recode, RECODES)
    paper = recode == "paper"
    con = (*scale.con, *scale.middle) if paper else scale.con
    lowest = 1 if paper else LOWEST_VALID[scale.missing]
    table = np.full(_highest(scale) + 2, NEITHER, dtype=np.int8)
    table[[code for code in scale.pro if code >= lowest]] = PRO
    table[[code for code in con if code >= lowest]] = CON
    beyond = len(table) - 1
    return np.take(table, np.where((codes < 0) | (codes > beyond), beyond, codes))


def answers_of(scale: Scale, codes: Codes) -> npt.NDArray[np.int64]:
    """Return the position of each answer in `scale.answers`, -1 for what is no answer."""
    answers = np.array(scale.answers)
    position = np.searchsorted(answers, codes)
    there = answers[np.minimum(position, len(answers) - 1)] == codes
    return np.where(there, position, -1).astype(np.int64)


def unexpected_codes(scale: Scale, codes: Codes) -> dict[int, int]:
    """Return the counts of codes that are neither on the scale nor a missing value."""
    outside = codes[(codes >= LOWEST_VALID[scale.missing]) & (codes > _highest(scale))]
    found, counts = np.unique(outside, return_counts=True)
    return {int(code): int(count) for code, count in zip(found, counts, strict=True)}


def _highest(scale: Scale) -> int:
    return max((*scale.pro, *scale.con, *scale.middle))
