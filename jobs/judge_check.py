"""`culture-ray judge-check` as a script: python jobs/judge_check.py [KEY=VALUE ...]."""

from culture_ray.cli.main import run_verb

if __name__ == "__main__":
    run_verb("judge-check")
