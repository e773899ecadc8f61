import numpy as np
import pandas as pd
import pytest

from culture_ray.measures import published as module
from culture_ray.measures.bootstrap import StudyCell
from culture_ray.measures.cells import tabulate
from culture_ray.measures.consistency import self_consistency
from culture_ray.measures.measured import Reason
from culture_ray.measures.published import published_bootstrap
from culture_ray.measures.rounds import Pairs

RNG = np.random.default_rng(8)
TRUTH = RNG.random((4, 12))
TRUTH[2, 3] = np.nan
TOPIC = np.repeat(np.arange(12), 4)
POLARITY = RNG.binomial(6, TRUTH[0, TOPIC]) / 6
CELL = StudyCell("a", tabulate(TOPIC, POLARITY))


def joined_table_rounds(rounds, rng, populations=4):
    """The same rounds made row by row: draw the joined table, rank with pandas, pair by a join."""
    rows = pd.DataFrame(
        [
            (t, x, p, TRUTH[p, t])
            for t, x in zip(TOPIC, POLARITY, strict=True)
            for p in range(populations)
        ],
        columns=["topic", "x", "population", "y"],
    ).dropna()
    aligned, consistent = [], []
    for _ in range(rounds):
        drawn = rows.iloc[rng.integers(0, len(rows), len(rows))].reset_index(drop=True)
        by_population = drawn.groupby("population")
        aligned.append([part.x.corr(part.y, "spearman") for _, part in by_population])
        own = drawn.reset_index()[["index", "topic", "x"]]
        pairs = own.merge(own, on="topic")
        pairs = pairs[pairs.index_x != pairs.index_y]
        consistent.append(pairs.x_x.corr(pairs.x_y, "spearman"))
    return np.array(aligned), np.array(consistent)


def test_rounds_are_distributed_as_draws_of_the_joined_table():
    aligned, consistent = joined_table_rounds(200, np.random.default_rng(1))
    found = published_bootstrap(CELL, TRUTH, 4000, 2)
    for mine, theirs in (
        (found.alignment_rounds, aligned),
        (found.consistency_rounds[:, None], consistent[:, None]),
    ):
        spread = theirs.std(axis=0, ddof=1)
        assert np.all(np.abs(mine.mean(axis=0) - theirs.mean(axis=0)) < 4 * spread / np.sqrt(200))
        np.testing.assert_allclose(mine.std(axis=0, ddof=1), spread, rtol=0.2)
    correlation = np.corrcoef(found.alignment_rounds.T)
    assert np.all(np.abs(correlation[np.triu_indices(4, 1)]) < 0.1)


def test_a_row_is_not_paired_with_itself_only_with_other_rows_of_its_response():
    # One population leaves few rows a topic, where the two differ most.
    _, consistent = joined_table_rounds(200, np.random.default_rng(3), populations=1)
    found = published_bootstrap(CELL, TRUTH[:1], 4000, 2).consistency_rounds
    error = consistent.std(ddof=1) / np.sqrt(200)
    assert abs(found.mean() - consistent.mean()) < 4 * error


def test_published_consistency_counts_agreement_of_a_response_with_itself():
    found = published_bootstrap(CELL, TRUTH, 1000)
    with_itself = self_consistency(CELL.cell, Pairs.ALL).value
    assert abs(found.consistency_rounds.mean() - with_itself) < 0.05
    assert found.consistency_rounds.mean() > found.consistency.value + 0.03


def test_rounds_depend_on_seed_and_cell_and_not_on_chunks(monkeypatch):
    whole = published_bootstrap(CELL, TRUTH, 300, 5)
    other = published_bootstrap(StudyCell("b", CELL.cell), TRUTH, 300, 5)
    assert not np.array_equal(whole.alignment_rounds, other.alignment_rounds)
    monkeypatch.setattr(module, "CHUNK_ELEMENTS", 2000)
    parts = published_bootstrap(CELL, TRUTH, 300, 5)
    np.testing.assert_allclose(parts.alignment_rounds, whole.alignment_rounds, atol=1e-12)
    np.testing.assert_allclose(parts.consistency_rounds, whole.consistency_rounds, atol=1e-12)


def test_contrasts_of_published_rounds_are_weighted_sums_of_them():
    weights = np.array([[1.0, -1.0, 0.0, 0.0]])
    plain = published_bootstrap(CELL, TRUTH, 20)
    found = published_bootstrap(StudyCell("a", CELL.cell, weights), TRUTH, 20)
    np.testing.assert_allclose(found.alignment_rounds, plain.alignment_rounds @ weights.T)


@pytest.mark.parametrize("cell", [tabulate([], []), tabulate([0, 0], [0.5, 0.5])])
def test_cells_without_spread_are_undefined_in_every_round(cell):
    found = published_bootstrap(StudyCell("a", cell), TRUTH, 5)
    assert np.isnan(found.alignment_rounds).all()
    assert np.isnan(found.consistency_rounds).all()
    assert found.alignment.reason[0] in (Reason.NO_RESPONSES, Reason.CONSTANT_RESPONSES)
