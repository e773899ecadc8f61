"""Order of populations in heat maps: alike ones beside each other, and equal ones once."""

from __future__ import annotations

import numpy as np
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from culture_ray.report.content import ReportContent
from culture_ray.report.study import ReportPopulation


def clustered_populations(content: ReportContent) -> list[ReportPopulation]:
    """Return the populations of a run, clustered by the correlations between them.

    A population with the same answers as an earlier one is left out. Without correlations the order
    is by kind, then by language.
    """
    people = [p for p in _by_kind(content) if p.id not in same_populations(content)]
    rows = [] if content.correlations is None else content.correlations.to_pylist()
    known = {frozenset((r["population"], r["other"])): r["correlation"] for r in rows}
    if len(people) < 3 or not any(value is not None for value in known.values()):
        return people
    apart = np.array(
        [
            [0.0 if a.id == b.id else 1 - (known.get(frozenset((a.id, b.id))) or 0.0)
             for b in people]
            for a in people
        ]
    )  # fmt: skip
    tree = hierarchy.average(squareform(apart, checks=False))
    leaves = hierarchy.leaves_list(hierarchy.optimal_leaf_ordering(tree, squareform(apart)))
    return [people[place] for place in leaves]


def same_populations(content: ReportContent) -> dict[str, str]:
    """Return populations with the same answers as another one, which stands for both."""
    rows = [] if content.culture_map is None else content.culture_map.to_pylist()
    return {row["population"]: row["same_as"] for row in rows if row["same_as"] is not None}


def same_note(content: ReportContent) -> str:
    """Return the sentence on populations that are drawn once; empty without any."""
    labels = {p.id: p.label or p.id for p in content.populations}
    same = [f"{labels[a]} as {labels[b]}" for a, b in same_populations(content).items()]
    return f" Drawn once, because their answers are the same: {'; '.join(same)}." if same else ""


def _by_kind(content: ReportContent) -> list[ReportPopulation]:
    """Return the speakers of languages, then countries by language, then other populations."""
    codes = [x.code for x in content.languages]

    def place(p: ReportPopulation) -> tuple[int, int, str]:
        language = (
            codes.index(p.languages[0]) if p.languages[:1] and p.languages[0] in codes else 99
        )
        return ({"language": 0, "country": 1}.get(p.kind, 2), language, p.id)

    return sorted(content.populations, key=place)
