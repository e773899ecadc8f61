"""A run with persona=respondents: from a survey's file to the figures of its groups."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from culture_ray.config.compose import Content, compose_and_run
from culture_ray.config.run_settings import settings_from
from culture_ray.engines.interface import Request, Response
from culture_ray.errors import BadTable, RunMismatch, UnknownName, WrongValue
from culture_ray.plan.requests import request_table
from culture_ray.prompts.render import options_of
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.sweep import sweep
from culture_ray.survey.microdata.read_mapping import mapping_of
from culture_ray.survey.names import Names
from culture_ray.survey.profiles import Profile, is_profile
from culture_ray.survey.topics import Topic, read_topics
from culture_ray.tools.populations.job import PopulationsJob, PopulationsResult
from culture_ray.tools.populations.make import make_populations
from culture_ray.tools.populations.profile_settings import ProfileSettings, profile_rule
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.survey.microdata.layouts import catalogue, content_of

MODEL = "gemma_3_270m"
ONLY = ("c001_01", "d054", "d059", "e035", "e069_02", "f118", "f120", "f121")
KEPT = 0.5
"""Share of each group's difference from everybody that the made-up model keeps."""
TOPICS: tuple[Topic, ...] = read_topics({**catalogue(), "only": list(ONLY)})
EFFECTS = np.random.default_rng(4).normal(0, 0.35, (2 + 4, len(TOPICS)))
AGES = ("18-29", "30-44", "45-64", "65+")


def position(gender: int, age: int) -> np.ndarray:
    """Mean of a gender and age group on the normal scale behind each topic; (topics,)."""
    return np.asarray(EFFECTS[gender] + EFFECTS[2 + age])


EVERYBODY = np.mean([position(gender, age) for gender in (0, 1) for age in range(4)], axis=0)


def cuts(topic: Topic) -> np.ndarray:
    return np.linspace(-1.3, 1.3, len(topic.scale.answers) - 1)


def people(count: int = 2400) -> pd.DataFrame:
    """Respondents of two countries in the layout of the joint file."""
    random = np.random.default_rng(7)
    gender, age = random.integers(0, 2, count), random.integers(0, 4, count)
    lowest = np.array([18, 30, 45, 65])[age]
    stand = np.stack([position(g, a) for g, a in zip(gender, age, strict=True)])
    latent = stand + random.normal(size=stand.shape)
    answers = {
        topic.code: np.array(topic.scale.answers)[np.searchsorted(cuts(topic), latent[:, at])]
        for at, topic in enumerate(TOPICS)
    }
    return pd.DataFrame(
        {
            "cntry_AN": ["DK"] * (count // 2) + ["US"] * (count // 2),
            "lnge_iso": ["da"] * (count // 2) + ["en"] * (count // 2),
            "gwght": random.gamma(8, 1 / 8, count) + 0.05,
            "pwght": 1.0,
            "study": 1,
            "X001": gender + 1,
            "X003": lowest + random.integers(0, 12, count),
            **answers,
        }
    )


def made(
    folder: Path, frame: pd.DataFrame, *by: str, smallest: int = 10, small: Any = "merge"
) -> PopulationsResult:
    """Write a survey's file and its populations to `folder`, as culture-ray populations does."""
    folder.mkdir(exist_ok=True)
    frame.to_csv(folder / "joint.csv", index=False)
    survey = mapping_of(content_of("evs_wvs_joint"), {**catalogue(), "only": list(ONLY)})
    return make_populations(
        PopulationsJob(
            files=(folder / "joint.csv",),
            survey=survey,
            name="made_up",
            folder=folder,
            recode="symmetric",
            by=("country", "language"),
            names=Names(),
            command="culture-ray populations",
            profiles=profile_rule(ProfileSettings(by, smallest, small), survey),
        )
    )


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


def test_the_people_of_a_file_are_written_by_profile_without_their_own_numbers(
    surveyed: Path,
) -> None:
    table = pd.read_csv(surveyed / "populations" / "made_up.respondents.csv")
    assert table["profile"].nunique() == 2 * 2 * 4
    assert table["profile"].is_monotonic_increasing
    assert set(ONLY) < set(table.columns)
    assert not {"X001", "X003"} & set(table.columns)
    facts = json.loads((surveyed / "populations" / "made_up.provenance.json").read_text())
    assert facts["profiles"]["columns"] == {
        "country": "cntry_AN", "gender": "X001", "age": "X003",
    }  # fmt: skip
    assert facts["profiles"]["respondents"] == len(table) == len(people())


def test_small_cells_are_merged_or_refused_and_missing_ones_left_out(tmp_path: Path) -> None:
    frame = people(400)
    old = (frame["X003"] >= 65) & (frame["X001"] == 2) & (frame["cntry_AN"] == "DK")
    frame = frame.drop(frame.index[old][4:])
    frame.loc[frame.index[:5], "X001"] = -2
    result = made(tmp_path / "merged", frame, "gender", "age")
    assert result.respondents_file is not None
    sizes = pd.read_csv(result.respondents_file).groupby("profile").size()
    assert "DK: gender=woman" in sizes.index
    assert not any(name.startswith("DK: gender=woman, age") for name in sizes.index)
    assert sizes.min() >= 10
    notices = {notice.text: notice.count for notice in result.notices}
    assert notices["respondents without gender (X001), in no profile"] == 5
    merged = next(text for text in notices if "leave out characteristics" in text)
    assert notices[merged] == sizes["DK: gender=woman"]

    with pytest.raises(BadTable, match=r"1 profile has fewer .* DK: gender=woman, age=65\+"):
        made(tmp_path / "refused", frame, "gender", "age", small="refuse")
    with pytest.raises(BadTable, match="no cell of 5000 or more respondents"):
        made(tmp_path / "nobody", frame, "gender", smallest=5000)


def test_a_column_or_characteristic_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="no column X025R among its 15 columns"):
        made(tmp_path, people(40), "education")
    with pytest.raises(UnknownName, match=r"unknown characteristic 'religion' in respondents of"):
        made(tmp_path, people(40), "religion")
    with pytest.raises(WrongValue, match=r"respondents.by=.*each characteristic once"):
        made(tmp_path, people(40), "age", "age")
    with pytest.raises(WrongValue, match="the other keys of respondents"):
        made(tmp_path, people(40), smallest=5)


def test_weights_that_are_all_missing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="no respondent has a positive weight"):
        made(tmp_path, people(40).assign(gwght=np.nan), "gender")
