"""The verbs of the console command, in the order in which the help lists them."""

from __future__ import annotations

from culture_ray.cli.verbs.analysis import ANALYSE, COMPARE, IMPORT, REPORT
from culture_ray.cli.verbs.cluster import CANCEL, CONTAINER, FETCH, SUBMIT
from culture_ray.cli.verbs.inputs import CAPABILITY, POPULATIONS, TRANSLATE, VARY
from culture_ray.cli.verbs.judges import JUDGE_CHECK, LABEL_SHEET
from culture_ray.cli.verbs.lists import LIST
from culture_ray.cli.verbs.models import MODELS, PROBE
from culture_ray.cli.verbs.publish import EXPORT, LEADERBOARD, TRACK
from culture_ray.cli.verbs.sweeping import PLAN, STATUS, SWEEP

VERBS = {
    verb.name: verb
    for verb in (
        PLAN, LIST, MODELS, PROBE, SWEEP, STATUS, SUBMIT, CANCEL, FETCH, CONTAINER, IMPORT, ANALYSE,
        REPORT, POPULATIONS, TRANSLATE, VARY, LABEL_SHEET, JUDGE_CHECK, CAPABILITY, EXPORT, COMPARE,
        LEADERBOARD, TRACK,
    )
}  # fmt: skip
"""Every verb by its name."""
