"""`python -m tests.docs.replication_tables RUN_FOLDER` writes the measured tables of a page.

The folder is of a run that was imported and analysed in both modes, as docs/replication.md says.
What was published stands here, with its source; all else is read from the run's own files.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "replication.md"
LANGUAGES = ("da", "en", "nl", "pt")
FAMILIES = ("gemma", "openai")

# The authors' repository, supplementary/regressions/multilingual_regression_results_interaction.txt
# of August 2025: nine models, 100 rounds; estimate and standard error.
PUBLISHED = {
    "consistency": ((0.494, 0.027), (0.723, 0.037), (0.405, 0.022), (0.702, 0.041)),
    "gemma": ((1.044, 0.054), (0.561, 0.064), (1.010, 0.065), (0.593, 0.086)),
    "openai": ((0.053, 0.083), (-0.240, 0.092), (0.049, 0.091), (-0.296, 0.079)),
}
# Their procedure on the six models, six times: mean and standard deviation over the repeats.
REPEATED = {
    "consistency": ((0.54, 0.09), (0.58, 0.06), (0.38, 0.03), (0.46, 0.05)),
    "gemma": ((1.35, 0.08), (1.01, 0.09), (1.41, 0.11), (1.24, 0.10)),
    "openai": ((0.07, 0.05), (-0.06, 0.09), (0.14, 0.11), (-0.02, 0.09)),
}


def tables(run: Path) -> dict[str, str]:
    """Return the measured tables of the page by the names of their marks."""
    return {
        "alignment": "\n".join(_alignment(pd.read_csv(run / "cells.csv"))),
        "paper": "\n".join(_paper(_terms(run / "regression/paper/multilingual.csv"))),
        "within": "\n".join(_within(run / "regression" / "valid")),
        "us_bias": "\n".join(_us_bias(_terms(run / "regression/valid/us_bias.csv"))),
    }


def measured(page: str) -> dict[str, str]:
    """Return the tables that stand between the marks of a page."""
    return dict(re.findall(r"<!-- measured: (\w+) -->\n(.*?)\n<!-- end -->", page, re.DOTALL))


def with_tables(page: str, found: dict[str, str]) -> str:
    """Return a page with other tables between its marks."""
    for name, table in found.items():
        mark = f"<!-- measured: {name} -->\n"
        page, count = re.subn(
            rf"{mark}.*?<!-- end -->", lambda _: f"{mark}{table}\n<!-- end -->", page,  # noqa: B023
            flags=re.DOTALL,
        )  # fmt: skip
        assert count == 1, name
    return page


def _alignment(cells: pd.DataFrame) -> Iterator[str]:
    yield "| model | " + " | ".join(LANGUAGES) + " |"
    yield "| --- |" + " ---: |" * len(LANGUAGES)
    cells = cells[cells["family"].isin(FAMILIES)]
    for model in cells["model"].unique():
        rows = cells[cells["model"] == model].set_index("language")
        shown = [
            _with_interval(rows.loc[code], "alignment_language", "alignment_language_")
            for code in LANGUAGES
        ]
        yield f"| {model} | " + " | ".join(shown) + " |"


def _paper(terms: pd.DataFrame) -> Iterator[str]:
    yield "| coefficient | published, 9 models | their scripts, 6 models | ours, 6 models |"
    yield "| --- | ---: | ---: | ---: |"
    for kind in PUBLISHED:
        for place, code in enumerate(LANGUAGES):
            term = f"consistency:language[{code}]"
            if kind in FAMILIES:
                term = f"capability:family[{kind}]:language[{code}]"
            row = terms.loc[term]
            cells = (PUBLISHED[kind][place], REPEATED[kind][place], (row.estimate, row.std_error))
            yield f"| `{term}` | " + " | ".join(f"{a:.2f} ({b:.2f})" for a, b in cells) + " |"


def _within(folder: Path) -> Iterator[str]:
    yield "| design | term | estimate, 95 % interval | p | p by permutation |"
    yield "| --- | --- | ---: | ---: | ---: |"
    for path in sorted(folder.glob("multilingual*.csv")):
        design = path.stem.removeprefix("multilingual").strip("_") or "within"
        for term, row in _terms(path).iterrows():
            if not str(term).startswith("capability"):
                continue
            shuffled = "" if pd.isna(row.p_permutation) else f"{row.p_permutation:.2f}"
            shown = _with_interval(row, "estimate", "")
            yield f"| {design} | `{term}` | {shown} | {row.p_value:.2f} | {shuffled} |"


def _us_bias(terms: pd.DataFrame) -> Iterator[str]:
    yield "| US minus native | estimate, 95 % interval |"
    yield "| --- | ---: |"
    for term, row in terms.iterrows():
        if str(term).count(":") < 2:
            yield f"| `{term}` | {_with_interval(row, 'estimate', '')} |"


def _terms(path: Path) -> pd.DataFrame:
    return pd.read_csv(path).set_index("term")


def _with_interval(row: pd.Series, figure: str, prefix: str) -> str:
    return f"{row[figure]:.2f} [{row[f'{prefix}ci_low']:.2f}, {row[f'{prefix}ci_high']:.2f}]"


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_tables(text, tables(Path(sys.argv[1]))), encoding="utf-8")
    print(PAGE)
