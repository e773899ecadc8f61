"""Warnings about a judge, shown before its figures."""

from __future__ import annotations

from collections.abc import Mapping

from culture_ray.judging.prompt import STANCES
from culture_ray.judging.reliability import Reliability
from culture_ray.stages.judge.check import JudgeCheckResult

FEW_READ = 0.5
"""Share of readable answers below which there is a warning about a judge."""


def warnings_of(checked: JudgeCheckResult) -> list[str]:
    """Return warnings about a judge's readings of the gold set; empty when there are none."""
    overall = next((r for r in checked.reliability if r.kind == "all"), None)
    if overall is None:
        return ["no gold response was read"]
    return [
        sentence
        for sentence in (
            _one_stance(overall),
            _at_chance(overall),
            _mostly_unread(overall, checked.failures),
            *(_uncorrectable(r) for r in checked.reliability if r.kind == "language"),
        )
        if sentence
    ]


def always_says(pro: int, con: int, neutral: int) -> str | None:
    """Return the only stance that was given; None for several stances, or fewer than 30 in all."""
    counts = dict(zip(STANCES, (pro, con, neutral), strict=True))
    seen = [stance for stance, count in counts.items() if count]
    return seen[0] if len(seen) == 1 and sum(counts.values()) >= 30 else None


def _one_stance(overall: Reliability) -> str:
    if overall.always is None:
        return ""
    return (
        f"this judge says {overall.always} whatever it reads: its labels carry no information, and "
        f"its error only reflects the shares of stances in the gold set"
    )


def _at_chance(overall: Reliability) -> str:
    kappa = overall.kappa_interval
    if kappa is None or kappa.low > 0 or overall.always is not None:
        return ""
    return (
        f"kappa is {kappa.estimate:.2f} (95 % interval {kappa.low:.2f} to {kappa.high:.2f}): this "
        f"judge cannot be told from one that guesses, and nothing measured with it is a finding"
    )


def _mostly_unread(overall: Reliability, failures: Mapping[str, int]) -> str:
    if not overall.statements or overall.missing < FEW_READ * overall.statements:
        return ""
    most = max(failures, key=lambda reason: failures[reason], default="the judge stopped early")
    return (
        f"{overall.missing} of {overall.statements} opinions have no stance, most often because: "
        f"{most}. A judge without structured output can be asked with judge.NAME.answers=choice "
        f"(vLLM) or judge.NAME.answers=words"
    )


def _uncorrectable(row: Reliability) -> str:
    swaps = (row.pro_as_con or 0.0) + (row.con_as_pro or 0.0)
    if swaps < 1:
        return ""
    return (
        f"in {row.group} it reads pro as con and con as pro so often ({row.pro_as_con:.2f} and "
        f"{row.con_as_pro:.2f}) that no statistic can be corrected for it"
    )
