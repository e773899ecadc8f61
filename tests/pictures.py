"""Figures of reports whose drawings a test does not look at: SVG alone, in the test's own process.

Drawing every figure as PNG and PDF too, in processes that load matplotlib first, takes most of the
time of a test that makes a report. Pages show the SVG, so that they are as ever; the two other
files are there and empty. Tests of the drawings ask for `real_pictures`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from culture_ray.report.content import ReportContent
from culture_ray.report.plots import figure_files, figures
from culture_ray.stages.report import report


def _drawn(page: Any, form: str, **options: Any) -> bytes:
    return _real_drawn(page, form, **options) if form == "svg" else b""


def _write_figures(content: ReportContent, folder: Path, workers: int) -> list[figures.Figure]:
    return _real_write_figures(content, folder)


_real_drawn, _real_write_figures = figure_files._drawn, figures.write_figures


@contextmanager
def svg_alone() -> Iterator[None]:
    """Draw no PNG and no PDF, and nothing in other processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figure_files, "_drawn", _drawn)
        patch.setattr(report, "write_figures", _write_figures)
        yield


@contextmanager
def drawn_for_real() -> Iterator[None]:
    """Draw as users' reports are drawn, within `svg_alone` too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figure_files, "_drawn", _real_drawn)
        patch.setattr(report, "write_figures", _real_write_figures)
        yield


@pytest.fixture(scope="session", autouse=True)
def svg_figures() -> Iterator[None]:
    """Let tests draw SVG alone unless they ask for more."""
    with svg_alone():
        yield


@pytest.fixture
def real_pictures() -> Iterator[None]:
    """Let one test draw as users' reports are drawn."""
    with drawn_for_real():
        yield
