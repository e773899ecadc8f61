"""`culture-ray capability` as a script: python jobs/capability.py [KEY=VALUE ...]."""

from culture_ray.cli.main import run_verb

if __name__ == "__main__":
    run_verb("capability")
