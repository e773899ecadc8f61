"""Stages of a sweep, declared once, in the order in which they run."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """One stage: its name, whether it sends requests to models, and what it makes."""

    asks_models: bool
    meaning: str

    def __new__(cls, name: str, asks_models: bool, meaning: str) -> Stage:
        """Make a member that equals its name."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.asks_models = asks_models
        member.meaning = meaning
        return member

    ELICIT = "elicit", True, "ask the models: a response per request"
    BENCHMARK = "benchmark", True, "put the items of benchmarks to the models"
    JUDGE = "judge", True, "label the stance of every opinion that a response describes"
    MEASURE = "measure", False, "reduce labels to distributions, alignment and self-consistency"
    REGRESS = "regress", False, "fit the regressions and the robustness checks"
    REPORT = "report", False, "draw the figures and write report.html"
