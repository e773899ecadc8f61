"""Run or resume a sweep: `python jobs/sweep.py [KEY=VALUE ...]`.

The same as `culture-ray sweep`, for programs that start a Python file rather than a command: a
debugger (`python -m pdb jobs/sweep.py ...`), a profiler, or a scheduler other than Slurm. With
Slurm, use `culture-ray submit`.
"""

from culture_ray.cli.main import run_verb

if __name__ == "__main__":
    run_verb("sweep")
