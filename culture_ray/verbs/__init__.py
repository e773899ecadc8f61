"""The verbs of the console command, one file each."""

from __future__ import annotations

from culture_ray.verbs.plan import VERB as PLAN
from culture_ray.verbs.status import VERB as STATUS
from culture_ray.verbs.sweep import VERB as SWEEP
from culture_ray.verbs.verb import Verb

VERBS: dict[str, Verb] = {verb.name: verb for verb in (PLAN, SWEEP, STATUS)}
"""Every verb by its name, in the order in which people meet them."""
