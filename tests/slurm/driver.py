"""The console command with the stand-in engine: python -m tests.slurm.driver VERB [KEY=VALUE ...].

All but the engine is the real path: Hydra, Ray, the store, exit codes.
"""

from __future__ import annotations

import culture_ray.cli.commands.sweep as verb
from culture_ray.cli import main as cli
from tests.standin import StandInEngine

if __name__ == "__main__":
    verb.make_engine = StandInEngine
    cli.main()
