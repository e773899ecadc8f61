"""Notices of a report: sentences that a reader needs before the figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from culture_ray.plan.requests import RequestPlan
from culture_ray.run.status import StageStatus, going_on, stage_statuses
from culture_ray.settings.run import Settings
from culture_ray.stages.report.judge_notes import suspicious
from culture_ray.store.run_directory import RunDirectory


def notices(
    settings: Settings, plan: RequestPlan, failed_models: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the notices of a run.

    `failed_models` has the reason for each model that could not finish.
    """
    found = stage_statuses(settings.run, list(settings.judges))
    notes = _unfinished(settings.run, found) if any(stand.left for stand in found) else []
    notes += [model.note for model in settings.models.values() if model.note]
    notes += [judge.note for judge in settings.judges.values() if judge.note]
    notes += suspicious(settings)
    notes += [f"{name} could not finish: {why}" for name, why in failed_models.items()]
    unreviewed = [code for code, language in settings.languages.items() if language.unreviewed]
    if unreviewed and settings.imported is None:
        notes.append(
            f"The prompts in {', '.join(unreviewed)} have not been confirmed by a person yet."
        )
    if plan.left_out:
        notes.append(f"Not asked, because some language lacks it: {', '.join(plan.left_out)}.")
    quarantined = sum(1 for path in settings.run.quarantine.rglob("*") if path.is_file())
    if quarantined:
        were = "shard was" if quarantined == 1 else "shards were"
        notes.append(f"{quarantined} damaged {were} set aside and made again.")
    return tuple(dict.fromkeys(notes))


def _unfinished(run: RunDirectory, found: Sequence[StageStatus]) -> list[str]:
    left: Counter[str] = Counter()
    for stand in found:
        left[stand.stage.split()[0]] += stand.left
    told = " and ".join(f"{count:,} to {stage}" for stage, count in left.items() if count)
    return [
        f"This run is not finished: of its requests {told} are left. "
        f"Resume with: {going_on(run, found)}"
    ]
