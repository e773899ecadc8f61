from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from culture_ray.errors import BadTable
from culture_ray.survey.capability import read_capability
from culture_ray.tables import CAPABILITY

HEAD = "model,language,benchmark,score,source\n"
PUBLISHED_NAMES = {
    "gemma-2-2b-it": "gemma_2_2b",
    "gemma-2-9b-it": "gemma_2_9b",
    "gemma-2-27b-it": "gemma_2_27b",
    "gpt-3.5-turbo-0125": "gpt_3_5_turbo",
    "gpt-4-turbo-2024-04-09": "gpt_4_turbo",
    "gpt-4o": "gpt_4o",
}


def test_shipped_scores_have_the_published_mean_per_model_and_language(
    conf: Path, reference: Path
) -> None:
    scores = defaultdict(list)
    for row in read_capability(conf / "capability" / "published.csv").to_pylist():
        scores[row["model"], row["language"]].append(row["score"])
    with (reference / "expected_regression_rows_gemma_openai.csv").open() as lines:
        published = list(csv.DictReader(lines))
    assert len(published) == 24
    for row in published:
        found = scores[PUBLISHED_NAMES[row["model"]], row["language"]]
        assert sum(found) / len(found) == pytest.approx(float(row["capability"]), abs=1e-12)


def test_shipped_scores_use_one_spelling_and_the_same_benchmarks_for_every_model(
    conf: Path,
) -> None:
    table = read_capability(conf / "capability" / "published.csv")
    assert table.schema.equals(CAPABILITY)
    benchmarks = defaultdict(set)
    for row in table.to_pylist():
        benchmarks[row["language"], row["model"]].add(row["benchmark"])
    for language in ("da", "en", "nl", "pt"):
        named = [found for key, found in benchmarks.items() if key[0] == language]
        assert len(named) == 9
        assert all(found == named[0] for found in named)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a,da,DANSK,61.3,x\n", r"score 61\.3 in data row 1 \(a, da, DANSK\).*between 0 and 1"),
        ("a,da,DANSK,0.6,x\na,da,dansk,0.6,x\n", "duplicate score of a, da, dansk"),
        ("a,da,DANSK,,x\n", "column score is empty in data row 1"),
        ("", "the table has no rows"),
    ],
)
def test_a_bad_capability_file_is_told(tmp_path: Path, rows: str, message: str) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    with pytest.raises(BadTable, match=message):
        read_capability(path)
