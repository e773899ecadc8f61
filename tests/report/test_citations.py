"""Works to cite have a year, a DOI and an address, and the survey is the one that was used."""

from __future__ import annotations

import re

import pytest

from culture_ray.report.citations import (
    bibliography,
    method_citation,
    software_citation,
    survey_citation,
    survey_name,
)

SHIPPED = "Rystrøm, Kirk & Hale 2025, MIT licence; derived from EVS/WVS Joint 2017-2022 v5.0"


def fields(bibtex: str) -> dict[str, str]:
    return dict(re.findall(r"^  (\w+) = \{(.*)\},$", bibtex, re.MULTILINE))


def test_the_joint_survey_is_cited_with_both_of_its_dois() -> None:
    work = survey_citation(SHIPPED)
    assert "doi:10.4232/1.14320" in work.text and "doi:10.14281/18241.26" in work.text
    found = fields(work.bibtex)
    assert (found["year"], found["doi"]) == ("2024", "10.4232/1.14320")
    assert found["url"] == "https://doi.org/10.4232/1.14320" == work.url
    assert found["note"] == "Also doi:10.14281/18241.26"


@pytest.mark.parametrize(
    ("source", "doi"),
    [
        ("World Values Survey, wave 7 (2017-2022), doi 10.14281/18241.24", "10.14281/18241.24"),
        ("European Social Survey, round 11 (doi: 10.21338/ess11-2023).", "10.21338/ess11-2023"),
        ("our own panel", None),
    ],
)
def test_another_survey_is_cited_in_the_words_of_its_source(source: str, doi: str | None) -> None:
    found = fields(survey_citation(source).bibtex)
    assert found["title"] == f"{{{source}}}"
    assert found.get("doi") == doi
    assert "year" not in found  # years of interviews are not that of a publication
    assert found.get("url") == (doi and f"https://doi.org/{doi}")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (SHIPPED, "Joint EVS/WVS 2017-2022"),
        ("European Social Survey, round 11, doi 10.21338/ess11-2023; computed by culture-ray from "
         "joint.csv (sha256 12), weights w", "European Social Survey, round 11"),
        ("European Social Survey, round 11 (doi: 10.21338/ess11-2023).",
         "European Social Survey, round 11"),
        ("our own panel", "our own panel"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_survey_has_a_short_name_for_headings(source: str, name: str) -> None:
    assert survey_name(source) == name


def test_a_file_called_joint_does_not_make_a_survey_the_joint_one() -> None:
    source = "European Social Survey, round 11; computed by culture-ray from joint.csv"
    assert survey_citation(source).text == source


def test_method_and_software_have_a_year_and_what_else_is_known() -> None:
    method = fields(method_citation().bibtex)
    assert (method["year"], method["doi"]) == ("2025", "10.48550/arXiv.2502.16534")
    assert method["url"] == "https://arxiv.org/abs/2502.16534"
    software = fields(software_citation("ours", "0.1.0", "2026-05-01T10:00:00+00:00").bibtex)
    assert (software["year"], software["version"], software["note"]) == (
        "2026",
        "0.1.0",
        "Run ours",
    )
    assert "year" not in fields(software_citation("ours", "", "").bibtex)


def test_a_bibliography_is_one_entry_after_the_other() -> None:
    text = bibliography([method_citation(), survey_citation(SHIPPED)])
    assert re.findall(r"^@(\w+)\{(\w+),$", text, re.MULTILINE) == [
        ("article", "rystrom2025multilingual"), ("misc", "evswvs2024joint"),
    ]  # fmt: skip
