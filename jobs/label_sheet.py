"""`culture-ray label-sheet` as a script: python jobs/label_sheet.py [KEY=VALUE ...]."""

from culture_ray.cli.main import run_verb

if __name__ == "__main__":
    run_verb("label-sheet")
