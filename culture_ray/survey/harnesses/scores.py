"""Benchmark scores as harnesses report them, and capability: their mean per model and language."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby


@dataclass(frozen=True)
class Score:
    """What one model reached in one benchmark of one language."""

    model: str
    """As the harness names it, until it is named as in conf/model."""
    language: str
    benchmark: str
    score: float
    """0..1."""
    std_error: float | None
    """On the same scale; None where the harness does not tell it."""
    source: str
    """Harness with its version, metric and setting: what makes two scores comparable."""
    setting: str
    """How it was asked, such as `few-shot, test split`."""
    rank: tuple[float, ...] = ()
    """Of several scores for the same thing the one with the highest rank stands."""


@dataclass(frozen=True)
class HarnessScores:
    """The scores in a harness's files, and a sentence for each thing that is not among them."""

    scores: tuple[Score, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class MeanScore:
    """Capability of a model in a language."""

    model: str
    language: str
    capability: float
    std_error: float | None
    """From the benchmarks' own, taken as independent; None where one of them lacks it."""
    benchmarks: tuple[str, ...]


def rename_models(
    scores: Iterable[Score], name_of: Callable[[str], str | None]
) -> tuple[list[Score], list[str]]:
    """Return the scores of models that have a name here, and the models that have none, sorted."""
    kept, unknown = [], set()
    for score in scores:
        name = name_of(score.model)
        if name is None:
            unknown.add(score.model)
        else:
            kept.append(replace(score, model=name))
    return kept, sorted(unknown)


def latest_scores(scores: Sequence[Score]) -> tuple[list[Score], list[str]]:
    """Return one score per model, language and benchmark, and a sentence on what was passed over.

    Sorted by language, benchmark and model.
    """

    def key(score: Score) -> tuple[str, str, str]:
        return score.language, score.benchmark, score.model

    kept, several = [], []
    ordered = sorted(scores, key=lambda one: (key(one), one.rank))
    for (language, benchmark, model), group in groupby(ordered, key=key):
        mine = list(group)
        kept.append(mine[-1])
        if len(mine) > 1:
            several.append(f"{model} {language} {benchmark}")
    if not several:
        return kept, []
    noun = "benchmark has" if len(several) == 1 else "benchmarks have"
    return kept, [
        f"{len(several)} {noun} several results, such as {several[0]}: the latest on the test "
        f"split stands"
    ]


def common_scores(scores: Sequence[Score]) -> tuple[list[Score], list[str]]:
    """Return, per language, the scores in benchmarks that every model of the language has.

    Means over different benchmarks would compare the benchmarks, not the models. A sentence per
    language says what is left out, and which model lacks it.
    """
    kept: list[Score] = []
    notes = []
    for language in sorted({score.language for score in scores}):
        mine = [score for score in scores if score.language == language]
        models = {score.model for score in mine}
        by_benchmark: dict[str, set[str]] = {}
        for score in mine:
            by_benchmark.setdefault(score.benchmark, set()).add(score.model)
        lacking = {name: models - has for name, has in by_benchmark.items() if models - has}
        kept += [score for score in mine if score.benchmark not in lacking]
        if lacking:
            each = "; ".join(
                f"{name} ({', '.join(sorted(lacks))} lack{'s' * (len(lacks) == 1)} it)"
                for name, lacks in sorted(lacking.items())
            )
            notes.append(
                f"left out in {language}, since not every model has it: {each}. "
                f"common=false keeps all"
            )
    return kept, notes


def mixed_settings(scores: Sequence[Score]) -> list[str]:
    """Return a sentence on benchmarks that were asked in another way from model to model."""

    def key(score: Score) -> tuple[str, str]:
        return score.language, score.benchmark

    found = []
    for (language, benchmark), group in groupby(sorted(scores, key=key), key=key):
        ways: dict[str, list[str]] = {}
        for score in group:
            ways.setdefault(score.setting, []).append(score.model)
        if len(ways) > 1:
            told = "; ".join(f"{way}: {', '.join(who)}" for way, who in sorted(ways.items()))
            found.append(f"{language} {benchmark} ({told})")
    if not found:
        return []
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return [f"asked in different ways from model to model: {found[0]}{more}"]


def mean_scores(scores: Sequence[Score]) -> list[MeanScore]:
    """Return capability per model and language, sorted: the mean of the language's benchmarks.

    Source: Rystrøm et al. 2025, section 3.
    """

    def key(score: Score) -> tuple[str, str]:
        return score.model, score.language

    found = []
    for (model, language), group in groupby(sorted(scores, key=key), key=key):
        mine = sorted(group, key=lambda one: one.benchmark)
        errors = [one.std_error for one in mine]
        known = [error for error in errors if error is not None]
        spread = math.sqrt(sum(error**2 for error in known)) / len(mine)
        found.append(
            MeanScore(
                model,
                language,
                sum(one.score for one in mine) / len(mine),
                spread if len(known) == len(mine) else None,
                tuple(one.benchmark for one in mine),
            )
        )
    return found


def known_codes(
    languages: Iterable[str], known: Mapping[str, object]
) -> tuple[list[str], list[str]]:
    """Return languages as ISO 639-1 codes, and those that are none: pt-pt and pt are both pt."""
    plain = list(dict.fromkeys(str(code).lower().replace("_", "-").split("-")[0]
                               for code in languages))  # fmt: skip
    return [code for code in plain if code in known], [code for code in plain if code not in known]
