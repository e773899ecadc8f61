"""Distributions that a source publishes by country become ground truth without errors."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from culture_ray.errors import BadTable, UserError
from culture_ray.survey.microdata.groupings import COUNTRIES, SPEAKERS, WORLD
from culture_ray.survey.microdata.option_shares import OptionShares, read_option_shares
from culture_ray.survey.microdata.read_mapping import mapping_of
from culture_ray.survey.microdata.shares_estimates import estimates_of_shares
from tests.survey.microdata.layouts import catalogue, content_of

ABORTION = (
    "Please tell me for each of the following actions whether you think it can always be "
    "justified, never be justified, or something in between.\n\nAbortion"
)
TEN = [
    "Never justifiable",
    *map(str, range(2, 10)),
    "Always justifiable",
    "Don't know",
    "No answer",
]
ARMY = "For each, would you say it is a very good way of governing?\n\nHaving the army rule"
FOUR = ["Very good", "Fairly good", "Fairly bad", "Very bad", "Don't know"]


def selections(**shares: list[float]) -> str:
    found: defaultdict[str, list[float]] = defaultdict(list)
    found.update({name.replace("_", " "): each for name, each in shares.items()})
    return str(found)


ANSWERS = [0.3, 0.1, 0.05, 0.05, 0.1, 0.1, 0.1, 0.05, 0.05, 0.0, 0.06, 0.04]
ROWS = [
    (ABORTION, selections(Denmark=ANSWERS, Britain=ANSWERS[::-1]), str(TEN), "WVS"),
    (ARMY, selections(Denmark=[0.1, 0.2, 0.3, 0.4, 0.0]), str(FOUR), "WVS"),
    ("Is the economy good?", selections(Denmark=[0.5, 0.5]), "['Yes', 'No']", "GAS"),
]


def written(folder: Path, rows: list[Any]) -> Path:
    path = folder / "global_opinions.csv"
    columns = ["question", "selections", "options", "source"]
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    return path


def mapping(**change: Any) -> OptionShares:
    found = mapping_of(content_of("global_opinion_qa") | change, catalogue())
    assert isinstance(found, OptionShares)
    return found


def test_shares_of_answers_are_those_of_the_file_without_non_answers(tmp_path: Path) -> None:
    countries, distributions, notices = read_option_shares([written(tmp_path, ROWS)], mapping())
    assert countries == ("DK", "GB")
    by_topic = {each.topic: each for each in distributions}
    assert set(by_topic) == {"e116", "f120"}
    np.testing.assert_allclose(by_topic["f120"].share[0], np.array(ANSWERS[:10]) / 0.9)
    assert np.isnan(by_topic["e116"].share[1]).all()
    assert np.isnan(by_topic["f120"].std_error).all() and np.isnan(by_topic["f120"].halves).all()
    assert sum("left out: no question like" in notice.text for notice in notices) == 30


def test_populations_of_several_countries_are_the_mean_of_these(tmp_path: Path) -> None:
    shares = mapping()
    countries, distributions, _ = read_option_shares([written(tmp_path, ROWS)], shares)
    found = estimates_of_shares(
        countries, distributions, shares.topics, (COUNTRIES, SPEAKERS, WORLD),
        {"DK": "da", "GB": "en"}, recode="symmetric", source="a test",
    )  # fmt: skip
    truth = found.ground_truth
    assert [p.name for p in truth.populations] == [
        "DK", "GB", "speakers:da", "speakers:en", "world",
    ]  # fmt: skip
    column = truth.topics.index("f120")
    danes, british = (np.array(each[:10]) / sum(each[:10]) for each in (ANSWERS, ANSWERS[::-1]))
    expected = [danes[5:].sum(), british[5:].sum()]
    np.testing.assert_allclose(truth.value_polarity[:2, column], expected)
    assert truth.value_polarity[4, column] == pytest.approx(np.mean(expected))
    assert np.isnan(truth.std_error).all() and np.isnan(truth.n).all()
    assert [notice.count for notice in found.notices] == [1]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((ABORTION, selections(Denmark=[0.5] * 12), str(TEN), ""), "of Denmark add up to 6"),
        ((ABORTION, selections(Denmark=[0.05] * 12), str(TEN), ""), "add up to 0.6, not to 1"),
        ((ABORTION, selections(Denmark=[0.5, 0.5]), str(TEN), ""), "Denmark has 2 shares"),
        ((ABORTION, selections(Denmark=[0.5, 0.5]), "['Yes', 'No']", ""), "2 options are answers"),
        ((ABORTION, "{broken", str(TEN), ""), "shares are not lists by country"),
        ((ABORTION, selections(Denmark=ANSWERS), "broken", ""), "options are not a list"),
        (
            (ABORTION, selections(Britain=ANSWERS, United_Kingdom=ANSWERS), str(TEN), ""),
            "United Kingdom and another name are both GB",
        ),
    ],
)
def test_distributions_that_cannot_be_used_are_told_in_one_line(
    tmp_path: Path, row: Any, message: str
) -> None:
    with pytest.raises(BadTable, match=message) as caught:
        read_option_shares([written(tmp_path, [row])], mapping())
    assert "data row 1" in str(caught.value) and "\n" not in str(caught.value)


def test_two_questions_of_one_topic_and_none_at_all_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="data rows 1, 2 all match the question of f120"):
        read_option_shares([written(tmp_path, [ROWS[0], ROWS[0]])], mapping())
    with pytest.raises(BadTable, match="no question of a topic is there"):
        read_option_shares([written(tmp_path, ROWS[2:])], mapping())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"topics": {"f120": {"question": "x", "codes": [1, 11]}}}, r"codes=\[11\]"),
        ({"topics": {"f120": {"question": "x", "codes": [1, 1]}}}, "distinct whole numbers"),
        ({"topics": {"f120": "("}}, "survey.topics.f120.question='\\(' .*a pattern"),
        ({"not_answers": [False]}, "survey.not_answers=.*in quotes"),
        ({"recode": {"Norway": False}}, "survey.recode.Norway=False .*in quotes"),
    ],
)
def test_a_mistake_in_the_mapping_names_its_key(change: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        mapping(**change)
