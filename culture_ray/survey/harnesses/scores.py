"""Benchmark scores of harnesses, and capability: their mean per model and language."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby


@dataclass(frozen=True)
class Score:
    """Score of one model in one benchmark of one language."""

    model: str
    """The harness's name, replaced by that in conf/model in `rename_models`."""
    language: str
    benchmark: str
    score: float
    """0..1."""
    std_error: float | None
    """Standard error on the scale of the score; None if the harness does not report it."""
    harness: str
    """Harness and its version."""
    metric: str
    setting: str
    """Prompting and data, such as `few-shot, test split`."""
    rank: tuple[float, ...] = ()
    """Order of preference: of several scores of a model in a benchmark, the highest is used."""
    others: Mapping[str, tuple[float, float | None]] = field(default_factory=dict)
    """Score and standard error by further metric of the same result."""

    @property
    def source(self) -> str:
        """Return harness, version, metric and setting, on which comparability depends."""
        return f"{self.harness}, {self.metric}, {self.setting}"

    def by(self, metric: str) -> Score:
        """Return the score by a metric of `metrics`."""
        if metric == self.metric:
            return self
        score, std_error = self.others[metric]
        return replace(self, metric=metric, score=score, std_error=std_error)

    @property
    def metrics(self) -> tuple[str, ...]:
        """Return the metrics of the result, the one it is ranked by first."""
        return (self.metric, *(name for name in self.others if name != self.metric))


@dataclass(frozen=True)
class HarnessScores:
    """Scores in a harness's files, and a sentence about each result that was left out."""

    scores: tuple[Score, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class MeanScore:
    """Capability of a model in a language."""

    model: str
    language: str
    capability: float
    std_error: float | None
    """From those of the benchmarks, taken as independent; None if one is missing."""
    benchmarks: tuple[str, ...]


def rename_models(
    scores: Iterable[Score], name_of: Callable[[str], str | None]
) -> tuple[list[Score], list[str]]:
    """Return the scores under the names of conf/model, and the sorted models without one."""
    kept, unknown = [], set()
    for score in scores:
        name = name_of(score.model)
        if name is None:
            unknown.add(score.model)
        else:
            kept.append(replace(score, model=name))
    return kept, sorted(unknown)


def latest_scores(scores: Sequence[Score]) -> tuple[list[Score], list[str]]:
    """Return one score per model, language and benchmark, and a sentence on duplicates.

    Scores are sorted by language, benchmark and model.
    """

    def key(score: Score) -> tuple[str, str, str]:
        return score.language, score.benchmark, score.model

    kept, several = [], []
    ordered = sorted(scores, key=lambda score: (key(score), score.rank))
    for (language, benchmark, model), group in groupby(ordered, key=key):
        duplicates = list(group)
        kept.append(duplicates[-1])
        if len(duplicates) > 1:
            several.append(f"{model} {language} {benchmark}")
    if not several:
        return kept, []
    noun = "benchmark has" if len(several) == 1 else "benchmarks have"
    return kept, [
        f"{len(several)} {noun} several results, such as {several[0]}: the latest on the test "
        f"split is used"
    ]


def same_metrics(scores: Sequence[Score]) -> tuple[list[Score], list[str]]:
    """Return scores of which those in one benchmark share a metric, and sentences on changes.

    Versions of a harness rank by different metrics. A metric that all results of the benchmark have
    is used for all; without one, the results of each metric are a benchmark of their own.
    """

    def key(score: Score) -> tuple[str, str]:
        return score.language, score.benchmark

    kept: list[Score] = []
    notes: dict[str, None] = {}
    for (_, benchmark), group in groupby(sorted(scores, key=key), key=key):
        results = list(group)
        newest = sorted(results, key=lambda score: score.rank, reverse=True)
        ranked_by = list(dict.fromkeys(score.metric for score in newest))
        if len(ranked_by) == 1:
            kept += results
            continue
        shared = [m for m in ranked_by if all(m in score.metrics for score in results)]
        used = {score.metric: score.harness for score in newest}
        listed = " and ".join(f"{metric} ({used[metric]})" for metric in ranked_by)
        if shared:
            kept += [score.by(shared[0]) for score in results]
            note = f"{shared[0]} is used for all models, as every result has it"
        else:
            kept += [replace(s, benchmark=f"{benchmark} ({s.metric})") for s in results]
            note = "no metric is in every result, so each counts as a benchmark of its own"
        notes[f"{benchmark} is ranked by {listed}: {note}"] = None
    return kept, list(notes)


def common_scores(scores: Sequence[Score]) -> tuple[list[Score], list[str]]:
    """Return the scores in benchmarks that every model of the language has.

    Means over different benchmarks would compare the benchmarks, not the models. A sentence per
    language names the benchmarks left out and the models that lack them.
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
                f"left out in {language}, because not every model has it: {each}. "
                f"common=false keeps all"
            )
    return kept, notes


def mixed_settings(scores: Sequence[Score]) -> list[str]:
    """Return a sentence on benchmarks whose setting differs between models, or nothing."""

    def key(score: Score) -> tuple[str, str]:
        return score.language, score.benchmark

    found = []
    for (language, benchmark), group in groupby(sorted(scores, key=key), key=key):
        settings: dict[str, list[str]] = {}
        for score in group:
            settings.setdefault(score.setting, []).append(score.model)
        if len(settings) > 1:
            listed = "; ".join(
                f"{setting}: {', '.join(models)}" for setting, models in sorted(settings.items())
            )
            found.append(f"{language} {benchmark} ({listed})")
    if not found:
        return []
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return [f"settings differ between models: {found[0]}{more}"]


def mean_scores(scores: Sequence[Score]) -> list[MeanScore]:
    """Return capability per model and language, sorted: the mean over its benchmarks.

    Source: Rystrøm et al. 2025, section 3.
    """

    def key(score: Score) -> tuple[str, str]:
        return score.model, score.language

    found = []
    for (model, language), group in groupby(sorted(scores, key=key), key=key):
        of_cell = sorted(group, key=lambda score: score.benchmark)
        errors = [score.std_error for score in of_cell]
        known = [error for error in errors if error is not None]
        spread = math.sqrt(sum(error**2 for error in known)) / len(of_cell)
        found.append(
            MeanScore(
                model,
                language,
                sum(score.score for score in of_cell) / len(of_cell),
                spread if len(known) == len(of_cell) else None,
                tuple(score.benchmark for score in of_cell),
            )
        )
    return found


def known_codes(
    languages: Iterable[str], known: Mapping[str, object]
) -> tuple[list[str], list[str]]:
    """Return the known and the unknown ISO 639-1 codes of languages; pt-pt counts as pt."""
    plain = list(dict.fromkeys(str(code).lower().replace("_", "-").split("-")[0]
                               for code in languages))  # fmt: skip
    return [code for code in plain if code in known], [code for code in plain if code not in known]
