"""Error of a run's judges, by language: measured, set in the configuration, or the paper's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from culture_ray.errors import WrongValue
from culture_ray.labels.judge_order import MAJORITY, judge_order
from culture_ray.labels.read import IMPORTED
from culture_ray.measures.reliability import (
    PUBLISHED_JUDGE_RELIABILITY,
    leaning_judge_reliability,
)
from culture_ray.measures.result import Measured, Reason, measured
from culture_ray.prompts.language import Language
from culture_ray.settings.judging import Judge, JudgingSettings
from culture_ray.stages.judge.check_folders import CHECK, checks_folder, fingerprint
from culture_ray.store.run_directory import RunDirectory
from culture_ray.survey.language_tags import nearest_code


@dataclass(frozen=True)
class JudgeError:
    """Error of a judge: the rates at which it reads pro as con, and con as pro."""

    source: str
    """Sentence part that names the origin of the error, for reports."""
    pro_as_con: float = nan
    con_as_pro: float = nan
    low: float = nan
    """Ends of the 95 % interval of `flipped`; NaN where the error was not measured."""
    high: float = nan
    flipped: float = nan
    """Share of all pro and con opinions read as the opposite; NaN where it is not known."""
    constant: float | None = None
    """A fixed reliability, used in place of an error."""

    def reliability(self, polarity: npt.ArrayLike, statements: npt.ArrayLike) -> Measured:
        """Return the share of the variance of `polarity` that is not the judge's noise."""
        return self._at(1.0, polarity, statements)

    def interval(
        self, polarity: npt.ArrayLike, statements: npt.ArrayLike
    ) -> tuple[Measured, Measured]:
        """Return the reliability at the upper and at the lower end of the error's interval."""
        known = self.flipped > 0 and not np.isnan(self.low)
        ends = (self.high / self.flipped, self.low / self.flipped) if known else (nan, nan)
        worst, best = (self._at(end, polarity, statements) for end in ends)
        return worst, best

    def _at(self, scale: float, polarity: npt.ArrayLike, statements: npt.ArrayLike) -> Measured:
        if self.constant is not None and scale == 1.0:
            return measured(np.asarray(self.constant), [])
        a, b = self.pro_as_con * scale, self.con_as_pro * scale
        if np.isnan(a) or np.isnan(b):
            return measured(np.zeros(()), [(True, Reason.NOT_RELIABLE)])
        return leaning_judge_reliability(polarity, statements, min(a, 1.0), min(b, 1.0))


def judge_errors(
    run: RunDirectory,
    languages: Mapping[str, Language],
    judges: Mapping[str, Judge],
    judging: JudgingSettings,
) -> dict[tuple[str, str], JudgeError]:
    """Return the error of every judge in every language of a run.

    Raises WrongValue if judging.judge_error=measured and a judge has not been checked.
    """
    wanted = judging.judge_error
    errors = {}
    for judge in judge_order(judges, judging):
        checked = _check(run, judges, judge)
        for language in languages:
            if isinstance(wanted, float):
                errors[judge, language] = stated_error(wanted)
            elif wanted == "paper":
                errors[judge, language] = _paper_error("as judging.judge_error says")
            else:
                errors[judge, language] = _measured_error(checked, judge, language, wanted)
    return errors


def error_sentences(errors: Mapping[tuple[str, str], JudgeError]) -> list[str]:
    """Return one sentence per judge and source of its error, for reports and provenance."""
    languages_of: dict[tuple[str, str], list[str]] = {}
    for (judge, language), error in errors.items():
        languages_of.setdefault((judge, error.source), []).append(language)
    return [
        f"Error of judge {judge} in {', '.join(languages)}: {source}."
        for (judge, source), languages in languages_of.items()
    ]


def stated_error(error: float) -> JudgeError:
    """Return an error that is the same in both directions, as set in the configuration."""
    return JudgeError(
        source=f"{error:g}, as judging.judge_error says",
        pro_as_con=error,
        con_as_pro=error,
        flipped=error,
    )


def _measured_error(
    checked: Mapping[str, Any] | None, judge: str, language: str, wanted: str | None
) -> JudgeError:
    if judge in (MAJORITY, IMPORTED):
        subject = "a vote of judges" if judge == MAJORITY else "the judge of imported labels"
        return _paper_error(f"as judge-check cannot measure {subject}")
    measured = (checked or {}).get("errors", {})
    entry = measured.get(nearest_code(language, measured))
    if entry is None:
        if wanted == "measured":
            raise WrongValue(
                "judging.judge_error",
                "measured",
                f"a judge-check of judge {judge} as it is defined here, in language {language}: "
                f"run culture-ray judge-check judge={judge} language=[{language}], or choose "
                f"paper or a number",
            )
        return _paper_error("as no judge-check has measured exactly this judge in this language")
    if entry["flipped"] is None or entry["pro_as_con"] is None or entry["con_as_pro"] is None:
        return JudgeError("measured, but the judge read too few gold opinions as pro or con")
    flipped = entry["flipped"]
    return JudgeError(
        source=(
            f"measured on {entry['statements']} gold opinions: {flipped['estimate']:.1%} of those "
            f"that are pro or con were read as the opposite (95 % interval {flipped['low']:.1%} to "
            f"{flipped['high']:.1%}; pro as con {entry['pro_as_con']:.1%}, con as pro "
            f"{entry['con_as_pro']:.1%})"
        ),
        pro_as_con=entry["pro_as_con"],
        con_as_pro=entry["con_as_pro"],
        low=flipped["low"],
        high=flipped["high"],
        flipped=flipped["estimate"],
    )


def check_folder(run: RunDirectory, judges: Mapping[str, Judge], judge: str) -> Path | None:
    """Return the folder of the check of this judge, under any name; None if it was not checked."""
    if judge not in judges or judge == IMPORTED:
        return None
    key = fingerprint(judges[judge])
    folder = checks_folder(run.folder.parent)
    for path in _preferred_first(
        sorted(folder.glob(f"*/{key}/{CHECK}")), folder / judge / key / CHECK
    ):
        return path.parent
    return None


def _check(run: RunDirectory, judges: Mapping[str, Judge], judge: str) -> Mapping[str, Any] | None:
    """Return the stored check of this judge; None if it was not checked."""
    folder = check_folder(run, judges, judge)
    if folder is None:
        return None
    content: dict[str, Any] = json.loads((folder / CHECK).read_text(encoding="utf-8"))
    return content


def _preferred_first(paths: Sequence[Path], preferred: Path) -> Sequence[Path]:
    return [preferred] if preferred in paths else paths[:1]


def _paper_error(why: str) -> JudgeError:
    return JudgeError(
        source=(
            f"not measured; the paper's reliability of {PUBLISHED_JUDGE_RELIABILITY} is assumed, "
            f"{why}"
        ),
        constant=PUBLISHED_JUDGE_RELIABILITY,
    )
