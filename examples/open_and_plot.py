"""Open a finished run and plot alignment with its interval, one mark per model and language.

python examples/open_and_plot.py results/quickstart alignment.png
"""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt

import culture_ray as cr


def main(folder: str = "results/quickstart", picture: str = "alignment.png") -> None:
    """Write the plot of the run in `folder` to `picture`."""
    run = cr.open_run(folder)
    cells = run.main_cells  # one row per model and language; docs/data.md explains the columns
    fig, ax = plt.subplots(figsize=(5, 1 + 0.3 * len(cells)))
    for place, cell in enumerate(cells.itertuples()):
        ax.plot(
            [cell.alignment_language_ci_low, cell.alignment_language_ci_high], [place] * 2, "k-"
        )
        ax.plot(cell.alignment_language, place, "o", color=f"C{place % 10}")
    ax.set_yticks(range(len(cells)), cells["model"] + ", " + cells["language"])
    ax.axvline(0, color="grey", linewidth=0.8)
    ax.set_xlabel("alignment with the language's speakers (95 % interval)")
    fig.tight_layout()
    fig.savefig(picture, dpi=200)
    print(f"{len(cells)} cells of run {run.name}: {picture}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
