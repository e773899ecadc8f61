"""Sentences on the topics on which models and people are furthest apart."""

from __future__ import annotations

from typing import Any

from culture_ray.report.cell_refs import cell_ref
from culture_ray.report.content import ReportContent
from culture_ray.report.findings.cells import language_name
from culture_ray.report.formatting import Number, Sentence


def gap_sentence(content: ReportContent, row: dict[str, Any], *, has_statement: bool) -> Sentence:
    """Return the sentence on one numbered row of topic_gaps that is a mean over models.

    With `has_statement` it follows the topic's pro statement, and says how many agree with it.
    """

    def linked(column: str) -> Number:
        return Number(row[column], 0, cell_ref("topic_gaps", [row], column))

    def signed(column: str) -> Sentence:
        return ("+" if round(row[column]) > 0 else "", linked(column))

    is_one = row["models"] == 1
    speakers = f"speakers of {language_name(content, row['language'])}"
    sentence: Sentence = (
        (f"{'The model agrees' if is_one else 'Models agree'} in ", linked("answer"),
         f" % of {'its' if is_one else 'their'} opinions, compared with ", linked("people"),
         f" % of {speakers}")
        if has_statement
        else (f"{'The model’s' if is_one else 'Models’'} opinions are ", linked("answer"),
              " % pro, compared with ", linked("people"), f" % among {speakers}")
    )  # fmt: skip
    sentence += (": ", *signed("gap"), " points")
    if row["ci_low"] is not None:
        sentence += (" (95 % interval ", *signed("ci_low"), " to ", *signed("ci_high"), ")")
    if is_one:
        return (*sentence, ".")
    same_side = (row["smallest"] > 0) == (row["largest"] > 0)
    number: Sentence = (Number(row["models"], source=cell_ref("topic_gaps", [row], "models")),)
    ends: Sentence = (*signed("smallest"), " to ", *signed("largest"))
    everyone: Sentence = ("Both",) if row["models"] == 2 else ("All ", *number)
    if same_side:
        return (*sentence, ". ", *everyone, " models differ in this direction, by ", *ends, ".")
    return (*sentence, ". Over the ", *number, " models the gap ranges from ", *ends, ".")
