"""The page says whether a run kept to its preregistration, and lists what differs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.report.content import ReportPreregistration
from culture_ray.report.page.html import write_report
from tests.report.synthetic.run import SyntheticRun

REGISTERED = ReportPreregistration(
    1, "2026-01-02T03:04:00+00:00", "ab" * 32, (), "Danes <differ>.", ("Alignment above zero.",)
)


@pytest.mark.slow
def test_the_page_tells_what_was_kept_and_what_differs(weak: SyntheticRun, tmp_path: Path) -> None:
    def shown(registered: ReportPreregistration | None) -> str:
        path = tmp_path / "report.html"
        write_report(replace(weak.content, preregistration=registered), [], path)
        return re.sub(r"\s+", " ", path.read_text(encoding="utf-8"))

    assert "<dt>Preregistration</dt><dd>This run was not preregistered.</dd>" in shown(None)
    kept = shown(REGISTERED)
    assert "written 2026-01-02 03:04 UTC, SHA-256 <code>abab" in kept
    assert "The run kept to it: no setting differs." in kept
    assert "Danes &lt;differ&gt;." in kept and "<li>Alignment above zero.</li>" in kept
    left = shown(replace(REGISTERED, departures=(("seed", "1", "2"), ("x", "<b>", "c"))))
    assert "The run departs from it in 2 settings." in left
    assert '<th scope="row">seed</th><td class="words">1</td><td class="words">2</td>' in left
    assert '<td class="words">&lt;b&gt;</td>' in left
