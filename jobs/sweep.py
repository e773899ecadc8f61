"""`culture-ray sweep` as a script: python jobs/sweep.py [KEY=VALUE ...]."""

from culture_ray.cli.main import run_verb

if __name__ == "__main__":
    run_verb("sweep")
