"""Every number on a page equals the table that it names, at the precision it is shown with."""

from __future__ import annotations

import html
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from culture_ray.cli import main as cli
from tests.report.page.page_checks import rows_of, wrong_numbers
from tests.report.page.page_numbers import numbers_of, tips_of
from tests.report.whole_run import MODELS

HERE = Path(__file__).parents[3]
REFERENCE = Path(os.environ.get("CULTURE_RAY_REFERENCE", HERE.parent / "shared" / "reference"))

GRIDS = {
    "alignment": "alignment.arrow",
    "consistency": "consistency.arrow",
    "quality": "quality.csv",
    "cells": "cells.csv",
    "robustness": "robustness.csv",
    "people": "people.csv",
}
"""Tables of every page, by id, and their files."""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the six imported models' run, with both inferences and its report."""
    if not (REFERENCE / "scored_responses_gemma_openai.csv").exists():
        pytest.skip("the published reference figures are not beside this repository")
    results = tmp_path_factory.mktemp("theirs")
    words = ("run=theirs", f"results={results}")
    _run(
        "import", f"file={REFERENCE / 'scored_responses_gemma_openai.csv'}", *words,
        "columns.model=model_name", "columns.topic=question_key",
        "columns.value_polarity=response_pro_score", "allow_unknown_topics=true",
    )  # fmt: skip
    few = ("inference.rounds=200", "inference.permutations=99")
    _run("analyse", *words, "inference=paper", "inference.published_rounds=10",
         "inference.rounds=200")  # fmt: skip
    _run("analyse", *words, *few)
    _run("report", *words)
    return results / "theirs"


@pytest.mark.slow
def test_the_page_of_the_six_imported_models_is_complete_and_true(theirs: Path) -> None:
    page = (theirs / "report.html").read_text(encoding="utf-8")
    assert wrong_numbers(page, theirs) == []
    told = _complete(page, theirs)
    assert told["alignment.arrow"] > 500 and told["distributions.arrow"] > 4000
    for name in ("regression/valid/multilingual", "regression/paper/multilingual",
                 "regression/valid/us_bias", "regression/paper/us_bias"):  # fmt: skip
        assert told[f"{name}.csv"] > 10
    assert told["regression/valid/multilingual.json"] >= 3 * 24
    # Nobody knows when and for how much it was asked.
    assert not {"usage.csv", "judge_reliability.csv"} & set(told)
    _answering(page, theirs, {"alignment", "alignment_map", "capability", "topics_da", "us_bias",
                              "consistency", "coefficients_multilingual"})  # fmt: skip
    assert "figure-timeline" not in page and "figure-spending" not in page


@pytest.mark.slow
def test_the_six_models_flatten_people_and_are_closest_to_others_in_portuguese(
    theirs: Path,
) -> None:
    rows = rows_of(theirs / "leaderboard.csv")
    overall = rows[0]
    assert overall["gap"] == pytest.approx(17.1, abs=0.1)
    assert overall["slope"] == pytest.approx(0.54, abs=0.01)
    portuguese = [r for r in rows if r["language"] == "pt" and r["model"]]
    assert len(portuguese) == 6
    assert {r["closest"] for r in portuguese} == {"CA", "NL"}
    assert {r["closest_speaks"] for r in portuguese} == {"false"}
    gaps = {(r["language"], r["topic"]): r["gap"] for r in rows_of(theirs / "topic_gaps.csv")
            if r["model"] is None}  # fmt: skip
    assert next(iter(gaps)) == ("pt", "f120")
    assert gaps["pt", "f120"] == pytest.approx(60, abs=0.5)
    assert gaps["pt", "f118"] == pytest.approx(43, abs=0.5)
    page = (theirs / "report.html").read_text(encoding="utf-8")
    answer = page[page.index('<section id="answer">') :].split("</section>")[0]
    assert "every model is closest to Canada or the Netherlands" in html.unescape(answer)
    assert "none to a country where Portuguese is spoken" in answer


@pytest.mark.slow
def test_the_page_of_a_run_with_everything_is_complete_and_true(whole: Path) -> None:
    page = (whole / "report.html").read_text(encoding="utf-8")
    assert wrong_numbers(page, whole) == []
    told = _complete(page, whole)
    assert {"usage.csv", "judge_reliability.csv"} <= set(told)
    assert "exclusions.csv" not in told  # no rule matches a response of this run
    for name in ("timeline", "spending", "judge_confusion", "people_correlations", "alignment"):
        assert f'id="figure-{name}"' in page
    _answering(page, whole, {"alignment", "alignment_map", "topics_en", "consistency", "stances",
                             "timeline", "people_correlations"})  # fmt: skip
    findings = _findings(page)
    assert "Under the protocol direct_item" in findings
    assert "Compared with personas from other countries" in findings
    assert "The variation of alignment between protocols" in findings


@pytest.mark.slow
def test_no_number_of_a_finding_stands_outside_of_what_is_proven(whole: Path) -> None:
    findings = _findings((whole / "report.html").read_text(encoding="utf-8"))
    told = html.unescape(re.sub(r"<data [^>]*>[^<]*</data>", "", findings))
    told = re.sub(r"The multilingual regression was not fitted:[^<]*", "", told)
    constants = ("95 %", "2/√(topics − 1)", "1 − the mean absolute", "0.01 is one", "16 topics")
    for name in (*MODELS, "gemma_3_270m", *constants):
        told = told.replace(name, "")
    assert re.findall(r"[^<>]{0,30}\d[^<>]{0,30}", re.sub(r"<[^>]*>", "", told)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r'(data-row="0">.*?<td class="n" data-value=")(\d+)"', "is not"),
        (r'(<data value=")(0\.\d+)"', "is not"),
        (r'(<data value="0\.\d+"[^>]*>)(0\.\d+)<', "is shown as"),
        (r'(<small data-low=")(-?0\.\d+)"', "is not"),
        (r'(<tr class="baseline"[^>]*>.*?data-value=")(0\.\d+)"', "is not"),
        (r'("texts":\[.*?")(0\.\d+)"', "tip of"),
    ],
)
def test_one_wrong_number_is_found(whole: Path, pattern: str, said: str) -> None:
    page = (whole / "report.html").read_text(encoding="utf-8")
    found = re.search(pattern, page, re.DOTALL)
    assert found is not None
    number = found.group(2)
    digit = number.find(".") + 1  # the first decimal, or of a count the first digit
    other = number[:digit] + str((int(number[digit]) + 1) % 10) + number[digit + 1 :]
    broken = page[: found.start(2)] + other + page[found.end(2) :]
    wrong = wrong_numbers(broken, whole)
    assert len(wrong) >= 1 and said in wrong[0]


@pytest.mark.slow
def test_a_row_that_is_left_out_of_a_table_is_found(whole: Path) -> None:
    page = (whole / "report.html").read_text(encoding="utf-8")
    table = re.search(r'<table id="alignment".*?</table>', page, re.DOTALL)
    assert table is not None
    last = table.group().rindex("<tr data-row")
    broken = page.replace(table.group(), table.group()[:last] + "</tbody></table>")
    rows = len(rows_of(whole / "alignment.arrow"))
    assert wrong_numbers(broken, whole) == [
        f"alignment: {rows - 1} rows of alignment.arrow, not {rows}"
    ]


def _complete(page: str, run: Path) -> Counter[str]:
    """Return the count of numbers by file; the tables of every page have to be there."""
    found = numbers_of(page)
    for name, file in GRIDS.items():
        assert name in found.shown_rows[file], name
    told = Counter(one.table for one in found.told)
    distributions = rows_of(run / "distributions.arrow")
    first = distributions[0]["protocol"], distributions[0]["judge"]
    main = [r for r in distributions if (r["protocol"], r["judge"]) == first]
    assert told["distributions.arrow"] >= 4 * len(main)
    assert told["ground_truth.csv"] > 0
    return told


LANGUAGES = {"da": "Danish", "en": "English", "nl": "Dutch", "pt": "Portuguese"}


def _answering(page: str, run: Path, figures: set[str]) -> None:
    """Check that each tip is of rows about its model, language, topic and population."""
    tips = [tip for tip in tips_of(page) if tip.told]
    assert figures <= {tip.figure for tip in tips}
    read = cache(lambda name: rows_of(run / name))
    labels = {row["population"]: row["label"] for row in read("ground_truth.csv")}
    for tip in tips:
        words = f"{tip.title}; {tip.about}"
        for row in (read(tip.told[0].table)[i] for i in tip.told[0].rows):
            if "term" in row:
                assert all(part in row["term"] for part in [tip.model] if part)
                continue
            assert tip.model == (row.get("model") or "")
            if row.get("language"):
                assert tip.title == f"{row['model']} in {LANGUAGES[row['language']]}"
            if row.get("population"):
                assert (labels[row["population"]] or row["population"]) in words
            if "topic" in row and tip.figure != "stances":
                assert tip.about.startswith(f"{row['topic'].upper()} ")


def _findings(page: str) -> str:
    found = re.search(r'<ul class="findings">.*?</ul>', page, re.DOTALL)
    assert found is not None
    return found.group().replace("\N{NO-BREAK SPACE}", " ")


def _run(*words: str) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(list(words))
    assert left.value.code == 0
