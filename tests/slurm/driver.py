"""The console command with the stand-in engine: python -m tests.slurm.driver VERB [KEY=VALUE ...].

All but the engine of a model with weights is the real path: Hydra, Ray, the store, exit codes.
"""

from __future__ import annotations

import culture_ray.cli.commands.sweep as verb
from culture_ray.cli import main as cli
from culture_ray.engines.factory import make_engine
from culture_ray.engines.interface import Engine
from culture_ray.engines.model import Model
from tests.standin import StandInEngine


def engine_of(model: Model, *access: object) -> Engine:
    """Return the stand-in of an embedded model, and the real engine of an API."""
    return make_engine(model, *access) if access else StandInEngine(model)


if __name__ == "__main__":
    verb.make_engine = engine_of
    cli.main()
