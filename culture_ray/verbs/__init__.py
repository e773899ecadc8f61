"""The verbs of the console command, one file each."""

from __future__ import annotations

from culture_ray.verbs import plan, status, sweep
from culture_ray.verbs.verb import Verb

VERBS: dict[str, Verb] = {verb.name: verb for verb in (plan.VERB, sweep.VERB, status.VERB)}
"""Every verb by its name, in the order in which people meet them."""
