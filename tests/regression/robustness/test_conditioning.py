from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from culture_ray.measures.consistency import self_consistency
from culture_ray.regression.robustness.conditioning import (
    FIGURES,
    conditioning,
    language_consistency,
)
from tests.regression.robustness.responding import (
    People,
    joined,
    one,
    responses_of,
    squashed,
    study_of,
)

WITHIN, BETWEEN, EXCESS = FIGURES


@st.composite
def tables(draw, topics=4, languages=3):
    size = draw(st.integers(2, 30))
    whole = st.lists(st.integers(0, 10**6), min_size=size, max_size=size)
    topic, language, value = (np.array(draw(whole)) for _ in range(3))
    return topic % topics, language % languages, (value % 5) / 4


def counted(topic, language, polarity, topics=4, languages=3):
    counts = np.zeros((languages, topics, 5))
    np.add.at(counts, (language, topic, np.round(polarity * 4).astype(int)), 1)
    return counts


def over_pairs(topic, language, polarity, weights):
    """Weighted rank correlations over pairs that are really listed."""
    size = {(t, k): np.sum((topic == t) & (language == k)) for t in topic for k in language}
    spoken = {t: [k for k in set(language) if size[t, k] >= 2] for t in topic}
    lists = {True: [], False: []}
    for i in range(topic.size):
        for j in range(topic.size):
            t, a, b = topic[i], language[i], language[j]
            if i == j or topic[j] != t or len(spoken[t]) < 2 or not {a, b} <= set(spoken[t]):
                continue
            weight = weights[t] / size[t, a]
            weight /= size[t, b] - 1 if a == b else (len(spoken[t]) - 1) * size[t, b]
            lists[a == b].append((polarity[i], polarity[j], weight))
    return [weighted_spearman(np.array(lists[same])) for same in (True, False)]


def weighted_spearman(pairs):
    if not len(pairs) or pairs[:, 2].sum() == 0:
        return np.nan
    x, y, w = pairs.T
    rank_x, rank_y = (
        np.array([w[v < at].sum() + 0.5 * w[v == at].sum() for at in v]) for v in (x, y)
    )
    rank_x, rank_y = (r - np.average(r, weights=w) for r in (rank_x, rank_y))
    variance = np.sum(w * rank_x**2)
    return np.nan if variance < 1e-12 else np.sum(w * rank_x * rank_y) / variance


@pytest.mark.slow
@settings(deadline=None)
@given(table=tables(), weights=st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_the_closed_form_equals_a_list_of_all_pairs(table, weights):
    rounds, _ = language_consistency(counted(*table), np.array([weights], dtype=float))
    expected = over_pairs(*table, weights)
    np.testing.assert_allclose(rounds[0, :2], expected, atol=1e-9)
    np.testing.assert_allclose(rounds[0, 2], expected[0] - expected[1], atol=1e-9)


def test_with_as_many_responses_everywhere_it_is_scipys_rank_correlation_of_pairs():
    rng = np.random.default_rng(0)
    topic, language = (index.ravel() for index in np.indices((6, 2, 4))[:2])
    polarity = rng.integers(0, 5, topic.size) / 4
    pairs = [
        (language[i] == language[j], polarity[i], polarity[j])
        for i in range(topic.size)
        for j in range(topic.size)
        if i != j and topic[i] == topic[j]
    ]
    expected = [spearmanr([p[1:] for p in pairs if p[0] == same])[0] for same in (True, False)]
    counts = counted(topic, language, polarity, topics=6, languages=2)
    rounds, topics = language_consistency(counts, np.ones((1, 6)))
    np.testing.assert_allclose(rounds[0, :2], expected, atol=1e-12)
    assert topics == 6


@settings(deadline=None)
@given(table=tables(), weights=st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_a_topic_that_counts_twice_counts_as_two_topics(table, weights):
    topic, language, polarity = table
    copies = [(topic + 4 * n, language, polarity) for n in range(2)]
    kept = [np.array(weights)[topic] > n for n in range(2)]
    doubled = (
        np.concatenate([c[k] for c, k in zip(col, kept, strict=True)])
        for col in zip(*copies, strict=True)
    )
    expected, _ = language_consistency(counted(*doubled, topics=8), np.ones((1, 8)))
    found, _ = language_consistency(counted(*table), np.array([weights], dtype=float))
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_a_model_to_which_language_means_nothing_has_no_difference_whatever_its_noise():
    rng = np.random.default_rng(3)
    people = People.drawn(rng, topics=300)
    opinion = rng.random(300)
    shares = np.broadcast_to(opinion, (1, 4, 300))
    asked = enumerate(((3, 2), (5, 5), (9, 10), (4, 30)))
    parts = [
        (language, responses_of(shares, rng, each=each, opinions=opinions))
        for language, (each, opinions) in asked
    ]
    responses = joined(*(part.where(part.language == language) for language, part in parts))
    checks = conditioning(study_of(responses, people))
    assert one(checks, WITHIN, "m0").estimate > 0.4
    assert abs(one(checks, EXCESS, "m0").estimate) < 0.02


def test_opinions_that_differ_by_language_lower_only_the_consistency_between():
    rng = np.random.default_rng(4)
    people = People.drawn(rng, topics=200)
    own = squashed(rng.normal(0, 1, (1, 4, 200)))
    checks = conditioning(study_of(responses_of(own, rng), people))
    within, between = one(checks, WITHIN, "m0"), one(checks, BETWEEN, "m0")
    excess = one(checks, EXCESS, "m0")
    assert within.estimate > 0.6
    assert between.ci_low < 0 < between.ci_high
    assert excess.estimate == pytest.approx(within.estimate - between.estimate)
    assert excess.ci_low > 0.5


def test_with_one_figure_per_language_it_is_near_the_self_consistency_of_the_cells():
    rng = np.random.default_rng(5)
    people = People.drawn(rng, topics=200)
    study = study_of(responses_of(people.speakers[None], rng), people)
    within = one(conditioning(study), WITHIN, "m0").estimate
    cells = np.mean([self_consistency(cell).value for cell in study.cells[0]])
    assert within == pytest.approx(cells, abs=0.02)


def test_what_cannot_be_compared_says_why():
    rng = np.random.default_rng(6)
    people = People.drawn(rng)
    shares = np.repeat(people.speakers[None], 3, axis=0)
    responses = responses_of(shares, rng, each=2)
    single = (responses.model == 0) & (responses.language == 0)
    first = np.arange(responses.topic.size) % 2 == 0
    split = (responses.model == 1) & first
    constant = responses.model == 2
    responses.polarity[constant] = 0.5
    checks = conditioning(study_of(responses.where(single | split | constant), people))
    reasons = [one(checks, EXCESS, model).reason for model in ("m0", "m1", "m2")]
    assert [c.estimate for c in checks] == [None] * 9
    assert "one language" in reasons[0]
    assert "two responses" in reasons[1]
    assert "same value polarity" in reasons[2]


def test_a_language_with_a_single_response_is_a_language():
    """The response's topic cannot be compared: a topic is missing, not a language."""
    rng = np.random.default_rng(4)
    people = People.drawn(rng)
    whole = responses_of(np.full((1, 2, 40), 0.5), rng)
    kept = (whole.language == 0) | (np.cumsum(whole.language == 1) == 1)
    columns = ("model", "language", "topic", "polarity", "template", "wording", "protocol")
    part = replace(whole, **{name: getattr(whole, name)[kept] for name in columns})
    check = one(conditioning(study_of(part, people, rounds=5)), BETWEEN, "m0")
    assert check.estimate is None
    assert "No topic has two responses" in check.reason
