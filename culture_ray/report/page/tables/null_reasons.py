"""Reasons why a field of a table of the page has no value, by table."""

from __future__ import annotations

from typing import Any

_BASELINES = "baseline"
"""Family of the baselines."""


def in_measures(row: dict[str, Any], column: str) -> str:
    """Return the reason for a null in the tables of measures."""
    return _without_judge(row, column) or row.get("reason") or ""


def in_quality(row: dict[str, Any], column: str) -> str:
    """Return the reason for a null in the outcomes of requests."""
    if column in {"option_mass", "low_mass"}:
        return "the protocol offers no answer options"
    return _without_judge(row, column) or "not counted by the version that made the run"


def in_cells(row: dict[str, Any], column: str) -> str:
    """Return the reason for a null in the table of all measures."""
    if column == "persona":
        return "no persona"
    if column == "capability":
        return "no score of this model in this language"
    return _without_judge(row, column) or row.get("note") or "undefined"


def in_judges(row: dict[str, Any], column: str) -> str:
    """Return the reason for a null in the tables of judges."""
    if column in {"protocol", "judge"}:
        return "the whole run combined"
    if column in {"alignment_with", "alignment_without"} and row.get("model") is None:
        return "a mean over models and languages"
    if column.startswith("kappa") and "," in row.get("raters", ""):
        return "more than two raters, or agreement by chance is already complete"
    return "undefined on one of the two sides"


def in_checks(row: dict[str, Any], column: str) -> str:
    """Return the reason for a null in the robustness checks."""
    return row.get("reason") or "not defined for this measure"


def in_corrected(row: dict[str, Any], column: str) -> str:
    """Return the reason for a null in the corrected figures."""
    if column in {"protocol", "persona", "judge"}:
        return "a mean over models and languages, or no persona"
    return row.get("reason") or "undefined for these cells"


def in_equivalence(row: dict[str, Any], column: str) -> str:
    """Return the reason for a null in the tests of equivalence."""
    return "a mean or a slope" if column == "p_holm" else "the effect has no standard error"


def in_usage(row: dict[str, Any], column: str) -> str:
    """Return the reason for a null in the resources used."""
    if column in {"attempts", "dollars", "unresolved", "unresolved_dollars"}:
        return "no paid requests"
    if column == "reasoning_tokens":
        return "no thoughts were reported or counted"
    return "no GPU" if column == "gpu_hours" else "no timeline was recorded"


def in_coefficients(row: dict[str, Any], column: str) -> str:
    """Return the reason for a null in the coefficients."""
    if column == "p_permutation":
        return "no permutation test for this coefficient"
    return row.get("reason") or "could not be estimated"


def _without_judge(row: dict[str, Any], column: str) -> str:
    """Return the reason for a null that a judge would have filled; empty for another column."""
    of_judge = column in {"judge", "judge_reliability"} or column.endswith("_judge_free")
    if not of_judge or row.get("judge") is not None:
        return ""
    return "a baseline needs no judge" if row.get("family") == _BASELINES else "labelled by a rule"
