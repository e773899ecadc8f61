"""Texts written by a model are checked and filtered, and texts written by a person are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from culture_ray.engines.interface import Sampling
from culture_ray.errors import WrongValue
from culture_ray.prompts.language import read_language
from culture_ray.prompts.language_file import dumped, nested
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import commit
from culture_ray.sweep.plan.units import Task, Unit
from culture_ray.sweep.progress.progress import Progress
from culture_ray.tools.texts.drafts import Draft, review
from culture_ray.tools.texts.job import TargetLanguage, TextJob, TextResult
from culture_ray.tools.texts.language_entries import new_entries
from culture_ray.tools.texts.requests import TextRun
from culture_ray.tools.texts.translate import translate
from culture_ray.tools.texts.vary import vary
from tests.scripted import ENGLISH, GERMAN, NEW, scripted

ASKED = TextJob(
    source=ENGLISH,
    source_tongue=TargetLanguage("en", "English"),
    existing={},
    tongue=TargetLanguage("de", "German"),
    maker="big",
    checker="big",
    sampling=Sampling(temperature=0.0),
    neighbours=("da", "nl", "pt"),
)
T01 = ENGLISH["protocols"]["hypothetical_interviews"]["templates"]["t01"]
PRO = "Abortion can be justified in most cases."
WORDING = "Do you think that an abortion can be justified?"


class InProcess:
    """Executor that runs units without Ray, as a replica does, and counts its requests."""

    def __init__(self, instead: Mapping[str, str | None]) -> None:
        self.instead, self.asked = instead, 0

    def run(self, task: Task, units: Sequence[Unit]) -> dict[str, str]:
        for unit in units:
            loaded = task.load(unit)
            said = [None if one is None else scripted(one, self.instead) for one in loaded.requests]
            self.asked += len(said)
            assert commit(unit.path, task.table(loaded, said, "in-process", 1))
        return {}


def text_run(folder: Path, executor: Any) -> TextRun:
    return TextRun(RunDirectory(folder / "de"), "de", executor, Progress(Console(quiet=True)), 4)


def made(
    folder: Path, instead: Mapping[str, str | None] | None = None, asked: TextJob = ASKED
) -> TextResult:
    return translate(asked, text_run(folder, InProcess(instead or {})))


def problems(found: TextResult) -> dict[str, list[str]]:
    return {one.place: one.problems for one in found.made if one.problems}


def said(text: str) -> str:
    return json.dumps({"text": text})


@pytest.mark.slow
def test_every_text_is_translated_checked_and_marked_as_unreviewed(tmp_path: Path) -> None:
    found = made(tmp_path)
    assert problems(found) == {}
    assert {one.source: one.text for one in found.made} == GERMAN
    assert {one.back for one in found.made} == set(GERMAN)
    head = {"code": "de", "name": "German", "native_name": "Deutsch", "made_by": "a model",
            "reviewed": False}  # fmt: skip
    content = yaml.safe_load(dumped(head | nested(new_entries(found, "a model"))))
    language = read_language("de", content)
    assert language.unreviewed == len(GERMAN)
    assert content["topics"]["f120"]["pro"]["made_by"] == "a model"
    page = review(found.made, "German")
    assert f"- from: {PRO}\n- made: {GERMAN[PRO]}\n- back: {PRO}" in page


@pytest.mark.parametrize(
    ("source", "answer", "place", "problem"),
    [
        (T01, "Eine Forscherin fragt zehn Menschen: {topic}\nSchreiben Sie eine Liste.",
         "t01", "numbers none in place of 1, 10"),
        (T01, GERMAN[T01].replace("\n", " "), "t01", "1 lines in place of 2"),
        ("This is what they said:", "Das haben sie alle gesagt.", "completion_lead", "no colon"),
        (WORDING, "Mener du, at en abort nogensinde kan retfærdiggøres af nogen?",
         "f120.wordings.w1", "detected as da, not de"),
        (WORDING, WORDING, "f120.wordings.w1", "the same words as the source"),
        (T01, GERMAN[T01].replace("aus dem ganzen Land", "from the whole country"),
         "t01", "left untranslated: 'from the whole country'"),
        (T01, GERMAN[T01].replace("Schreiben Sie eine nummerierte Liste von",
                                  "You should please make up some good answers"),
         "t01", "in en: 'You should please make up some good answers 1'"),
    ],
)  # fmt: skip
def test_a_doubtful_text_is_kept_and_says_what_to_look_at(
    tmp_path: Path, source: str, answer: str, place: str, problem: str
) -> None:
    found = made(tmp_path, {source: said(answer)})
    told = {at: what for at, what in problems(found).items() if at.endswith(place)}
    assert len(told) == 1, problems(found)
    assert any(problem in one for one in next(iter(told.values()))), told
    entries = new_entries(found, "a model")
    (entry,) = [entry for entry in entries.values() if entry["text"] == answer]
    assert entry["reviewed"] is False
    assert entry["problems"] == next(iter(told.values()))


def test_a_polarity_that_a_second_reading_turns_round_is_told(tmp_path: Path) -> None:
    assert "topics.f120.wordings.w1" not in problems(made(tmp_path))
    told = []
    for position in ("A", "B", "neither"):
        reading = json.dumps({"position": position, "text": "Back again."})
        found = made(tmp_path / position, {GERMAN[WORDING]: reading})
        told.append(problems(found).get("topics.f120.wordings.w1", []))
    # One of the two positions is the right one, whichever was named first.
    assert sorted(told[:2]) == [[], ["polarity: read as the other side"]]
    assert told[2] == ["polarity not confirmed: read as neither side"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            said("Eine Forscherin fragt zehn Menschen, 1. bis 10."),
            "{topic} is missing; put {topic}",
        ),
        (said("{topic} und {thema} von 1. bis 10."), "'{thema}' is not a placeholder"),
        (said("  "), "the answer is empty"),
        ("no JSON", "the answer is not the JSON that was asked for"),
        (None, "the engine said no"),
        (said("Für {topic} Ã¤hnlich"), "looks garbled"),
    ],
)
def test_a_text_that_no_sweep_could_use_is_asked_again_and_then_left_out(
    tmp_path: Path, answer: str | None, why: str
) -> None:
    executor = InProcess({T01: answer})
    found = translate(ASKED, text_run(tmp_path, executor))
    (one,) = [one for one in found.made if one.text is None]
    assert one.place == "protocols.hypothetical_interviews.templates.t01"
    assert why in one.problems[0]
    # Ten texts, one of them twice; nine back; seven statements and wordings read again.
    assert executor.asked == 10 + 1 + 9 + 7
    assert one.path not in new_entries(found, "a model")


def test_what_a_missing_text_belongs_to_is_left_out_with_it(tmp_path: Path) -> None:
    found = made(tmp_path, {PRO: None})
    left = {one.place for one in found.good}
    assert not any(place.startswith("topics.f120") for place in left)
    assert any(place.startswith("topics.f118") for place in left)
    assert problems(found)["topics.f120.con"] == ["a text that belongs with it is missing"]


def test_two_wordings_that_become_the_same_text_are_one(tmp_path: Path) -> None:
    same = GERMAN["Do you think that homosexuality can be justified?"]
    found = made(tmp_path, {"Is homosexuality something that people should accept?": said(same)})
    told = problems(found)["topics.f118.wordings.w2"]
    assert told == ["the same text as topics.f118.wordings.w1"]


def test_what_is_answered_is_not_asked_again(tmp_path: Path) -> None:
    made(tmp_path)
    executor = InProcess({})
    assert translate(ASKED, text_run(tmp_path, executor)).made == made(tmp_path).made
    assert executor.asked == 0
    changed = deepcopy(ENGLISH)
    changed["topics"]["f120"]["pro"] = "Homosexuality can be justified in most cases."
    translate(replace(ASKED, source=changed), text_run(tmp_path, executor))
    assert executor.asked > 0


def test_texts_that_are_there_are_not_asked_for(tmp_path: Path) -> None:
    existing = {"topics": {"f120": {"pro": "Von einem Menschen."}}}
    found = made(tmp_path, asked=replace(ASKED, existing=existing))
    assert found.kept == 1
    assert "topics.f120.pro" not in {one.place for one in found.made}
    assert any(one.place == "topics.f120.con" for one in found.good)


def test_again_makes_only_what_no_person_has_touched(tmp_path: Path) -> None:
    entries = new_entries(made(tmp_path), "a model")
    existing = nested(entries)
    f120 = existing["topics"]["f120"]
    f120["pro"]["text"] += " Von Hand geändert."
    f120["con"]["reviewed"] = True
    found = made(tmp_path, asked=replace(ASKED, existing=existing, again=True))
    remade = {one.place for one in found.made}
    assert "topics.f120.wordings.w1" in remade
    assert not remade & {"topics.f120.pro", "topics.f120.con"}


def test_only_takes_places_and_refuses_others(tmp_path: Path) -> None:
    found = made(tmp_path, asked=replace(ASKED, only=("topics.f120",)))
    assert {one.place.split(".")[1] for one in found.made} == {"f120"}
    with pytest.raises(WrongValue, match=r"topics\.f999"):
        made(tmp_path, asked=replace(ASKED, only=("topics.f999",)))


def test_names_of_scales_are_copied_and_not_translated(tmp_path: Path) -> None:
    source = deepcopy(ENGLISH)
    source["answers"] = {"yes_no": {1: PRO, 2: WORDING}}
    source["topics"]["f118"]["questions"] = {"q1": "This is what they said:"}
    source["topics"]["f118"]["answers"] = "yes_no"
    found = made(tmp_path, asked=replace(ASKED, source=source))
    entries = nested(new_entries(found, "a model"))
    assert entries["topics"]["f118"]["answers"] == "yes_no"
    assert entries["answers"]["yes_no"][1]["text"] == GERMAN[PRO]
    # Without one of its answers a scale is of no use, nor is the question that has it.
    found = made(tmp_path / "less", {WORDING: None}, asked=replace(ASKED, source=source))
    entries = nested(new_entries(found, "a model"))
    assert "answers" not in entries
    assert set(entries["topics"]["f118"]) == {"pro", "con", "wordings"}


@pytest.mark.slow
def test_new_wordings_get_free_names_and_a_reading_of_their_polarity(tmp_path: Path) -> None:
    asked = replace(ASKED, existing=ENGLISH, tongue=TargetLanguage("en", "English"))
    found = vary(asked, text_run(tmp_path, InProcess({})), "wordings", 1)
    by_place = {one.place: one for one in found.made}
    assert set(by_place) == {"topics.f118.wordings.w3", "topics.f120.wordings.w2"}
    assert by_place["topics.f118.wordings.w3"].text == NEW
    assert by_place["topics.f120.wordings.w2"].problems == [
        "the same text as topics.f118.wordings.w3"
    ]
    found = vary(asked, text_run(tmp_path, InProcess({})), "templates", 1)
    (one,) = found.made
    assert isinstance(one, Draft)
    assert one.place == "protocols.hypothetical_interviews.templates.t03"
    assert "{topic} is missing; put {topic}" in one.problems[0]
