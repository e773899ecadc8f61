"""Every benchmark file of the project reads items in its published layout and puts them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.items.read import Items, read_items
from culture_ray.benchmarks.items.stored import items_of
from culture_ray.benchmarks.putting.messages import EarlierAnswer, Placement, messages
from culture_ray.benchmarks.putting.placements import placements, put_steps
from culture_ray.benchmarks.putting.prompt_language import prompt_language
from culture_ray.benchmarks.rubrics.prompt import rating_prompt
from culture_ray.run.benchmark_items import lexicon_of
from tests.benchmarks.published import PUBLISHED

CONF = Path(__file__).resolve().parents[2] / "conf" / "benchmark"
NAMES = sorted(path.stem for path in CONF.glob("*.yaml"))


def shipped(name: str, folder: Path) -> Items:
    """Read a shipped benchmark from items of our own in its layout, written into a folder."""
    write, languages, _ = PUBLISHED[name]
    folder.mkdir(exist_ok=True)
    write(folder)
    content = yaml.safe_load((CONF / f"{name}.yaml").read_text(encoding="utf-8"))
    return read_items(Benchmark.from_mapping(name, content), languages, [folder, CONF], 1)


def test_every_file_has_items_in_its_layout() -> None:
    assert sorted(PUBLISHED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_file_says_its_own_name_licence_and_source(name: str) -> None:
    text = (CONF / f"{name}.yaml").read_text(encoding="utf-8")
    source = yaml.safe_load(text)["source"]
    assert text.startswith(f"# @package benchmark.{name}\n")
    assert source["licence"]
    assert source["cite"]
    assert source.get("revision") is None  # no commit is known to be right for everybody


@pytest.mark.parametrize("name", NAMES)
def test_a_published_layout_is_read_and_every_item_put(name: str, tmp_path: Path) -> None:
    items = shipped(name, tmp_path)
    benchmark = items.benchmark
    assert list(items.tables) == list(PUBLISHED[name][1])
    for language, table in items.tables.items():
        found = items_of(table)
        assert len(found) == PUBLISHED[name][2]
        if benchmark.items.answer is not None:
            assert all(item.answers for item in found)
        for put in put_steps(benchmark):
            spoken = prompt_language(put.condition, put.step, language)
            rows = placements(benchmark, put, language, [len(item.options) for item in found])
            earlier = {
                step.name: [EarlierAnswer("p", "said")] for step in put.condition.steps[: put.wave]
            }
            for item, part, variant, order in zip(
                rows.item, rows.part, rows.variant, rows.order, strict=True
            ):
                placement = Placement(put.condition, put.step, part, variant, order, spoken)
                said = messages(benchmark, found[item], placement, earlier)
                assert "{" not in said.prompt + said.system
                if not put.wave:
                    texts = (found[item].text, *found[item].fields.values())
                    assert any(text in said.prompt for text in texts)


TAKEN_OVER = (
    "casa", "cvc", "diwali", "ept", "gimmick", "gimmick_countries", "gimmick_description",
    "gsm8k_adapted", "language_knowledge",
)  # fmt: skip
"""Files in the layout that was looked up after they had first had one of the project's own."""
OWN_LAYOUT = ("amammere", "jiraibench", "kaleidoscope")


@pytest.mark.parametrize("name", [*TAKEN_OVER, *OWN_LAYOUT])
def test_a_file_says_where_its_layout_was_seen_or_that_it_was_not(name: str) -> None:
    text = (CONF / f"{name}.yaml").read_text(encoding="utf-8")
    assert ("\n# Layout not verified: " in text) == (name in OWN_LAYOUT)
    assert ("\n# Layout: " in text) == (name in TAKEN_OVER)
    if name in OWN_LAYOUT:
        assert "November 2026" in text
        assert "project's own" in text


def test_published_layouts_give_right_answers_and_groups(tmp_path: Path) -> None:
    cvc = items_of(shipped("cvc", tmp_path / "cvc").tables["zh"])
    first = next(item for item in cvc if item.id == "Drugs/0")
    assert (first.text, first.options) == ("一个场景", ("做", "不做", "问人"))
    assert [item.answers[0].text for item in cvc if item.groups["theme"] == "Drugs"] in (
        ["不做", "问人"], ["问人", "不做"],
    )  # fmt: skip
    problems = items_of(shipped("gsm8k_adapted", tmp_path / "gsm").tables["en"])
    assert {one.id: one.answers[0].text for one in problems} == {
        "1": "1,000", "2": "1,001", "4": "1,003",
    }  # fmt: skip
    assert all(one.fields["adapted"].startswith("Aisha") for one in problems)
    casa = items_of(shipped("casa", tmp_path / "casa").tables["en"])
    assert {one.groups["country"] for one in casa} == {"Japan", "Saudi Arabia"}
    regions = items_of(shipped("gimmick", tmp_path / "gimmick").tables["en"])
    assert {len(one.options) for one in regions} == {4}
    assert len({one.cluster for one in regions}) == 2
    both = [one for one in regions if one.cluster == "u1"]
    right = {"Arab States", "Eastern European States"}
    assert {tuple(right & set(one.options)) for one in both} == {(name,) for name in right}
    countries = items_of(shipped("gimmick_countries", tmp_path / "countries").tables["en"])
    peru = next(one for one in countries if one.groups["country"] == "Peru")
    assert set(peru.options) == {"Peru", "Cuba", "Bolivia", "Ecuador"}  # of its region, not Chile
    assert peru.answers[0].text == "Peru"
    persian = items_of(shipped("ept", tmp_path / "ept").tables["fa"])
    assert {one.id for one in persian} >= {"Ethics/1", "Safety/2"}
    assert {one.groups["dimension"] for one in persian if "Safety" in one.text} == {"Safety"}
    terms = lexicon_of(shipped("diwali", tmp_path / "diwali").benchmark, [tmp_path / "diwali"])
    assert terms == (("bebinca", "Goa"),)
    known = shipped("language_knowledge", tmp_path / "known")
    assert [items_of(known.tables[c])[0].options for c in ("de", "en")] == [
        ("Wahr", "Falsch"), ("True", "False"),
    ]  # fmt: skip


def test_the_hard_cultural_bench_has_flags_and_is_put_option_by_option(tmp_path: Path) -> None:
    items = shipped("culturalbench_hard", tmp_path)
    found = {item.id: item for item in items_of(items.tables["en"])}
    assert [answer.option for answer in found["0"].answers] == [0, 2]
    [put] = put_steps(items.benchmark)
    assert len(placements(items.benchmark, put, "en", [4, 4])) == 8


def test_questions_on_one_passage_are_one_cluster(tmp_path: Path) -> None:
    table = shipped("belebele", tmp_path).tables["da"]
    assert len(set(table.column("cluster").to_pylist())) == 2
    assert len(set(table.column("item").to_pylist())) == 4


def test_the_published_filter_drops_what_annotators_did_not_know(tmp_path: Path) -> None:
    table = shipped("blend_short", tmp_path).tables["es"]
    assert sorted(table.column("item").to_pylist()) == ["Q2", "Q3"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("diwali", ("Ann has 0 muffins.", "mathematical_integrity: a whole number from 1 to 5")),
        ("ept", ("tests Ethics of", "compliant: true or false")),
        ("gimmick_description", ("What dance 0 is.", "a whole number from 0 to 100")),
    ],
)
def test_a_judge_reads_the_published_criteria_with_the_item(
    name: str, said: tuple[str, ...], tmp_path: Path
) -> None:
    items = shipped(name, tmp_path)
    rubric = items.benchmark.rubric
    assert rubric is not None
    own = [one for table in items.tables.values() for one in items_of(table)]
    prompts = [rating_prompt(rubric, "AN ANSWER", {"text": o.text, **o.fields}) for o in own]
    assert all(prompt.user.count("AN ANSWER") == 1 for prompt in prompts)
    whole = "\n".join(f"{prompt.system}\n{prompt.user}" for prompt in prompts)
    assert all(part in whole for part in said)
