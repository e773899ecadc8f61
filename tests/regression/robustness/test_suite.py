"""All checks together, on made-up studies and on the published responses."""

import math
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from culture_ray.measures.resampling.resample import Resampling
from culture_ray.regression.robustness.steerability import GAIN
from culture_ray.regression.robustness.study import UNKNOWN, Responses, SurveyedPopulations
from culture_ray.regression.robustness.suite import robustness_checks
from tests.regression.robustness.responding import People, joined, one, responses_of

NUMBERS = ("estimate", "std_error", "ci_low", "ci_high")


def checked(responses, people, protocols=("interviews",), rounds=60):
    return robustness_checks(responses, people.surveyed(), Resampling(rounds=rounds), protocols)


def study(seed=1, topics=16):
    rng = np.random.default_rng(seed)
    people = People.drawn(rng, topics=topics, languages=2)
    shares = np.clip(people.speakers + rng.normal(0, 0.2, (2, 2, topics)), 0, 1)
    size = 2 * 2 * topics * 4
    levels = {"template": rng.integers(0, 3, size), "wording": rng.integers(0, 2, size)}
    return responses_of(shares, rng, each=4, **levels), people


def test_every_figure_can_be_had_of_a_whole_study():
    checks = checked(*study())
    expected = {"stability", "extrapolability", "steerability", "conditioning on language"}
    assert {c.check for c in checks} == expected
    missing = {c.what for c in checks if c.estimate is None}
    assert missing == {
        "gain in alignment from a persona of the population",
        "spread of value polarity between personas",
        "spread of alignment between protocols, chance included",
        "spread of alignment between protocols, beyond chance",
    }


def test_the_order_of_the_responses_means_nothing():
    responses, people = study()
    order = np.random.default_rng(2).permutation(responses.topic.size)
    shuffled = joined(*(responses.where(half) for half in (order % 2 == 0, order % 2 == 1)))
    before, after = checked(responses, people), checked(shuffled, people)
    for first, second in zip(before, after, strict=True):
        assert first.estimate == pytest.approx(second.estimate, abs=1e-9)
        assert first.ci_high == pytest.approx(second.ci_high, abs=1e-9)


@pytest.mark.slow
def test_protocols_are_checked_apart_and_against_each_other():
    responses, people = study()
    twice = joined(responses, replace(responses, protocol=responses.protocol + 1))
    checks = checked(twice, people, ("interviews", "direct"))
    alone = {c.what: c for c in checked(responses, people) if c.model == "m0"}
    for what in (
        "self-consistency within a language",
        "spread of value polarity between languages",
    ):
        for name in ("interviews", "direct"):
            found = one(checks, f"{what} (protocol {name})", "m0")
            assert found.estimate == alone[what].estimate
    observed = one(checks, "spread of alignment between protocols, chance included", "m0", "da")
    assert observed.estimate == pytest.approx(0, abs=1e-9)


def test_no_responses_are_rows_with_reasons():
    responses, people = study()
    checks = checked(responses.where(responses.topic < 0), people)
    assert {c.check for c in checks} >= {"stability", "extrapolability", "steerability"}
    assert all(c.estimate is None and c.reason for c in checks)


@st.composite
def poor_studies(draw):
    """Few responses that may all agree, lack topics, languages, ground truth or countries."""
    size = draw(st.integers(1, 60))
    topics = draw(st.integers(1, 14))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    opinions = draw(st.integers(0, 3))
    polarity = rng.integers(0, opinions + 1, size) / max(opinions, 1)
    polarity[rng.random(size) < draw(st.sampled_from((0.0, 0.3, 1.0)))] = np.nan

    def whole(most):
        return rng.integers(0, draw(st.integers(1, most)), size)

    responses = Responses(
        ("m0", "m1"), ("da", "en"), whole(2), whole(2), whole(topics), polarity,
        whole(3) + draw(st.sampled_from((0, UNKNOWN))), whole(2), whole(1),
    )  # fmt: skip
    truth = rng.integers(0, 4, (5, topics)) / 3
    truth[rng.random(truth.shape) < draw(st.sampled_from((0.0, 0.2, 1.0)))] = np.nan
    speakers = np.array([3, draw(st.sampled_from((4, UNKNOWN)))])
    country = np.arange(5) < draw(st.integers(0, 3))
    native = np.zeros((2, 5), dtype=bool)
    native[0, 0] = country[0]
    return responses, SurveyedPopulations(
        truth, country, speakers, native, tuple("EFDC" * 4)[:topics]
    )


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(poor=poor_studies())
def test_what_is_missing_has_a_reason_and_nothing_is_nan(poor):
    checks = robustness_checks(*poor, Resampling(rounds=8), ("interviews",))
    for row in map(asdict, checks):
        numbers = [row[name] for name in NUMBERS]
        assert not any(number is not None and not math.isfinite(number) for number in numbers), row
        assert row["reason"] or None not in numbers, row
        if row["ci_low"] is not None:
            assert row["ci_low"] <= row["estimate"] <= row["ci_high"], row


@pytest.fixture(scope="module")
def published(reference):
    """The published responses of six models, with the ground truth published beside them."""
    scored = pd.read_csv(reference / "scored_responses_gemma_openai.csv")
    topic = scored.question_key.str.lower()
    topics = sorted(topic.unique())
    files = (("language", "lnge_iso"), ("country", "cntry_an"))
    wide = [
        pd.read_csv(reference / f"ground_truth_{kind}.csv")
        .assign(question_key=lambda t: t.question_key.str.lower())
        .pivot(index=column, columns="question_key", values="pro_score")
        .reindex(columns=topics)
        for kind, column in files
    ]
    spoken = pd.read_csv(reference / "country_languages.csv").set_index("cntry_AN").lnge_iso
    models, languages = tuple(sorted(scored.model_name.unique())), tuple(wide[0].index)
    size, unknown = len(scored), np.full(len(scored), UNKNOWN)
    responses = Responses(
        models, languages, pd.Index(models).get_indexer(scored.model_name),
        pd.Index(languages).get_indexer(scored.language), pd.Index(topics).get_indexer(topic),
        scored.response_pro_score.to_numpy(), unknown, unknown, np.zeros(size, dtype=int),
    )  # fmt: skip
    names = [*languages, *wide[1].index]
    native = np.array([[spoken.get(name) == language for name in names] for language in languages])
    country = np.arange(len(names)) >= len(languages)
    surveyed = SurveyedPopulations(
        np.vstack([w.to_numpy() for w in wide]), country, np.arange(len(languages)), native,
        tuple(name[0] for name in topics),
    )  # fmt: skip
    return responses, surveyed, robustness_checks(responses, surveyed, Resampling(), ("imported",))


@pytest.mark.slow
def test_gains_of_the_published_models_are_those_of_scipy(published):
    responses, surveyed, checks = published
    truth = surveyed.ground_truth[:, responses.topic]

    def aligned(model, language, speakers):
        own = (responses.model == model) & (responses.language == language)
        own &= ~np.isnan(truth[speakers])
        return spearmanr(responses.polarity[own], truth[speakers, own])[0]

    for row, model in enumerate(responses.models):
        for column, language in enumerate(responses.languages):
            others = [aligned(row, other, column) for other in range(4) if other != column]
            expected = aligned(row, column, column) - np.mean(others)
            found = one(checks, GAIN, model, language)
            assert found.estimate == pytest.approx(expected, abs=1e-9)


def test_every_published_model_answers_somewhat_differently_in_another_language(published):
    _, _, checks = published
    excess = [c for c in checks if c.what.endswith("within minus between languages")]
    assert len(excess) == 6
    assert all(0.02 < c.estimate < 0.07 for c in excess)
    assert all(c.std_error < 0.04 for c in excess)
    spread = [c for c in checks if c.what == "spread of value polarity between languages"]
    assert all(0.3 < c.estimate < 0.8 for c in spread)


def test_imported_responses_say_that_they_know_no_prompts(published):
    _, _, checks = published
    reasons = {c.reason for c in checks if c.check == "stability"}
    assert reasons == {
        "The responses do not say which template.",
        "The responses do not say which wording.",
        "The responses all have the same protocol.",
    }
    assert sum(c.check == "stability" for c in checks) == 6
