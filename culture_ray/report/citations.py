"""Works that a paper using a run should cite."""

from __future__ import annotations

from dataclasses import dataclass

from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import moment


@dataclass(frozen=True)
class Citation:
    """A work to cite, as a sentence and as BibTeX."""

    for_what: str
    text: str
    bibtex: str


def citations(content: ReportContent) -> list[Citation]:
    """Return citations of the method paper, this software with its version, and the survey.

    A run of benchmarks alone uses neither the method nor the survey.
    """
    version = content.provenance.get("culture-ray", "")
    cited = [
        Citation(
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
            ),
        ),
        Citation(
            "the software",
            f"culture_ray{f', version {version}' if version else ''}, run “{content.run}” of "
            f"{moment(content.finished or content.started)}.",
            _bibtex(
                "software",
                "culture_ray",
                title="culture_ray",
                version=version,
                note=f"Run {content.run}",
            ),
        ),
        Citation(
            "the survey data",
            "EVS/WVS. Joint EVS/WVS 2017-2022 Dataset, version 5.0.",
            _bibtex(
                "misc",
                "evswvs",
                author="{EVS/WVS}",
                title="{Joint EVS/WVS} 2017-2022 Dataset",
                version="5.0",
            ),
        ),
    ]
    return cited if content.has_study else cited[1:2]


def _bibtex(kind: str, key: str, **fields: str) -> str:
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{lines}}}"
