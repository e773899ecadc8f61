"""Distributions of populations' answers are read whole, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from culture_ray.errors import BadTable
from culture_ray.survey.answer_distributions import answer_means_table, answer_shares_table
from culture_ray.survey.answer_shares import read_answer_shares
from culture_ray.survey.ground_truth import Population
from culture_ray.survey.microdata.option_shares import of_shares
from culture_ray.survey.topics import Topic
from culture_ray.tables import ANSWER_MEANS, ANSWER_SHARES

HEAD = "population,kind,topic,answer,share,half_a,half_b\n"
WHOLE = HEAD + "".join(
    f"DK,country,c001_01,{answer},{share},{share},{share}\n"
    for answer, share in zip(range(1, 6), (0.1, 0.2, 0.3, 0.25, 0.15), strict=True)
)


def written(folder: Path, text: str) -> Path:
    path = folder / "made_up.answer_shares.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_shares_stand_in_the_order_of_the_scale(tmp_path: Path, topics: tuple[Topic, ...]) -> None:
    head, *rows = WHOLE.splitlines()
    text = "\n".join([head, *reversed(rows), "DK,country,x1,1,1,1,1"]) + "\n"
    found = read_answer_shares(written(tmp_path, text), topics)
    assert set(found) == {("DK", "c001_01")}
    np.testing.assert_allclose(found["DK", "c001_01"].share, [0.1, 0.2, 0.3, 0.25, 0.15])


def test_answers_without_a_row_have_no_weight_and_halves_may_be_unknown(
    tmp_path: Path, topics: tuple[Topic, ...]
) -> None:
    text = "population,kind,topic,answer,share\nDK,country,e233b,0,0.25\nDK,country,e233b,10,0.75\n"
    found = read_answer_shares(written(tmp_path, text), topics)["DK", "e233b"]
    assert found.share.tolist() == [0.25, *[0.0] * 9, 0.75]
    assert np.isnan(found.halves).all()


def test_what_is_written_is_read_back(tmp_path: Path, topics: tuple[Topic, ...]) -> None:
    scale = topics[0].scale.answers
    shares = np.random.default_rng(1).dirichlet(np.ones(len(scale)), 2)
    shares[1] = np.nan
    people = [Population("DK", "country", ("da",)), Population("NO", "country", ("nb",))]
    distributions = [of_shares("f120", scale, shares)]
    table = answer_shares_table(people, distributions)
    assert table.schema.equals(ANSWER_SHARES, check_metadata=True)
    pa.csv.write_csv(table, tmp_path / "again.csv")
    again = read_answer_shares(tmp_path / "again.csv", topics)
    assert list(again) == [("DK", "f120")]
    np.testing.assert_array_equal(again["DK", "f120"].share, shares[0])
    means = answer_means_table(people, distributions)
    assert means.schema.equals(ANSWER_MEANS, check_metadata=True)
    (row,) = means.to_pylist()
    assert row["mean"] == pytest.approx(shares[0] @ np.arange(1, 11))
    assert (row["std_error"], row["n"]) == (None, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((",5,0.15,", ",5,0.45,"), "topic c001_01: the shares add up to 1.3, not to 1"),
        ((",5,0.15,0.15", ",5,0.15,0.9"), "half_a adds up to 1.75, not to 1"),
        ((",5,0.15,", ",5,-0.15,"), "share is -0.15 in data row 5"),
        ((",5,0.15,", ",4,0.15,"), "two rows for answer 4"),
        ((",5,0.15,", ",6,0.15,"), "answer 6 is not on its scale: 1, 2, 3, 4, 5"),
        (("share", "part"), "no column share"),
    ],
)
def test_distributions_that_cannot_be_are_told(
    tmp_path: Path, topics: tuple[Topic, ...], change: tuple[str, str], message: str
) -> None:
    with pytest.raises(BadTable, match=message) as caught:
        read_answer_shares(written(tmp_path, WHOLE.replace(*change)), topics)
    assert "answer_shares.csv" in str(caught.value) and "\n" not in str(caught.value)
