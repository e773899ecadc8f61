"""Figures' fonts: few letters embed fast, all others come from the whole font."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from culture_ray.report.drawing import fonts


@pytest.fixture
def fresh() -> Iterator[None]:
    """Let one test make the fonts anew, and the next ones too."""
    fonts.families.cache_clear()
    yield
    fonts.families.cache_clear()


def _embedded(text: str) -> set[bytes]:
    """Return the names of the fonts in a PDF with this text."""
    page = Figure(figsize=(1, 1))
    written = io.BytesIO()
    settings = {"font.family": list(fonts.families()), "pdf.fonttype": 42}
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("error")
        page.text(0, 0, text)
        page.savefig(written, format="pdf")
    return set(re.findall(rb"/BaseFont /(?:[A-Z]{6}\+)?(\w+)", written.getvalue()))


def test_letters_of_latin_scripts_come_from_the_reduced_font() -> None:
    assert fonts.families() == (fonts.REDUCED, fonts.WHOLE)
    assert _embedded("Über 95 % − “çãøžğ” … ← 0.5 ≤ 1") == {b"DejaVuSansLatin"}


def test_other_letters_come_from_the_whole_font() -> None:
    assert _embedded("a Жα") == {b"DejaVuSansLatin", b"DejaVuSans"}


def test_without_a_place_for_the_reduced_fonts_the_whole_one_is_used(
    fresh: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fonts.mpl, "get_cachedir", lambda: str(tmp_path / "absent"))
    assert fonts.families() == (fonts.WHOLE,)
