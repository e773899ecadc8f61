"""Names for readers of the measures in cells.csv and in tables that name them."""

from __future__ import annotations

_MEASURES = {
    "alignment_language": "alignment with speakers",
    "alignment_us": "alignment with the US",
    "alignment_native_mean": "alignment with the language’s countries",
    "us_minus_native": "US bias",
    "self_consistency": "self-consistency",
    "judge_reliability": "reliability of the judge",
}
_VARIANTS = {
    "_topics": ", over topic means",
    "_disattenuated": ", corrected for noise",
    "_judge_free": ", corrected for the judge’s error",
}


def measure_name(column: str) -> str:
    """Return the name of a measure, with what it is corrected for; other names as words."""
    for ending, words in _VARIANTS.items():
        base = column.removesuffix(ending)
        if base != column and base in _MEASURES:
            return _MEASURES[base] + words
    return _MEASURES.get(column, column.replace("_", " "))
