"""The figures in docs/replication.md are those of the published responses, analysed anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from culture_ray.cli.main import main
from tests.docs.pages import ROOT
from tests.docs.replication_tables import PAGE, measured, tables

REFERENCE = Path(os.environ.get("CULTURE_RAY_REFERENCE", ROOT.parent / "shared" / "reference"))
SCORED = REFERENCE / "scored_responses_gemma_openai.csv"


def run(*words: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(list(words))
    assert not left.value.code, words


@pytest.mark.slow
@pytest.mark.skipif(not SCORED.exists(), reason="the published responses are not at hand")
def test_the_tables_of_the_page_are_what_the_commands_of_the_page_give(tmp_path: Path) -> None:
    place = ("run=theirs", f"results={tmp_path}")
    run(
        "import", f"file={SCORED}", *place, "columns.model=model_name",
        "columns.topic=question_key", "columns.value_polarity=response_pro_score",
        "allow_unknown_topics=true",
    )  # fmt: skip
    run("analyse", *place, "inference=paper")
    run("analyse", *place)
    shown, found = measured(PAGE.read_text(encoding="utf-8")), tables(tmp_path / "theirs")
    assert shown.keys() == found.keys()
    for name, table in found.items():
        words, numbers = _parted(table)
        assert _parted(shown[name])[0] == words, name
        # Optimisers and processors differ in the last digit that is shown.
        assert numbers == pytest.approx(_parted(shown[name])[1], abs=0.015), name


def test_every_table_of_the_page_is_measured() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, table in measured(page).items():
        assert len(table.splitlines()) > 5, f"{name} has no rows"
        assert _parted(table)[1], name
    assert page.count("<!-- measured:") == len(measured(page)) == 4


def _parted(table: str) -> tuple[str, list[float]]:
    """Return a table's words, and the numbers with decimals in it."""
    number = r"-?\d+\.\d+(?![\w.-])"
    return re.sub(number, "#", table), [float(one) for one in re.findall(number, table)]
