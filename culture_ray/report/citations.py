"""Works that a paper using a run should cite."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import moment

_DOI = re.compile(r"10\.\d{4,9}/[^\s,;()]+[^\s,;().]")
_JOINT_DOIS = ("10.4232/1.14320", "10.14281/18241.26")
"""DOIs of the Joint EVS/WVS, version 5.0.0, at GESIS and at the World Values Survey Association."""


@dataclass(frozen=True)
class Citation:
    """A work to cite, as a sentence and as BibTeX."""

    for_what: str
    text: str
    bibtex: str
    url: str = ""
    """Permanent address of the work; empty if it has none."""


def citations(content: ReportContent) -> list[Citation]:
    """Return citations of the method paper, this software with its version, and the survey.

    A run of benchmarks alone uses neither the method nor the survey.
    """
    software = software_citation(
        content.run, content.provenance.get("culture-ray", ""), content.finished or content.started
    )
    if not content.has_study:
        return [software]
    return [method_citation(), software, survey_citation(next(iter(content.sources), ""))]


def bibliography(works: Sequence[Citation]) -> str:
    """Return works as the text of a BibTeX file."""
    return "\n\n".join(work.bibtex for work in works) + "\n"


def method_citation() -> Citation:
    """Return the citation of the method paper."""
    doi = "10.48550/arXiv.2502.16534"
    return Citation(
        "the method",
        "Rystrøm, Kirk and Hale (2025). Multilingual != Multicultural: Evaluating Gaps Between "
        "Multilingual Capabilities and Cultural Alignment in LLMs. arXiv 2502.16534.",
        _bibtex(
            "article",
            "rystrom2025multilingual",
            author="Rystrøm, Jonathan and Kirk, Hannah Rose and Hale, Scott",
            title="{Multilingual} != {Multicultural}: Evaluating Gaps Between Multilingual "
            "Capabilities and Cultural Alignment in {LLMs}",
            journal="arXiv preprint arXiv:2502.16534",
            year="2025",
            doi=doi,
            url="https://arxiv.org/abs/2502.16534",
        ),
        f"https://doi.org/{doi}",
    )


def software_citation(run: str, version: str, at: str) -> Citation:
    """Return the citation of this software; `at` is the time (ISO 8601) of the run's end."""
    year = at[:4] if re.match(r"\d{4}-", at) else ""
    return Citation(
        "the software",
        f"culture_ray{f', version {version}' if version else ''}, run “{run}” of {moment(at)}.",
        _bibtex(
            "software",
            "culture_ray",
            author="{culture_ray contributors}",
            title="culture_ray",
            version=version,
            year=year,
            note=f"Run {run}",
        ),
    )


def survey_citation(source: str) -> Citation:
    """Return the citation of a survey, from the sentence that names the source of its figures.

    Any survey but the Joint EVS/WVS is cited in the words of that sentence, which has years of
    interviews rather than of publication.
    """
    if not source or _is_joint(source):
        return _joint_survey()
    found = _DOI.search(source)
    return Citation(
        "the survey data",
        source,
        _bibtex(
            "misc",
            "survey",
            title=f"{{{source}}}",
            doi=found.group() if found else "",
            url=f"https://doi.org/{found.group()}" if found else "",
        ),
        f"https://doi.org/{found.group()}" if found else "",
    )


def survey_name(source: str) -> str:
    """Return the name of a survey for a heading, from the sentence that names its source."""
    if _is_joint(source):
        return "Joint EVS/WVS 2017-2022"
    return re.sub(r"[\s,(]*\bdoi\b.*", "", _own_words(source))


def _is_joint(source: str) -> bool:
    return re.search("joint", _own_words(source), re.IGNORECASE) is not None


def _own_words(source: str) -> str:
    """Return the words of a source on the survey, without the files that figures were made from."""
    return source.partition("; computed by")[0]


def _joint_survey() -> Citation:
    first, second = _JOINT_DOIS
    return Citation(
        "the survey data",
        "EVS/WVS (2024). Joint EVS/WVS 2017-2022 Dataset (Joint EVS/WVS). Version 5.0.0. GESIS, "
        f"Cologne, ZA7505, doi:{first}; World Values Survey Association, doi:{second}.",
        _bibtex(
            "misc",
            "evswvs2024joint",
            author="{EVS/WVS}",
            title="{Joint EVS/WVS} 2017-2022 Dataset ({Joint EVS/WVS})",
            version="5.0.0",
            year="2024",
            publisher="GESIS, Cologne, ZA7505; World Values Survey Association",
            doi=first,
            url=f"https://doi.org/{first}",
            note=f"Also doi:{second}",
        ),
        f"https://doi.org/{first}",
    )


def _bibtex(kind: str, key: str, **fields: str) -> str:
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{lines}}}"
