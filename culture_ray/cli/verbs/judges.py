"""Verbs that measure judges: label-sheet, judge-check."""

from __future__ import annotations

from culture_ray.cli.verbs.verb import Verb

LABEL_SHEET = Verb(
    name="label-sheet",
    code="label_sheet:act",
    summary="draw a sample of a run for people to label",
    description=(
        "Draws responses evenly over models, languages and topics, each with a known probability, "
        "and writes them as CSV and as a web page that works offline. On the page, the keys p, c "
        "and n label an opinion; labels stay in the browser until they are saved as CSV. The "
        "sheet shows neither the model nor the judge's stances. With plan=true or half_width it "
        "writes nothing and prints how many labels are needed."
    ),
    examples=(
        ("culture-ray label-sheet run=quickstart n=200", "200 responses"),
        ("culture-ray label-sheet run=quickstart n=50 sheet_seed=2", "another 50 responses"),
        ("culture-ray label-sheet run=quickstart plan=true", "how many labels are needed"),
    ),
    root="label_sheet",
    keys=(
        "run",
        "results",
        "n",
        "plan",
        "half_width",
        "sheet_seed",
        "judging",
        "experiment",
        "populations",
        "capability",
        "inference",
        "allow_missing_ground_truth",
    ),
    keeps_run=True,
)

JUDGE_CHECK = Verb(
    name="judge-check",
    code="judge_check:act",
    summary="measure the accuracy of judges",
    description=(
        "Has judges label the gold set, responses in four languages with opinions of known "
        "stance, and prints accuracy, Cohen's kappa, confusion and error by language, length, "
        "layout and topic. The error is stored in results/judge-check and used in the statistics "
        "of every run with labels by the same judge. With human=FILE, it compares judges with "
        "people, on a run's label sheet (run=NAME) or on gold responses. Run the same command "
        "again to resume."
    ),
    examples=(
        ("culture-ray judge-check 'judge=[gemma_3_270m]'", "the embedded judge, all languages"),
        (
            "culture-ray judge-check 'judge=[gemma_2_9b,gemma_2_27b]' repeats=3",
            "two judges, with agreement between them and between repeats",
        ),
        (
            "culture-ray judge-check run=quickstart human=labels.csv",
            "a run's judges against people who labelled its sheet",
        ),
    ),
    root="judge_check",
)
