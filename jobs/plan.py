"""`culture-ray plan` as a script: python jobs/plan.py [KEY=VALUE ...]."""

from culture_ray.cli.main import run_verb

if __name__ == "__main__":
    run_verb("plan")
