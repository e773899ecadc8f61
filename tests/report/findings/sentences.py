"""Sentences of a report's findings as plain text."""

from __future__ import annotations

from culture_ray.report.content import ReportContent
from culture_ray.report.findings.findings import findings
from culture_ray.report.formatting import plain


def said(content: ReportContent, about: str) -> str:
    """Return the sentences on one subject, one after the other."""
    return " ".join(plain(f.sentence) for f in findings(content) if f.about == about)
