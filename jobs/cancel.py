"""`culture-ray cancel` as a script: python jobs/cancel.py [KEY=VALUE ...]."""

from culture_ray.cli.main import run_verb

if __name__ == "__main__":
    run_verb("cancel")
