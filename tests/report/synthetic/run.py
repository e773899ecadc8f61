"""Synthetic runs with their figures and pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from culture_ray.report.content import ReportContent
from culture_ray.report.page.html import write_report
from culture_ray.report.plots.figures import Figure, write_figures
from culture_ray.report.regression_result import ReportRegression
from tests.report.synthetic.closeness import with_closeness
from tests.report.synthetic.content import make_content, with_cells
from tests.report.synthetic.extras import with_extras, with_responses
from tests.report.synthetic.study import MODELS, PATH_ONLY


@dataclass(frozen=True)
class SyntheticRun:
    """A run with its figures and its page."""

    content: ReportContent
    figures: list[Figure]
    page: Path

    @property
    def text(self) -> str:
        return self.page.read_text(encoding="utf-8")


def make_report(content: ReportContent, folder: Path) -> SyntheticRun:
    """Draw the figures of `content` and write its page into `folder`."""
    figures = write_figures(content, folder / "figures")
    page = folder / "report.html"
    write_report(content, figures, page)
    return SyntheticRun(content, figures, page)


def paper_sized_content() -> ReportContent:
    """Return a run as large as the paper's, with everything a report can show."""
    families = ("gemma", "olmo", "openai")
    models = tuple(
        replace(MODELS[i], name=f"{family}_{size}", family=family)
        for i, family in enumerate(families)
        for size in ("small", "medium", "large")
    )
    content = with_cells(make_content(models=models, topics=35, responses=9))
    content = with_responses(with_extras(with_closeness(content)))
    long = "1. A brief summary of what one representative citizen thinks about this topic. " * 10
    return replace(content, examples=tuple(replace(e, text=long) for e in content.examples))


def path_only_content(seed: int = 2) -> ReportContent:
    """Return the content of a quickstart: one weak model, no multilingual regression, no cells."""
    content = make_content(seed, models=(PATH_ONLY,), responses=4)
    missing = ReportRegression(
        "Multilingual regression",
        missing="There is no multilingual regression: it needs at least two models of a family "
        "with capability figures, and this run has one model.",
    )
    return replace(
        content,
        notices=("Gemma 3 270M is a base model of 270 million parameters: it proves the path and "
                 "says nothing about culture.",),
        regressions={"multilingual": missing, "us_bias": content.regressions["us_bias"]},
    )  # fmt: skip
