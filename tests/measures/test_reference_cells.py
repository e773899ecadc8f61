"""The 24 cells of the published responses, computed outside this project, met to 1e-4."""

import numpy as np
import pandas as pd

from culture_ray.measures.alignment import alignment
from culture_ray.measures.cells import tabulate
from culture_ray.measures.consistency import self_consistency


def wide(path, population, topics):
    table = pd.read_csv(path)
    table = table.assign(question_key=table.question_key.str.lower())
    return table.pivot(index=population, columns="question_key", values="pro_score").reindex(
        columns=topics
    )


def test_the_reference_cells_are_met(reference, scored):
    topics = sorted(scored.question_key.unique())
    countries = wide(reference / "ground_truth_country.csv", "cntry_an", topics)
    speakers = wide(reference / "ground_truth_language.csv", "lnge_iso", topics)
    truth = pd.concat([speakers, countries])
    spoken = pd.read_csv(reference / "country_languages.csv").set_index("cntry_AN").lnge_iso
    topic = pd.Index(topics).get_indexer(scored.question_key)
    rows = []
    expected = pd.read_csv(reference / "expected_cells_gemma_openai.csv")
    for model, language in zip(expected.model, expected.language, strict=True):
        own = ((scored.model_name == model) & (scored.language == language)).to_numpy()
        cell = tabulate(topic[own], scored.response_pro_score[own])
        aligned = pd.Series(alignment(cell, truth.to_numpy()).value, truth.index)
        covered = [found[truth.index.get_loc(language)] for found in cell.coverage(truth.values)]
        native = aligned[[c for c in spoken.index[spoken == language] if c != "US"]].mean()
        agreement = [aligned[language], aligned["US"], native, aligned["US"] - native]
        rows.append([cell.responses, *covered, *agreement, float(self_consistency(cell).value)])
    found = pd.DataFrame(rows, columns=expected.columns[2:])
    np.testing.assert_array_equal(found.iloc[:, :3], expected.iloc[:, 2:5])
    np.testing.assert_allclose(found.iloc[:, 3:], expected.iloc[:, 5:], rtol=0, atol=1e-4)
