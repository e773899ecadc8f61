"""Measure and regress a run that exists: `python jobs/analyse.py run=NAME [KEY=VALUE ...]`.

The same as `culture-ray analyse`. It loads no model, so a node without GPUs is enough: schedule it
after a sweep, or run it under a profiler to see where the bootstrap spends its time.
"""

from culture_ray.cli.main import run_verb

if __name__ == "__main__":
    run_verb("analyse")
