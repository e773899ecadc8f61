"""A judge check recovers the known skill of the judge that reads the gold set."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv as pacsv
import pytest

from culture_ray.config.compose import Content, compose_and_run
from culture_ray.config.judge_check import judge_check_from
from culture_ray.engines.interface import Request
from culture_ray.errors import BadTable, WrongValue
from culture_ray.stages.judge.check import JudgeCheck, JudgeCheckResult, check_judges
from culture_ray.stages.judge.check_files import repeats_agreement, write_check
from culture_ray.stages.judge.human_check import gold_against_humans, write_between
from culture_ray.stages.judge.warnings import warnings_of
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.readers import GoldReader

Asked = list[tuple[str, Request]]


def checking(results: Path, *words: str, **env: str) -> JudgeCheck:
    """Return a check of the embedded judge, played by a stand-in engine with the given skill."""
    found: list[Content] = []
    compose_and_run(
        "a test",
        ["judge=gemma_3_270m", f"results={results}", *words],
        lambda content, _: found.append(content),
        root="judge_check",
    )
    made = judge_check_from(found[0], "culture-ray judge-check")
    judges = {
        name: replace(judge, model=replace(judge.model, env=env))
        for name, judge in made.judges.items()
    }
    return replace(made, judges=judges)


def checked(one: JudgeCheck) -> JudgeCheckResult:
    done, broken = check_judges(one, GoldReader, Quiet())  # type: ignore[arg-type]
    assert broken == {}
    return done["gemma_3_270m"]


def row(found: JudgeCheckResult, kind: str, group: str) -> Any:
    return next(r for r in found.reliability if (r.kind, r.group) == (kind, group))


@pytest.mark.slow
def test_a_judge_that_reads_right_has_no_error(tmp_path: Path, in_process: Asked) -> None:  # noqa: F811
    found = checked(checking(tmp_path))
    whole = row(found, "all", "all")
    assert (whole.error.estimate, whole.missing, whole.extra, whole.kappa) == (0, 0, 0, 1)
    assert warnings_of(found) == []
    assert found.statuses == {"labelled": 228, "refusal": 12}
    groups = {r.kind for r in found.reliability}
    assert groups == {"all", "language", "form", "length", "topic", "mark"}
    assert len([r for r in found.reliability if r.kind == "length"]) == 3


@pytest.mark.slow
def test_a_judge_of_known_error_is_measured_at_it_each_way(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    found = checked(checking(tmp_path, PRO_AS_CON="0.2", CON_AS_PRO="0.05"))
    whole = row(found, "all", "all")
    assert whole.pro_as_con == pytest.approx(0.2, abs=0.04)
    assert whole.con_as_pro == pytest.approx(0.05, abs=0.025)
    assert whole.flipped.low < 0.128 < whole.flipped.high
    assert whole.kappa_interval.low < whole.kappa < whole.kappa_interval.high


@pytest.mark.slow
def test_what_is_judged_is_not_judged_again(tmp_path: Path, in_process: Asked) -> None:  # noqa: F811
    one = checking(tmp_path, "language=[da]")
    first = checked(one)
    assert len(in_process) == sum(first.statuses.values()) - first.statuses["refusal"]
    in_process.clear()
    assert checked(one).readings == first.readings
    assert in_process == []
    wider = checked(checking(tmp_path, "language=[da]", "repeats=2"))
    assert len(in_process) == len([s for (_, n), s in wider.readings.items() if n == 1 and s])


@pytest.mark.slow
def test_another_definition_of_a_judge_is_checked_apart(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    one = checking(tmp_path, "language=[da]")
    checked(one)
    in_process.clear()
    other = checking(tmp_path, "language=[da]", "judge.gemma_3_270m.sampling.temperature=0.1")
    assert other.run("gemma_3_270m") != one.run("gemma_3_270m")
    checked(other)
    assert in_process


@pytest.mark.slow
@pytest.mark.parametrize("stance", ["pro", "neutral"])
def test_a_judge_that_always_says_one_thing_is_warned_of(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
    stance: str,
) -> None:
    found = checked(checking(tmp_path, "language=[en]", ALWAYS=stance))
    assert f"says {stance} whatever it reads" in warnings_of(found)[0]


@pytest.mark.slow
def test_a_judge_that_guesses_is_said_to_be_at_chance(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    found = checked(checking(tmp_path, "language=[nl]", PRO_AS_CON="0.5", CON_AS_PRO="0.5"))
    kappa = row(found, "all", "all").kappa
    assert kappa < 0.35  # neutral opinions are still read right
    lost = checked(checking(tmp_path / "b", "language=[nl]", PRO_AS_CON="0.9", CON_AS_PRO="0.9"))
    assert any("no statistic can be corrected" in sentence for sentence in warnings_of(lost))


@pytest.mark.slow
def test_answers_cut_in_the_middle_are_mended_and_words_are_counted(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    cut = checked(checking(tmp_path, "language=[pt]", BREAKS="cut"))
    assert cut.statuses["labelled"] == 57
    silent = checked(checking(tmp_path / "b", "language=[pt]", BREAKS="words"))
    assert silent.statuses == {"unparsable": 57, "refusal": 3}
    whole = row(silent, "all", "all")
    assert (whole.error, whole.missing) == (None, whole.statements)
    assert "no JSON object" in warnings_of(silent)[0]
    assert "answers=choice" in warnings_of(silent)[0]


@pytest.mark.slow
def test_a_judge_without_json_chooses_a_word_per_opinion(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    words = ("language=[da]", "+judge.gemma_3_270m.answers=choice")
    found = checked(checking(tmp_path, *words))
    assert {request.choices for _, request in in_process} == {("pro", "con", "neutral")}
    assert len({request.request_id for _, request in in_process}) == len(in_process)
    whole = row(found, "all", "all")
    assert whole.error.estimate == 0
    summaries = sum(one.form == "summary" for one in found.gold)
    assert found.statuses["error"] == summaries > 0
    assert any("counts people" in why for why in found.failures)
    assert whole.missing == 10 * summaries - sum(
        list(one.agreed or ()).count(False) for one in found.gold if one.form == "summary"
    )


@pytest.mark.slow
def test_an_engine_that_cannot_choose_says_so(tmp_path: Path, in_process: Asked) -> None:  # noqa: F811
    one = checking(tmp_path, "judge=gpt_4_1", "+judge.gpt_4_1.answers=choice")
    with pytest.raises(WrongValue, match=r"judge\.gpt_4_1\.answers.*cannot restrict"):
        check_judges(one, GoldReader, Quiet())  # type: ignore[arg-type]
    assert in_process == []


@pytest.mark.slow
def test_the_tables_hold_what_was_measured_and_say_on_what(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    one = checking(tmp_path, "language=[da,en]", PRO_AS_CON="0.1", CON_AS_PRO="0.1")
    found = checked(one)
    paths = write_check(one, found)
    table = pacsv.read_csv(paths["reliability"]).to_pylist()
    danish = next(r for r in table if (r["kind"], r["group"]) == ("language", "da"))
    assert danish["flipped"] == row(found, "language", "da").flipped.estimate
    kept = json.loads(paths["error"].read_text())
    assert set(kept["errors"]) == {"da", "en"}
    assert kept["fingerprint"] == found.fingerprint
    assert kept["gold"] and kept["sampling"]["temperature"] == 0.7
    later = checking(tmp_path, "language=[nl]", PRO_AS_CON="0.1", CON_AS_PRO="0.1")
    write_check(later, checked(later))
    assert set(json.loads(paths["error"].read_text())["errors"]) == {"da", "en", "nl"}


@pytest.mark.slow
def test_repeats_and_judges_are_compared(tmp_path: Path, in_process: Asked) -> None:  # noqa: F811
    one = checking(
        tmp_path, "judge=[gemma_3_270m,gemma_2_9b]", "language=[da]", "repeats=2",
        PRO_AS_CON="0.3", CON_AS_PRO="0.3",
    )  # fmt: skip
    done, _ = check_judges(one, GoldReader, Quiet())  # type: ignore[arg-type]
    kind, language, repeats = repeats_agreement(done["gemma_3_270m"])[0]
    assert (kind, language, repeats.raters) == (
        "repeats", "all", ("gemma_3_270m 1", "gemma_3_270m 2"),
    )  # fmt: skip
    assert repeats.alpha is not None and 0.1 < repeats.alpha.estimate < 0.7
    between = write_between(one, done)
    assert between is not None
    assert between[0][0][2].raters == ("gemma_3_270m", "gemma_2_9b")
    assert between[1].exists()
    alone = checking(tmp_path, "language=[da]")
    assert write_between(alone, {"gemma_3_270m": done["gemma_3_270m"]}) is None


@pytest.mark.slow
def test_people_who_label_gold_are_compared_with_a_judge(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    one = checking(tmp_path, "language=[en]")
    found = checked(one)
    members = [g for g in found.gold if g.stances][:20]
    lines = ["response_id;opinion;stance;annotator"]
    for g in members:
        for number, stance in enumerate(g.stances, 1):
            lines.append(f"{g.id};{number};{stance};anna")
            lines.append(f"{g.id};{number};{stance if number < 8 else 'neutral'};bo")
    path = tmp_path / "people.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    rows = {
        (kind, found.raters): found
        for kind, language, found in gold_against_humans(path, one)(found)
        if language == "all"
    }
    anna = rows["judge and human", ("gemma_3_270m", "anna")]
    assert anna.kappa is not None and anna.kappa.estimate == 1
    assert (anna.responses, anna.statements) == (20, 200)
    bo = rows["judge and human", ("gemma_3_270m", "bo")]
    assert bo.alpha is not None and 0.4 < bo.alpha.estimate < 0.9
    assert ("humans", ("anna", "bo")) in rows


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("response_id,stance\nda-01,pro\n", "has no column opinion"),
        ("response_id,opinion,stance\nda-99,1,pro\n", "line 2: unknown response 'da-99'"),
        ("response_id,opinion,stance\nda-01,1,yes\n", "stance 'yes' is none of pro, con"),
        ("response_id,opinion,stance\nda-01,11,pro\n", "opinion '11' is not a number from 1 to 10"),
        ("response_id,opinion,stance\nda-01,x,pro\n", "opinion 'x' is not a number"),
        ("response_id,opinion,stance\nda-01,1,pro\nda-01,1,con\n", "line 3: opinion 1 .* twice"),
        ("response_id,opinion,stance\nda-01,1,\n", "has no labels"),
        ("", "has no column response_id, opinion, stance: it has none"),
    ],
)
def test_a_bad_file_of_labels_is_told_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadTable, match=words) as told:
        gold_against_humans(path, checking(tmp_path, "language=[da]"))
    assert len(str(told.value).splitlines()) == 1
    with pytest.raises(BadTable, match="no file"):
        gold_against_humans(tmp_path / "none.csv", checking(tmp_path, "language=[da]"))


@pytest.mark.slow
def test_the_verb_refuses_what_it_cannot_use(culture_ray: Callable[..., Any]) -> None:
    assert "judge=[] cannot be used" in culture_ray("judge-check").complaint
    assert "repeats=0" in culture_ray("judge-check", "judge=gemma_3_270m", "repeats=0").complaint
    assert "unknown judge 'gemma'" in culture_ray("judge-check", "judge=gemma").complaint
    assert "no run 'nope'" in culture_ray("judge-check", "run=nope").complaint


@pytest.mark.slow
def test_a_judge_that_costs_money_needs_a_key_and_a_cap(
    culture_ray: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    words = ("judge-check", "judge=gpt_4_1", "language=[da]")
    assert "OPENAI_API_KEY" in culture_ray(*words).complaint
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    complaint = culture_ray(*words).complaint
    assert "these requests cost money, up to $" in complaint
    assert "spending.cap_dollars=" in complaint


@pytest.mark.slow
def test_confusion_counts_are_whole(tmp_path: Path, in_process: Asked) -> None:  # noqa: F811
    found = checked(checking(tmp_path, "language=[da]", PRO_AS_CON="0.3"))
    whole = row(found, "all", "all")
    assert np.trace(whole.confusion) + whole.confusion[0, 1] == whole.statements
