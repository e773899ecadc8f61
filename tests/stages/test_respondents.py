"""A run with persona=respondents: from a survey's file to the figures of its groups."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from culture_ray.config.compose import Content, compose_and_run
from culture_ray.config.run_settings import settings_from
from culture_ray.engines.interface import Request, Response
from culture_ray.errors import RunMismatch, UnknownName, WrongValue
from culture_ray.plan.requests import request_table
from culture_ray.prompts.render import options_of
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.sweep import sweep
from culture_ray.survey.profiles import Profile, is_profile
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.tools.populations.made_up_survey import (
    AGES,
    EVERYBODY,
    ONLY,
    TOPICS,
    cuts,
    made,
    people,
    position,
)

MODEL = "gemma_3_270m"
KEPT = 0.5
"""Share of each group's difference from everybody that the made-up model keeps."""


def settings_of(folder: Path, *words: str) -> Settings:
    found: list[Content] = []
    asked = [
        "experiment=respondents", f"model=[{MODEL}]", "language=[da,en]", "populations=made_up",
        f"topics.only=[{','.join(ONLY)}]", "design.prompts_per_language=32",
        "inference.rounds=100", f"results={folder / 'results'}", *words,
    ]  # fmt: skip
    compose_and_run("a test", asked, lambda content, _: found.append(content))
    return settings_from(found[0], "respondents", "culture-ray sweep experiment=respondents")


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("survey")
    made(folder, people(), "gender", "age")
    return folder


@pytest.fixture
def own(surveyed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CULTURE_RAY_CONF", str(surveyed))
    return surveyed


class Flattening:
    """Engine that answers as a respondent's group, but keeps only KEPT of its difference."""

    in_flight = 8

    def __init__(self, settings: Settings) -> None:
        plan = RunContext(settings).requests
        tables = [request_table(plan, MODEL, code) for code in settings.languages]
        self._rows = {row["request_id"]: row for table in tables for row in table.to_pylist()}
        self._languages = settings.languages

    async def start(self) -> None:
        """Be ready."""

    async def generate(self, request: Request) -> Response:
        """Return the probability of each option."""
        row = self._rows[request.request_id]
        at = ONLY.index(row["topic"])
        stand = EVERYBODY
        if is_profile(row["persona"]):
            told = Profile.read(row["persona"]).categories
            group = position(("man", "woman").index(told["gender"]), AGES.index(told["age"]))
            stand = EVERYBODY + KEPT * (group - EVERYBODY)
        share = np.diff([0.0, *norm.cdf(cuts(TOPICS[at]) - stand[at]), 1.0])
        by_code = dict(zip(TOPICS[at].scale.answers, share, strict=True))
        options = options_of(self._languages[row["language"]], row["topic"], row["wording"])
        shares = tuple(float(by_code[code]) for code in options.codes)
        return Response(request.request_id, "A", "stop", 50, 1, probabilities=shares)

    async def close(self) -> None:
        """Hold nothing."""


class Heard(Quiet):
    """A progress display that keeps what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


@pytest.mark.slow
def test_the_flattening_of_groups_is_found_and_who_was_told_what_is_recorded(
    tmp_path: Path,
    own: Path,
    in_process: list[tuple[str, Request]],  # noqa: F811
) -> None:
    settings = settings_of(tmp_path)
    heard = Heard()
    sweep(RunContext(settings), lambda _: Flattening(settings), heard)  # type: ignore[arg-type]

    told = (
        f"prompts of {MODEL} tell of respondents country (cntry_AN), gender (X001), "
        "age (X003): to this cluster"
    )
    assert told in heard.lines
    assert json.loads(settings.run.provenance.read_text())["told_of_respondents"] == {MODEL: told}
    prompts = {request.prompt for _, request in in_process}
    assert len(prompts) == len(in_process) == (8 + 1) * 32 * 2
    assert sum("- en kvinde" in p or "- kvinde" in p for p in prompts) == 4 * 32

    table = pd.read_csv(settings.run.folder / "groups.csv")
    assert set(zip(table["language"], table["population"], strict=True)) == {
        ("da", "DK"), ("en", "US"),
    }  # fmt: skip
    for _, cell in table.groupby("language"):
        over = cell[cell["category"].isna()].set_index(["characteristic", "measure"])
        for characteristic in ("gender", "age", "profile"):
            kept = over.loc[(characteristic, "variance_kept")]
            moved = over.loc[(characteristic, "steerability")]
            # The scale's ends bend the means a little, so the halves are not exact.
            assert kept["ci_low"] < KEPT**2 + 0.02 and kept["ci_high"] > KEPT**2 - 0.02
            assert moved["ci_low"] < KEPT + 0.02 and moved["ci_high"] > KEPT - 0.02
            assert kept["ci_high"] < 1
        assert over.loc[("profile", "item_correlation"), "value"] > 0.3
        groups = cell[cell["category"].notna()].set_index(["category", "measure"])
        assert set(groups.index.get_level_values("category")) == {"man", "woman", *AGES}
        assert (groups.xs("mean_difference", level="measure")["value"].abs() < 0.1).all()
        distances = groups.xs("wasserstein", level="measure")
        assert (distances["floor"] > 0).all()
        assert (groups.loc["woman"]["profiles"] == 4).all()
    # Answers without a persona keep figures of their own, as in any run.
    answers = pd.read_csv(settings.run.folder / "answers.csv")
    assert answers["persona"].isna().all() and set(answers["language"]) == {"da", "en"}


@pytest.mark.slow
def test_a_plan_counts_the_prompts_of_every_profile_and_refuses_an_api(
    tmp_path: Path, own: Path
) -> None:
    plan = RunContext(settings_of(tmp_path)).checked_plan()
    assert [row.estimate.requests for row in plan.rows] == [2 * 32 * (8 + 1)]
    assert plan.protocols[0].profiles == {"da": 8, "en": 8}
    few = RunContext(settings_of(tmp_path, "persona.profiles=3", "persona.countries=[DK,US]"))
    assert few.checked_plan().rows[0].estimate.requests == 2 * 32 * (2 * 3 + 1)

    remote = settings_of(tmp_path, "model=[gpt_4o]", "spending.cap_dollars=1")
    refusals = RunContext(remote).checked_plan().refusals
    assert any("persona.allow_api=False" in line and "gpt_4o" in line for line in refusals)
    allowed = RunContext(settings_of(tmp_path, "model=[gpt_4o]", "persona.allow_api=true"))
    plan = allowed.checked_plan()
    assert not any("allow_api" in line for line in plan.refusals)
    assert any("prompts of gpt_4o tell of respondents country" in line for line in plan.notices)


def test_another_draw_or_other_words_for_respondents_are_another_run(
    tmp_path: Path, own: Path
) -> None:
    RunContext(settings_of(tmp_path)).open()
    _ = RunContext(settings_of(tmp_path, "persona.allow_api=true")).made_with
    for word, told in (
        ("persona.profiles=3", "persona.profiles was 8, now 3"),
        ("persona.person=third", "persona.person was first, now third"),
        ("language.da.respondents.country='hjemme {country}'", "language.da.respondents.country"),
    ):
        with pytest.raises(RunMismatch, match=told):
            _ = RunContext(settings_of(tmp_path, word)).made_with


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("persona.countries=[XX]",), "unknown country 'XX' in persona.countries"),
        (("persona.countries=[DK,DK]",), "each once"),
        (("language=[fr]",), "none of them speaks 'fr'"),
        (("persona.smallest=500",), r"persona.smallest=500 .* fewer, such as DK: gender"),
        (("populations=evs_wvs_joint_v5",), "populations with respondents, which evs_wvs_joint_v5"),
        (("protocol=[verbalised_distribution]",), "unlike verbalised_distribution"),
        (("protocol=[hypothetical_interviews]",), "unlike hypothetical_interviews"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, own: Path, words: tuple[str, ...], expected: str
) -> None:
    with pytest.raises((WrongValue, UnknownName), match=expected) as refused:
        _ = RunContext(settings_of(tmp_path, *words)).requests
    assert "\n" not in str(refused.value)
