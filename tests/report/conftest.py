"""Two synthetic runs with their figures and pages, made once for all tests of the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.report.synthetic.closeness import with_closeness
from tests.report.synthetic.content import make_content, with_cells
from tests.report.synthetic.extras import with_extras, with_responses
from tests.report.synthetic.run import SyntheticRun, make_report, path_only_content
from tests.report.whole_run import make_whole_run


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> SyntheticRun:
    """Four models, three baselines, four languages, 16 topics, 18 populations; all figures."""
    content = with_responses(with_extras(with_closeness(with_cells(make_content()))))
    return make_report(content, tmp_path_factory.mktemp("full"))


@pytest.fixture(scope="session")
def weak(tmp_path_factory: pytest.TempPathFactory) -> SyntheticRun:
    """A quickstart: one model that proves only the path, no multilingual regression."""
    return make_report(path_only_content(), tmp_path_factory.mktemp("weak"))


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small run with everything a report can show, on disk."""
    with pytest.MonkeyPatch.context() as patch:
        return make_whole_run(tmp_path_factory.mktemp("whole") / "results", patch).run.folder
