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


@pytest.mark.parametrize("cut", ["2. **Ben, 61:**", "2. Ben, 61, farmer:", "2. **Ben, 61"])
def test_one_opinion_with_a_title_shows_what_a_second_title_is(cut: str) -> None:
    whole = cut.replace("2. ", "1. ").replace("Ben", "Ada")
    whole = whole if whole.endswith((":", "*")) else f"{whole}:**"
    assert split(f"{whole} {VIEWS[0]}\n\n{cut}").count == 1


def test_a_second_opinion_of_few_words_still_counts() -> None:
    assert split(f"1. Ada, 34: {VIEWS[0]}\n2. No way").count == 2
