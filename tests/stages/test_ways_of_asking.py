"""Ways of asking crossed with perturbations: planned, run, and each effect read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pytest

from culture_ray.config.compose import Content, compose_and_run
from culture_ray.config.run_settings import settings_from
from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model
from culture_ray.errors import BadPrompts, WrongValue
from culture_ray.plan.requests import request_plan, request_table
from culture_ray.prompts.factors import Factors, Variant
from culture_ray.prompts.options import OfferedOptions
from culture_ray.prompts.render import options_of
from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.sweep import sweep
from culture_ray.tables import ANSWER_SHARES
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.small import small_settings

MODEL = "gemma_3_270m"
ALONE = ("option_probability", "constrained_choice", "free_sampling", "verbalised_distribution")
NUMBERED = (*ALONE, "sequence")
"""Ways that are also asked with numbers as labels."""
WAYS = (*NUMBERED, "battery")
TOPICS = ("c001_01", "d054", "d059", "d060", "e069_02", "e069_04", "e116", "e117")


def experiment(results: Path, *words: str) -> Settings:
    found: list[Content] = []
    asked = ["experiment=ways_of_asking", *words]
    compose_and_run("a test", asked, lambda content, _: found.append(content))
    content = {**found[0], "results": str(results)}
    return settings_from(content, "ways_of_asking", "culture-ray sweep experiment=ways_of_asking")


def varied(settings: Settings, protocol: str, factors: Factors) -> Settings:
    own = replace(settings.protocols[protocol], factors=factors)
    return replace(settings, protocols={**settings.protocols, protocol: own})


@pytest.mark.slow
def test_the_experiment_asks_every_question_in_every_way_and_combination(tmp_path: Path) -> None:
    settings = experiment(tmp_path)
    plan = request_plan(settings)
    table = request_table(plan, MODEL, "en").to_pandas()
    groups = plan.groups["battery"]
    assert len(groups) < len(settings.topics) == sum(map(len, groups.values()))
    of_battery = table[table["protocol"] == "battery"]
    assert len(table) == len(settings.topics) * 2 * 8 * len(NUMBERED) + len(groups) * 2 * 4
    assert table["request_id"].is_unique
    counts = of_battery.fillna({"variant": "usual"}).groupby(["topic", "wording", "variant"]).size()
    assert (counts == 1).all()
    for _, of_way in table.drop(of_battery.index).groupby("protocol"):
        assert set(of_way["variant"].dropna()) == {
            "labels=numbers", "dont_know=with", "typos=0.05", "labels=numbers, dont_know=with",
            "labels=numbers, typos=0.05", "dont_know=with, typos=0.05",
            "labels=numbers, dont_know=with, typos=0.05",
        }  # fmt: skip
        counts = of_way.fillna({"variant": "usual"}).groupby(["topic", "wording", "variant"]).size()
        assert (counts == 1).all()
    (row,) = RunContext(settings).checked_plan().rows
    assert row.estimate.requests == 2 * len(table)


def test_varying_a_protocol_only_adds_requests(tmp_path: Path) -> None:
    usual = small_settings(tmp_path, "protocol=[direct_item]")
    more = varied(usual, "direct_item", Factors(typos=(0.0, 0.05)))
    ids, variants = (
        request_table(request_plan(settings), MODEL, "en").to_pandas() for settings in (usual, more)
    )
    assert ids["variant"].isna().all()
    known = variants["request_id"].isin(ids["request_id"])
    assert known.sum() == len(ids) == len(variants) / 2
    assert set(variants[~known]["variant"]) == {"typos=0.05"}


@pytest.mark.parametrize(
    ("protocol", "factors", "expected"),
    [
        ("hypothetical_interviews", Factors(labels=("letters", "numbers")), "offers no options"),
        ("hypothetical_interviews", Factors(order=("as_is",)), "offers no options"),
        ("direct_item", Factors(labels=("numbers",)), "option_probability"),
        ("option_probability", Factors(labels=("words",)), "one token"),
        ("free_sampling", Factors(labels=("words",), scale=("reversed",)), "no labels"),
        ("free_sampling", Factors(typos=(0.1, 0.1)), "without duplicates"),
        ("free_sampling", Factors(dont_know=()), "at least one level"),
        ("free_sampling", Factors(labels=("numbers",)), "topic e035 are more than 9"),
    ],
)
def test_a_level_that_does_nothing_or_cannot_be_read_is_refused_by_its_name(
    protocol: str, factors: Factors, expected: str, tmp_path: Path
) -> None:
    ways = "protocol=[hypothetical_interviews,direct_item,option_probability,free_sampling]"
    settings = varied(small_settings(tmp_path, ways), protocol, factors)
    with pytest.raises(WrongValue, match=f"protocol.{protocol}.factors.*{expected}"):
        request_plan(settings)


def test_a_language_without_words_for_not_knowing_is_named(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, "protocol=[direct_item]")
    silent = replace(settings.languages["da"], dont_know="")
    settings = replace(settings, languages={**settings.languages, "da": silent})
    with pytest.raises(BadPrompts, match=r"language da: .* add dont_know"):
        request_plan(varied(settings, "direct_item", Factors(dont_know=("with",))))


class Opinionated:
    """Engine that takes the side of the majority, with two habits that have effects.

    It takes the opposite side on every second topic where options are numbered, and on every topic
    where it answers in its own words.
    """

    in_flight = 8

    def __init__(self, settings: Settings) -> None:
        table = request_table(request_plan(settings), MODEL, "en")
        self._rows = {row["request_id"]: row for row in table.to_pylist()}
        self._language = settings.languages["en"]
        self._scales = {topic.id: topic.scale for topic in settings.topics}
        truth = ground_truth_of(settings)
        speakers = truth.speakers_of("en")
        assert speakers is not None
        shares = truth.value_polarity[truth.row(speakers.name)]
        ranked = sorted(TOPICS, key=lambda topic: shares[truth.topics.index(topic)])
        self.pro = set(ranked[len(ranked) // 2 :])
        self._second = set(ranked[::2])

    async def start(self) -> None:
        """Be ready."""

    async def generate(self, request: Request) -> Response:
        """Return the chosen option, in the form that the way of asking wants."""
        row = self._rows[request.request_id]
        variant = Variant.read(row["variant"])
        if row["items"] is not None:
            letters = (self._letter(row, topic, variant) for topic in row["items"])
            text = "\n".join(f"{number}. {letter}" for number, letter in enumerate(letters, 1))
            return Response(request.request_id, text, "stop", 50, 5)
        options = options_of(self._language, row["topic"], row["wording"], variant)
        at = self._choice(row, variant, options)
        shares = tuple(float(at == place) for place in range(len(options.codes)))
        text = {
            "constrained_choice": json.dumps({"answer": options.answers[at]}),
            "free_sampling": f"I would say {options.texts[at]}.",
            "sequence": f"{options.texts[at]}.",
            "verbalised_distribution": "\n".join(
                f"{label}: {round(share * 100)}%"
                for label, share in zip(options.labels, shares, strict=True)
            ),
        }.get(row["protocol"], options.labels[at])
        by_probability = shares if request.options else None
        return Response(request.request_id, text, "stop", 50, 5, probabilities=by_probability)

    def _letter(self, row: Mapping[str, Any], topic: str, variant: Variant) -> str:
        options = options_of(self._language, topic, row["wording"], variant)
        return options.labels[self._choice({**row, "topic": topic}, variant, options)]

    def _choice(self, row: Mapping[str, Any], variant: Variant, options: OfferedOptions) -> int:
        pro = row["topic"] in self.pro
        pro ^= variant.labels == "numbers" and row["topic"] in self._second
        pro ^= row["protocol"] == "free_sampling"
        scale = self._scales[row["topic"]]
        return options.codes.index((scale.pro if pro else scale.con)[0])

    async def close(self) -> None:
        """Hold nothing."""


def with_people(settings: Settings, folder: Path, pro: set[str]) -> Settings:
    """Return the settings with speakers of whom seven in ten answer as the model does."""
    rows = [
        {
            "population": "speakers:en", "population_kind": "language", "topic": topic.id,
            "answer": answer, "n": None, "std_error": None, "half_a": None, "half_b": None,
            "share": 0.7 if answer == (topic.scale.pro if topic.id in pro else topic.scale.con)[0]
            else 0.3 / (len(topic.scale.answers) - 1),
        }
        for topic in settings.topics
        for answer in topic.scale.answers
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=ANSWER_SHARES)
    pa.csv.write_csv(table, folder / "people.csv")
    return replace(settings, answers_table=folder / "people.csv")


@pytest.mark.slow
def test_each_effect_is_in_the_robustness_table_with_its_interval(
    tmp_path: Path,
    in_process: list[tuple[str, Request]],  # noqa: F811
) -> None:
    words = (
        "language=[en]", f"topics.only=[{','.join(TOPICS)}]", "inference.rounds=60",
        "stages=[elicit,judge,measure,regress]",
    )  # fmt: skip
    settings = experiment(tmp_path, *words)
    settings = with_people(settings, tmp_path, Opinionated(settings).pro)

    def make(_: Model) -> Opinionated:
        return Opinionated(settings)

    sweep(RunContext(settings), make, Quiet())  # type: ignore[arg-type]
    groups = request_plan(settings).groups["battery"]
    assert len(in_process) == len(TOPICS) * 2 * 8 * len(NUMBERED) + len(groups) * 2 * 4
    table = pd.read_csv(settings.run.folder / "robustness.csv")
    effects = table[(table["check"] == "effect of asking") & (table["language"] == "en")]
    effects = effects.set_index("what")

    for way in WAYS:
        if way in NUMBERED:
            numbers = effects.loc[
                f"alignment with labels=numbers minus labels=letters (protocol {way})"
            ]
            sign = -1 if way == "free_sampling" else 1
            assert sign * numbers["estimate"] < -0.3
            away = effects.loc[
                f"wasserstein with labels=numbers minus labels=letters (protocol {way})"
            ]
            assert sign * away["estimate"] > 0.1
            assert away["ci_low"] < away["estimate"] < away["ci_high"]
        for same in (
            "order=reversed minus order=as_is",
            "dont_know=with minus dont_know=without",
            "typos=0.05 minus typos=0",
        ):
            for figure in ("alignment", "wasserstein", "jensen_shannon"):
                row = effects.loc[f"{figure} with {same} (protocol {way})"]
                assert row["estimate"] == pytest.approx(0, abs=1e-12)
                assert row["ci_low"] - 1e-12 <= 0 <= row["ci_high"] + 1e-12
    opposite = effects.loc[
        "alignment with protocol=free_sampling minus protocol=option_probability"
    ]
    assert opposite["ci_low"] < opposite["estimate"] < -0.5
    farther = effects.loc[
        "wasserstein with protocol=free_sampling minus protocol=option_probability"
    ]
    assert farther["ci_low"] > 0
    for way in ("constrained_choice", "verbalised_distribution", "sequence"):
        row = effects.loc[f"alignment with protocol={way} minus protocol=option_probability"]
        assert row["estimate"] == pytest.approx(0, abs=1e-12)
    answers = pd.read_csv(settings.run.folder / "answers.csv")
    assert set(answers["protocol"]) == set(WAYS)
    sums = answers.groupby(["protocol", "topic"])["share"].sum()
    assert (sums - 1).abs().max() < 1e-9
