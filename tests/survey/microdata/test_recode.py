from __future__ import annotations

import numpy as np
import pytest

from culture_ray.errors import UnknownName
from culture_ray.survey.microdata.recode import (
    CON,
    NEITHER,
    NO_ANSWER,
    PRO,
    stances,
    unexpected_codes,
)
from culture_ray.survey.topics import Scale, Topic

CODES = np.array([NO_ANSWER, -2, 0, 1, 2, 3, 4, 5, 6, 10, 11], dtype=np.int16)


def recoded(scale: Scale, recode: str) -> dict[int, int]:
    found = stances(scale, CODES, recode)
    return dict(zip(CODES.tolist(), found.tolist(), strict=True))


def test_a_middle_answer_is_con_in_the_paper_and_dropped_symmetrically(
    topics: tuple[Topic, ...],
) -> None:
    scale = topics[1].scale
    assert recoded(scale, "paper")[3] == CON
    assert recoded(scale, "symmetric")[3] == NEITHER
    for recode in ("paper", "symmetric"):
        found = recoded(scale, recode)
        assert [found[code] for code in (1, 2, 4, 5)] == [PRO, PRO, CON, CON]


def test_missing_and_foreign_codes_are_neither(topics: tuple[Topic, ...]) -> None:
    for recode in ("paper", "symmetric"):
        for topic in topics:
            found = recoded(topic.scale, recode)
            assert [found[code] for code in (int(NO_ANSWER), -2, 11)] == [NEITHER] * 3
    assert recoded(topics[0].scale, "symmetric")[0] == NEITHER


def test_an_answer_coded_zero_counts_only_symmetrically(topics: tuple[Topic, ...]) -> None:
    assert recoded(topics[2].scale, "paper")[0] == NEITHER
    assert recoded(topics[2].scale, "symmetric")[0] == CON


def test_codes_beyond_the_scale_are_found_and_counted(topics: tuple[Topic, ...]) -> None:
    assert unexpected_codes(topics[0].scale, CODES) == {11: 1}
    assert unexpected_codes(topics[1].scale, CODES) == {6: 1, 10: 1, 11: 1}


def test_an_unknown_recode_is_named(topics: tuple[Topic, ...]) -> None:
    with pytest.raises(UnknownName, match="unknown recode 'papers': did you mean 'paper'"):
        stances(topics[0].scale, CODES, "papers")
