"""An analysis of one's own: which topics do models and people disagree on most, in points?

Alignment is a rank correlation, so it cannot see that a model leans to one side on every topic.
This script sets each model's mean value polarity beside that of the language's speakers.

    python examples/own_analysis.py results/quickstart
"""

from __future__ import annotations

import sys

import pandas as pd

import culture_ray as cr


def gaps(run: cr.Run) -> pd.DataFrame:
    """Return one row per model, language and topic: model, people, and their gap in points."""
    models = run.distributions
    models = models[models["family"] != "baseline"]
    truth = run.pandas("ground_truth")
    speakers = truth[truth["kind"] == "language"].rename(columns={"value_polarity": "people"})
    speakers = speakers.assign(language=speakers["languages"].str.split().str[0])
    both = models.merge(speakers[["language", "topic", "people"]], on=["language", "topic"])
    both["gap"] = 100 * (both["value_polarity"] - both["people"])
    columns = ["model", "language", "protocol", "topic", "value_polarity", "people", "gap"]
    return both[columns].sort_values("gap", key=abs, ascending=False)


def main(folder: str) -> None:
    """Print the ten largest gaps of the run in `folder`, and the mean absolute gap per model."""
    found = gaps(cr.open_run(folder))
    print(found.head(10).to_string(index=False, float_format="%.2f"))
    print()
    print(found.groupby("model")["gap"].apply(lambda gap: gap.abs().mean()).round(1).to_string())


if __name__ == "__main__":
    main(sys.argv[1])
