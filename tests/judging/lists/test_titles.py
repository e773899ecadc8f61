"""Titles without an opinion at the end of an answer that was cut off."""

from __future__ import annotations

import pytest

from tests.judging.lists.views import NAMES, VIEWS, split


@pytest.mark.parametrize(
    ("written", "cut"),
    [
        ("### {n}. {name}, 3{n}\nShe says: {view}", "### 6. Fay, 36"),
        ("### {n}. {name}, 3{n}\nShe says: {view}\n", "### 6. Fay"),
        ("**{n}. {name} (3{n}):** {view}", "**6. Fay (36):**"),
        ("**{n}. {name} (3{n}):** {view}", "**6. Fay (36"),
        ("{n}. **{name}, 3{n}, nurse:** {view}", "6. **Fay, 36, nurse:**"),
        ("{n}. **{name}, 3{n}, nurse:** {view}", "6. **Fay, 36"),
        ("{n}. {name}, 3{n}, nurse: {view}", "6. Fay, 36, nurse:"),
        ("{n}. {name}, 3{n}, nurse: {view}", "6. Fay, 36"),
        ("Citizen {n} (woman, 3{n}): {view}", "Citizen 6 (woman,"),
        ("**Interview {n}: {name}**\n{view}", "**Interview 6: Fay**"),
        ("## {name}\n\n{view}", "## Fay"),
        (
            "#### Interview {n}\n**Name:** {name}\n**View:** {view}",
            "#### Interview 6\n**Name:** Fay",
        ),
    ],
)
def test_a_last_title_without_an_opinion_is_none(written: str, cut: str) -> None:
    lines = [
        written.format(n=n, name=name, view=view)
        for n, (name, view) in enumerate(zip(NAMES[:5], VIEWS, strict=False), 1)
    ]
    found = split("\n\n".join([*lines, cut]))
    assert found.count == 5
    assert "Fay" not in found.opinions[-1]


@pytest.mark.parametrize("last", ["6. No.", "6. I would say it", "6. Fay, 36, nurse: I"])
def test_a_last_opinion_that_is_short_or_cut_still_counts(last: str) -> None:
    lines = [f"{n}. {view}" for n, view in enumerate(VIEWS[:5], 1)]
    assert split("\n".join([*lines, last])).count == 6
