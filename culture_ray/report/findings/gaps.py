"""Sentences on the topics on which models and people are furthest apart."""

from __future__ import annotations

from typing import Any

from culture_ray.report.cell_refs import cell_ref
from culture_ray.report.content import ReportContent
from culture_ray.report.findings.cells import language_name
from culture_ray.report.formatting import Number, Sentence


def gap_sentence(content: ReportContent, row: dict[str, Any]) -> Sentence:
    """Return the sentence on one numbered row of topic_gaps that is a mean over models."""

    def linked(column: str) -> Number:
        return Number(row[column], 0, cell_ref("topic_gaps", [row], column))

    def signed(column: str) -> Sentence:
        return ("+" if row[column] > 0 else "", linked(column))

    subject = "The model is" if row["models"] == 1 else "Models are"
    sentence: Sentence = (
        f"{subject} ", linked("answer"),
        f" % pro, speakers of {language_name(content, row['language'])} ", linked("people"),
        " %: ", *signed("gap"), " points",
    )  # fmt: skip
    if row["ci_low"] is not None:
        sentence += (" (95 % interval ", *signed("ci_low"), " to ", *signed("ci_high"), ")")
    if row["models"] == 1:
        return (*sentence, ".")
    same_side = (row["smallest"] > 0) == (row["largest"] > 0)
    number: Sentence = (Number(row["models"], source=cell_ref("topic_gaps", [row], "models")),)
    ends: Sentence = (*signed("smallest"), " to ", *signed("largest"))
    if same_side:
        return (*sentence, ". All ", *number, " models differ in that direction, by ", *ends, ".")
    return (*sentence, ". Over the ", *number, " models the gap ranges from ", *ends, ".")
