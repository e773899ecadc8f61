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
from tests.benchmarks.published import PUBLISHED

CONF = Path(__file__).resolve().parents[2] / "conf" / "benchmark"
NAMES = sorted(path.stem for path in CONF.glob("*.yaml"))


def shipped(name: str, folder: Path) -> Items:
    """Read a shipped benchmark from items of our own in its layout, written into a folder."""
    write, languages, _ = PUBLISHED[name]
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
