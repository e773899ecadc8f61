"""Requests say what the file says: in the prompt's language, order, condition and step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.putting.messages import (
    EarlierAnswer,
    Placement,
    allowed_answers,
    messages,
    option_order,
)
from culture_ray.benchmarks.putting.placements import items_per_block, placements, put_steps
from culture_ray.benchmarks.putting.prompt_language import fall_backs, prompt_language
from culture_ray.benchmarks.rows import BenchmarkItem, Exchange, RightAnswer
from tests.benchmarks.examples import CHOICES, STEPS, content
from tests.benchmarks.items.sources import changed, read, write_csv

ITEM = BenchmarkItem(
    id="1", cluster="1", language="en", text="Is {options} a word?",
    fields={"place": "Ribe"}, options=("yes", "no", "perhaps"),
    answers=(RightAnswer("no", 1),),
)  # fmt: skip


def _placement(benchmark: Benchmark, condition: str = "plain", **parts: Any) -> Placement:
    own = benchmark.conditions[condition]
    values = {"step": own.answer_step, "part": 0, "variant": 0, "order": "as_is"}
    return Placement(condition=own, prompt_language="en", **values | parts)


def test_options_stand_in_the_order_asked_for_and_braces_of_an_item_are_text() -> None:
    benchmark = Benchmark.from_mapping("b", content(CHOICES))
    said = messages(benchmark, ITEM, _placement(benchmark, order="reversed"), {})
    assert said.prompt == "Is {options} a word?\nA. perhaps\nB. no\nC. yes\nAnswer:"
    assert option_order(3, "reversed") == (2, 1, 0)
    assert (said.system, said.turns) == ("", ())


def test_a_language_without_prompt_takes_its_base_language_then_english() -> None:
    benchmark = Benchmark.from_mapping("b", content(CHOICES, languages={"pt-BR": "pt", "da": "da"}))
    [condition] = benchmark.conditions.values()
    assert prompt_language(condition, condition.answer_step, "pt-BR") == "pt"
    assert prompt_language(condition, condition.answer_step, "da") == "en"
    assert list(fall_backs(benchmark, ["pt-BR", "da"])) == ["da"]


def test_a_step_over_a_list_is_one_request_per_entry_and_its_answers_enter_the_next() -> None:
    benchmark = Benchmark.from_mapping("b", content(STEPS))
    agents = [put for put in put_steps(benchmark) if put.condition.name == "agents"]
    assert [put.wave for put in agents] == [0, 1]
    rows = placements(benchmark, agents[0], "en", [0, 0])
    assert len(rows) == 2 * 3 * 7  # items, samples, entries
    assert rows.part[:7] == list(range(7))
    assert len(placements(benchmark, agents[1], "en", [0, 0])) == 2 * 3
    step = agents[0].step
    asked = _placement(benchmark, "agents", step=step, part=1)
    assert messages(benchmark, ITEM, asked, {}).system.startswith("You think from within the East")
    views = [EarlierAnswer("p", "First.", 0), EarlierAnswer("p", "Second.", 1)]
    said = messages(benchmark, ITEM, _placement(benchmark, "agents"), {"views": views})
    assert "Views:\nWestern: First.\n\nEast Asian: Second.\n\nWrite" in said.prompt


def test_a_step_may_go_on_with_the_conversation() -> None:
    steps = {"first": {"prompt": "{text}"}, "answer": {"prompt": "And {place}?", "continue": True}}
    design = content(STEPS, conditions={"talk": {"steps": steps}}, scores={"repetition": {}})
    design["items"] = {**design["items"], "fields": {"place": "place"}}
    benchmark = Benchmark.from_mapping("b", design)
    said = messages(
        benchmark, ITEM, _placement(benchmark, "talk"), {"first": [EarlierAnswer("Q?", "A.")]}
    )
    assert said.turns == (Exchange("Q?", "A."),)
    assert said.prompt == "And Ribe?"


def test_a_statement_is_put_once_per_option_and_answered_by_a_label() -> None:
    design = content(
        CHOICES,
        answer={"kind": "statement", "labels": {"true": {"en": "True", "nl": "Waar"},
                                                "false": {"en": "False", "nl": "Onwaar"}}},
        prompts="{text} {option}?", orders=None,
    )  # fmt: skip
    benchmark = Benchmark.from_mapping("b", design)
    [put] = put_steps(benchmark)
    assert placements(benchmark, put, "en", [3, 2]).part == [0, 1, 2, 0, 1]
    said = messages(benchmark, ITEM, _placement(benchmark, part=2), {})
    assert said.prompt == "Is {options} a word? perhaps?"
    assert allowed_answers(benchmark, "nl") == ("Waar", "Onwaar")
    assert allowed_answers(benchmark, "da") == ("True", "False")


def test_worked_examples_are_exchanges_with_the_right_answer(tmp_path: Path) -> None:
    write_csv(tmp_path / "eng.csv")
    few = {"path": "dev.csv", "count": 1, "answers": {"en": "It is {answer}."}}
    conditions = {"none": {"few_shot": 0}, "one": {}}
    benchmark = Benchmark.from_mapping("b", changed(few_shot=few, conditions=conditions))
    said = messages(benchmark, ITEM, _placement(benchmark, "one"), {}, [ITEM])
    assert [turn.assistant for turn in said.turns] == ["It is B."]
    turned = messages(benchmark, ITEM, _placement(benchmark, "one", order="reversed"), {}, [ITEM])
    assert turned.turns[0].user.endswith("A. perhaps\nB. no\nC. yes")
    assert messages(benchmark, ITEM, _placement(benchmark, "none"), {}, [ITEM]).turns == ()


def test_several_prompts_and_both_orders_multiply() -> None:
    design = content(CHOICES, prompts={"en": ["{text} {options}", "Q: {text} {options}"]})
    benchmark = Benchmark.from_mapping("b", design)
    [put] = put_steps(benchmark)
    rows = placements(benchmark, put, "nl", [4])
    assert list(zip(rows.variant, rows.order, strict=True)) == [
        (0, "as_is"), (0, "reversed"), (1, "as_is"), (1, "reversed"),
    ]  # fmt: skip
    assert items_per_block(benchmark, "nl", 64) == 16


@pytest.mark.parametrize("kind", ["option", "label"])
def test_an_item_that_was_read_is_put(tmp_path: Path, kind: str) -> None:
    from culture_ray.benchmarks.items.stored import items_of

    write_csv(tmp_path / "eng.csv")
    answer: dict[str, Any] = {"kind": kind} | ({"labels": ["A", "B"]} if kind == "label" else {})
    items = read(tmp_path, changed(answer=answer))
    first = items_of(items.tables["en"].sort_by("item"))[0]
    said = messages(items.benchmark, first, _placement(items.benchmark), {})
    assert said.prompt == "Capital of Denmark? A. Aarhus\nB. Copenhagen"
    assert first.answers[0].text == ("Copenhagen" if kind == "option" else "B")
