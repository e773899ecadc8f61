"""Measured figures, with the reason where a figure is undefined."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
ReasonArray = npt.NDArray[np.int8]

FEWEST_TOPICS = 5
"""Fewest topics of a figure with a standard error. Draws from fewer are too similar for their
spread to be informative: with two topics all draws have the same rank correlation."""


class InvalidMeasureInput(ValueError):
    """Arrays have the wrong shape or range: an error of the calling code, not of a user."""


class Reason(IntEnum):
    """Reason why a figure is undefined; stored as a code next to the NaN."""

    DEFINED = 0
    NO_OPINIONS = 1
    NO_RESPONSES = 2
    NO_SHARED_TOPICS = 3
    CONSTANT_RESPONSES = 4
    CONSTANT_GROUND_TRUTH = 5
    NO_PAIRS = 6
    NOISE_EXCEEDS_SPREAD = 7
    NOT_RELIABLE = 8
    NO_BENCHMARKS = 9
    NO_INFORMATION = 10

    @property
    def text(self) -> str:
        """Reason as a phrase for tables and reports; empty for a defined figure."""
        return _TEXTS[self]


_TEXTS = {
    Reason.DEFINED: "",
    Reason.NO_OPINIONS: "no opinion for or against",
    Reason.NO_RESPONSES: "no responses with a value polarity",
    Reason.NO_SHARED_TOPICS: "no topic with both responses and ground truth",
    Reason.CONSTANT_RESPONSES: "all responses have the same value polarity",
    Reason.CONSTANT_GROUND_TRUTH: "the ground truth is the same for all topics with responses",
    Reason.NO_PAIRS: "no topic has two responses",
    Reason.NOISE_EXCEEDS_SPREAD: "the responses vary no more than the judge's noise",
    Reason.NOT_RELIABLE: "a reliability is missing or not above 0",
    Reason.NO_BENCHMARKS: "no benchmark score for this model and language",
    Reason.NO_INFORMATION: "the judge distinguishes pro from con no better than chance",
}


@dataclass(frozen=True, eq=False)
class Measured:
    """Figures of any shape, NaN where undefined, with the reason for each."""

    value: FloatArray
    reason: ReasonArray

    def __post_init__(self) -> None:
        require(
            self.value.shape == self.reason.shape,
            f"figures of shape {self.value.shape} with reasons of shape {self.reason.shape}",
        )

    @property
    def defined(self) -> BoolArray:
        """True where the figure has a value."""
        return np.asarray(self.reason == Reason.DEFINED)

    def reason_texts(self) -> list[str]:
        """Return the reasons as phrases, flattened in C order; empty for defined figures."""
        return [Reason(int(code)).text for code in self.reason.ravel()]


def measured(value: npt.ArrayLike, checks: list[tuple[npt.ArrayLike, Reason]]) -> Measured:
    """Return figures that are undefined where a check holds; the first that holds is the reason.

    `value` has any shape; each check is a boolean array that broadcasts to it.
    """
    values = np.array(value, dtype=np.float64)
    reasons = np.zeros(values.shape, dtype=np.int8)
    for undefined, reason in reversed(checks):
        if not np.any(undefined):
            continue
        reasons[np.broadcast_to(np.asarray(undefined, dtype=bool), values.shape)] = reason
    values[reasons != Reason.DEFINED] = np.nan
    return Measured(values, reasons)


def indices(values: npt.ArrayLike, count: int, what: str) -> IntArray:
    """Return `values` as a vector of indices 0..count-1; `what` names them in error messages."""
    found = np.asarray(values)
    require(found.ndim == 1, f"{what} indices of shape {found.shape}, expected one dimension")
    index = found.astype(np.int64)
    require(bool(np.all(index == found)), f"{what} indices that are not whole numbers")
    require(bool(np.all((index >= 0) & (index < count))), f"a {what} index outside 0..{count - 1}")
    return index


def require(holds: bool, found: str) -> None:
    """Raise `InvalidMeasureInput` with the message `found` unless `holds`."""
    if not holds:
        raise InvalidMeasureInput(found)
