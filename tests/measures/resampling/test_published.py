from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from culture_ray.measures.cells import tabulate
from culture_ray.measures.consistency import self_consistency
from culture_ray.measures.populations import Populations
from culture_ray.measures.resampling.bootstrap import StudyCell
from culture_ray.measures.resampling.group_draws import GroupDraws
from culture_ray.measures.resampling.published import (
    _JoinedTable,
    published_bootstrap,
    published_bootstraps,
)
from culture_ray.measures.result import Reason
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


@pytest.mark.slow
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


@pytest.mark.slow
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


def test_rounds_depend_on_seed_and_cell_and_not_on_how_many_follow():
    whole = published_bootstrap(CELL, TRUTH, 300, 5)
    for other in (
        published_bootstrap(StudyCell("b", CELL.cell), TRUTH, 300, 5),
        published_bootstrap(CELL, TRUTH, 300, 6),
    ):
        assert not np.array_equal(whole.alignment_rounds, other.alignment_rounds)
    first = published_bootstrap(CELL, TRUTH, 7, 5)
    np.testing.assert_array_equal(first.alignment_rounds, whole.alignment_rounds[:7])
    np.testing.assert_array_equal(first.consistency_rounds, whole.consistency_rounds[:7])


def test_rounds_are_the_same_on_any_number_of_workers_and_in_any_order_of_cells():
    cells = [StudyCell(f"cell {i}", tabulate(TOPIC[i:], POLARITY[i:])) for i in range(9)]
    alone = list(published_bootstraps(cells, TRUTH, 50, 3))
    shared = list(published_bootstraps(cells[::-1], TRUTH, 50, 3, workers=4))[::-1]
    for one, other in zip(alone, shared, strict=True):
        assert one.key == other.key
        np.testing.assert_array_equal(one.alignment_rounds, other.alignment_rounds)
        np.testing.assert_array_equal(one.consistency_rounds, other.consistency_rounds)


def test_rounds_of_a_drawn_table_are_scipys_correlations_over_its_rows():
    table = _JoinedTable.of(CELL.cell, Populations.over(CELL.cell, TRUTH))
    drawn = table.draw(3, np.random.default_rng(4))
    topic, value = np.nonzero(CELL.cell.counts)
    aligned, consistent = table.alignment(drawn), table.consistency(drawn)
    for one in range(3):
        for population in range(4):
            times = drawn[population, :, one].astype(int)
            x, y = CELL.cell.values[value], TRUTH[population, topic]
            expected = stats.spearmanr(np.repeat(x, times), np.repeat(y, times)).statistic
            assert aligned[one, population] == pytest.approx(expected, abs=1e-5)
        times = drawn[:, :, one].sum(axis=0).astype(int)
        rows_topic, rows_value = np.repeat(topic, times), np.repeat(value, times)
        first, second = np.nonzero(rows_topic[:, None] == rows_topic)
        other = first != second
        expected = stats.spearmanr(rows_value[first[other]], rows_value[second[other]]).statistic
        assert consistent[one] == pytest.approx(expected, abs=1e-5)


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


def test_one_round_is_enough():
    assert published_bootstrap(CELL, TRUTH, 1).alignment_rounds.shape == (1, 4)


def test_a_seed_draws_the_same_published_rounds_in_every_release():
    [found] = published_bootstraps([CELL], TRUTH, 3)
    np.testing.assert_allclose(
        found.alignment_rounds[:, 0], [0.843193, 0.896224, 0.885649], rtol=1e-5
    )


def test_a_large_table_is_drawn_in_shorter_runs():
    """The number of rounds drawn at once is a part of the published stream."""
    table = _JoinedTable.of(CELL.cell, Populations.over(CELL.cell, TRUTH))
    assert table.rounds_at_once == 256
    large = replace(table, draws=GroupDraws(np.ones(5000, dtype=np.int64)))
    assert large.rounds_at_once == 64
