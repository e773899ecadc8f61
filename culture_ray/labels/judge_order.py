"""Order of a run's judges: figures and regressions use the labels of the first."""

from __future__ import annotations

from collections.abc import Mapping

from culture_ray.settings.judging import Judge, JudgingSettings

FIRST, MAJORITY = "first", "majority"


def judge_order(judges: Mapping[str, Judge], judging: JudgingSettings) -> list[str]:
    """Return the judges whose labels are measured; figures and regressions use the first."""
    use, names = judging.use, list(judges)
    if use == FIRST or use not in (MAJORITY, *names):
        return names
    return [use, *(name for name in names if name != use)]
