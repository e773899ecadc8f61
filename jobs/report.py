"""`culture-ray report` as a script: python jobs/report.py [KEY=VALUE ...]."""

from culture_ray.cli.main import run_verb

if __name__ == "__main__":
    run_verb("report")
