"""Open a finished run and plot alignment against self-consistency, one mark per model and language.

python examples/open_and_plot.py results/quickstart alignment.png
"""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt

import culture_ray as cr


def main(folder: str, picture: str) -> None:
    """Write the plot of the run in `folder` to `picture`."""
    run = cr.open_run(folder)
    cells = run.cells  # one row per model, language, protocol and judge; see docs/data.md
    cells = cells[cells["family"] != "baseline"]
    fig, ax = plt.subplots(figsize=(5, 4))
    for language, rows in cells.groupby("language"):
        ax.errorbar(
            rows["self_consistency"],
            rows["alignment_language"],
            yerr=1.96 * rows["alignment_language_std_error"],
            fmt="o",
            label=language,
        )
    ax.set_xlabel("self-consistency")
    ax.set_ylabel("alignment with the language's speakers")
    ax.legend(title="language")
    fig.tight_layout()
    fig.savefig(picture, dpi=200)
    print(f"{len(cells)} cells of run {run.name}: {picture}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
