"""Responses from elsewhere: every format, and the run they become."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pytest

from culture_ray.labels.read import labels
from culture_ray.store.run_directory import RunDirectory
from tests.cli.commands.imported import CultureRay, bring, responses, stored
from tests.small import TOPICS


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow", "feather", "jsonl"])
def test_every_format_is_read(culture_ray: CultureRay, workplace: Path, suffix: str) -> None:
    table = responses()
    path = workplace / f"scored.{suffix}"
    if suffix == "csv":
        table.to_csv(path, index=False)
    elif suffix == "parquet":
        table.to_parquet(path)
    elif suffix == "jsonl":
        table.to_json(path, orient="records", lines=True)
    else:
        pyarrow.feather.write_feather(pa.Table.from_pandas(table), str(path))
    said = culture_ray("import", f"file={path}", "run=theirs", "columns.family=family")
    assert said.code == 0, said.err
    assert "192 responses of 2 models in 2 languages on 8 topics" in said.out
    wanted = table[["model", "language", "topic", "value_polarity"]]
    pd.testing.assert_frame_equal(
        stored(workplace), wanted.sort_values([*wanted.columns], ignore_index=True)
    )


@pytest.mark.slow
def test_columns_of_other_names_topics_in_capitals_and_a_known_family(
    culture_ray: CultureRay, workplace: Path
) -> None:
    table = responses(("gpt-4o",)).drop(columns="family")
    table["topic"] = table["topic"].str.upper()
    table.columns = ["who", "tongue", "item", "share"]
    table.to_csv("scored.csv", index=False)
    said = culture_ray(
        "import", "file=scored.csv", "run=theirs", "columns.model=who", "columns.language=tongue",
        "columns.topic=item", "columns.value_polarity=share",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert set(stored(workplace)["topic"]) == set(TOPICS)
    assert "family: openai" in (workplace / "results/theirs/config.yaml").read_text()


@pytest.mark.slow
def test_the_same_responses_in_another_order_are_the_same_run(
    culture_ray: CultureRay, workplace: Path
) -> None:
    table = responses()
    assert bring(culture_ray, table).code == 0
    before = {
        path: path.stat().st_mtime_ns
        for path in RunDirectory(workplace / "results/theirs").shards("labels")
    }
    assert len(before) == 4
    assert bring(culture_ray, table.sample(frac=1, random_state=1)).code == 0
    after = {
        path: path.stat().st_mtime_ns
        for path in RunDirectory(workplace / "results/theirs").shards("labels")
    }
    assert after == before


@pytest.mark.slow
def test_responses_without_a_polarity_are_kept_as_such(
    culture_ray: CultureRay, workplace: Path
) -> None:
    table = responses()
    table.loc[3:5, "value_polarity"] = np.nan
    assert bring(culture_ray, table).code == 0
    assert stored(workplace)["value_polarity"].isna().sum() == 3


@pytest.mark.slow
def test_a_folder_with_a_file_per_model_and_constants(
    culture_ray: CultureRay, workplace: Path
) -> None:
    folder = workplace / "theirs"
    folder.mkdir()
    for name in ("small", "large"):
        table = responses((name,)).query("language == 'da'")
        table[["topic", "value_polarity"]].to_csv(folder / f"{name}.tsv", sep="\t", index=False)
    words = ("file=theirs", "run=theirs", "model=file_name", "language=Danish", "family=own")
    said = culture_ray("import", *words)
    assert said.code == 0, said.err
    assert "96 responses of 2 models in 1 language on 8 topics" in said.out
    assert stored(workplace)["model"].value_counts().to_dict() == {"small": 48, "large": 48}
    refused = culture_ray("import", *words[:3], "language=[da,en]").complaint
    assert "constants.language=['da', 'en'] cannot be used: expected a valid string" in refused


@pytest.mark.slow
def test_the_same_responses_from_another_file_are_the_same_run(
    culture_ray: CultureRay, workplace: Path
) -> None:
    table = responses()
    assert bring(culture_ray, table).code == 0
    table.to_json("scored.jsonl", orient="records", lines=True)
    given = ("file=scored.jsonl", "columns.family=family", "run=theirs")
    said = culture_ray("import", *given)
    assert said.code == 0, said.err


@pytest.mark.slow
def test_stances_are_kept_with_the_responses(culture_ray: CultureRay, workplace: Path) -> None:
    table = responses().drop(columns="value_polarity")
    table["opinions"] = [["pro", "con", "NULL", "pro"]] * len(table)
    table.to_json("scored.jsonl", orient="records", lines=True)
    words = ("columns.family=family", "columns.value_polarity=opinions", "run=theirs")
    said = culture_ray("import", "file=scored.jsonl", *words)
    assert said.code == 0, said.err
    held = labels(
        RunDirectory(workplace / "results/theirs"), ["small"], ["da"], stances=True
    ).to_pylist()[0]
    assert (held["pro"], held["con"], held["neutral"]) == (2, 1, 1)
    assert held["stances"] == ["pro", "con", "neutral", "pro"]
    assert held["value_polarity"] == pytest.approx(2 / 3)


@pytest.mark.slow
def test_personas_are_cells_of_their_own(culture_ray: CultureRay, workplace: Path) -> None:
    table = responses(count=8)
    table["country"] = ["Denmark", "United States"] * (len(table) // 2)
    assert bring(culture_ray, table).code == 0
    said = culture_ray("analyse", "run=theirs", "inference.rounds=50", "inference.permutations=9")
    assert said.code == 0, said.err
    cells = pd.read_csv("results/theirs/cells.csv")
    found = cells[cells["model"] == "small"].groupby("persona")["responses"].sum()
    assert found.to_dict() == {"DK": 64, "US": 64}
    said = culture_ray("report", "run=theirs")
    assert said.code == 0, said.err
    quality = pd.read_csv("results/theirs/quality.csv")
    assert set(quality["protocol"]) == {"imported_persona"}
    assert quality["requests"].sum() == 256
    page = Path("results/theirs/report.html").read_text(encoding="utf-8")
    assert 'id="topic-f120"' in page
    assert 'id="topic-f132"' not in page  # a topic of the catalogue that no response is about
    told = culture_ray("status", "run=theirs")
    assert "there is nothing to ask" in told.out
    assert "requests" not in told.out


@pytest.mark.slow
def test_own_items_are_compared_with_own_ground_truth(
    culture_ray: CultureRay, workplace: Path
) -> None:
    folder = workplace / "culture_ray_conf" / "populations"
    folder.mkdir(parents=True)
    (folder / "own.yaml").write_text(
        "# @package populations\nname: own\nsource: made up\ntable: own.csv\n"
    )
    lines = ["population,kind,languages,topic,value_polarity"]
    for name, kind in (("US", "country"), ("speakers:en", "language")):
        lines += [f"{name},{kind},en,own_{n},{n / 10}" for n in range(1, 7)]
    (folder / "own.csv").write_text("\n".join(lines) + "\n")
    table = pd.DataFrame(
        [("small", "en", f"own_{n}", n / 10, "own") for n in range(1, 7) for _ in range(2)],
        columns=["model", "language", "topic", "value_polarity", "family"],
    )
    said = bring(culture_ray, table, "populations=own")
    assert said.code == 0, said.err
    assert "without ground truth" not in said.out
    few = ("inference.rounds=50", "inference.permutations=9")
    assert culture_ray("analyse", "run=theirs", *few).code == 0
    cells = pd.read_csv("results/theirs/cells.csv").set_index("model")
    assert cells.loc["small", "topics"] == 6
    assert cells.loc["small", "alignment_language"] == pytest.approx(1.0)
    # Without these figures the topics are unknown.
    assert "6 topics outside the catalogue" in bring(culture_ray, table, run="other").complaint
