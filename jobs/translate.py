"""`culture-ray translate` as a script: python jobs/translate.py [KEY=VALUE ...]."""

from culture_ray.cli.main import run_verb

if __name__ == "__main__":
    run_verb("translate")
