"""Content of a small synthetic run, from which sentences are made."""

from __future__ import annotations

import pytest

from culture_ray.report.content import ReportContent
from tests.report.synthetic.content import make_content


@pytest.fixture(scope="session")
def content() -> ReportContent:
    """Six topics without intervals; files with another content have a fixture of their own."""
    return make_content(topics=6, responses=4)
