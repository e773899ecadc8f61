"""`culture-ray translate` and `vary`: language files that a model makes and a person confirms."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.dataset as ds
import pytest
import yaml

from culture_ray.cli.commands import text_options, texts
from culture_ray.cli.console import Screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.run_settings import settings_from
from culture_ray.engines import embedded
from tests.answered import answer
from tests.conftest import Said
from tests.scripted import ENGLISH, GERMAN
from tests.tools.texts.test_translate import InProcess

MODEL = "model=[gemma_3_270m]"
ASKED = (
    "experiment=quickstart", "protocol=[hypothetical_interviews]", "topics.only=[f118,f120]",
    "design.prompts_per_language=4",
)  # fmt: skip


class NoRay(InProcess):
    """Stand-in for the executor, whose model answers as `instead` says."""

    answers: Mapping[str, str | None] = {}

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__(self.answers)

    def __enter__(self) -> NoRay:
        return self

    def __exit__(self, *_: object) -> None:
        """Hold nothing."""


@pytest.fixture
def own(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a user's own files, with a small English; no German comes with the project."""
    monkeypatch.setattr(text_options, "files_of", {"language": {}}.__getitem__)
    monkeypatch.setattr(texts, "Executor", NoRay)
    monkeypatch.setattr(embedded.EmbeddedModel, "is_ready", True)
    monkeypatch.setattr(texts, "quiet_screen", lambda _: nullcontext(Screen()))
    monkeypatch.setattr(NoRay, "answers", {})
    folder = workplace / "culture_ray_conf"
    (folder / "language").mkdir(parents=True)
    content = yaml.safe_dump(ENGLISH, allow_unicode=True, sort_keys=False)
    (folder / "language" / "en.yaml").write_text(f"# @package language.en\n# mine\n{content}")
    return folder


def populations(workplace: Path, culture_ray: Callable[..., Said], code: str = "de") -> None:
    rows = [f"1,1,{1 + n % 10},{1 + n % 7},DE,{code}" for n in range(50)]
    rows += [f"1,1,{1 + n % 10},{1 + n % 7},US,en" for n in range(50)]
    lines = ["gwght,pwght,F118,F120,cntry_AN,lnge_iso", *rows]
    (workplace / "joint.csv").write_text("\n".join(lines))
    said = culture_ray("populations", "file=joint.csv", "name=mine", "topics.only=[f118,f120]")
    assert said.code == 0, said.err


@pytest.mark.slow
def test_a_language_is_added_without_code_and_a_plan_says_that_nobody_confirmed_it(
    own: Path, culture_ray: Callable[..., Said], workplace: Path
) -> None:
    said = culture_ray("translate", "language=de", MODEL)
    assert said.code == 0, said.err
    assert "10 texts made, 0 of them with possible problems, 0 not made" in said.out
    content = yaml.safe_load((own / "language" / "de.yaml").read_text())
    assert (content["name"], content["native_name"]) == ("German", "Deutsch")
    entry = content["topics"]["f120"]["pro"]
    assert entry["text"] == GERMAN["Abortion can be justified in most cases."]
    assert "model gemma_3_270m" in entry["made_by"]
    assert entry["reviewed"] is False
    assert "- back: " in (workplace / "results" / "translate-de" / "review.md").read_text()
    populations(workplace, culture_ray)
    plan = culture_ray("plan", *ASKED, "language=[de,en]", "populations=mine")
    assert plan.code == 0, plan.err
    assert "prompts not yet confirmed by a person: de" in plan.out
    for name in ("topics", "protocols"):
        _confirm(content[name])
    (own / "language" / "de.yaml").write_text(yaml.safe_dump(content | {"reviewed": True}))
    sealed = (own / "language" / "de.yaml").read_text()
    (own / "language" / "de.yaml").write_text(f"# @package language.de\n{sealed}")
    plan = culture_ray("plan", *ASKED, "language=[de,en]", "populations=mine")
    assert "not yet confirmed" not in plan.out


@pytest.mark.slow
def test_a_sweep_over_a_language_and_populations_made_by_files_alone(
    own: Path, culture_ray: Callable[..., Said], workplace: Path
) -> None:
    culture_ray("translate", "language=de", MODEL)
    populations(workplace, culture_ray)
    words = (
        *ASKED, "language=[de,en]", "populations=mine", "run=german", "inference.rounds=60",
        "inference.permutations=0", "design.prompts_per_language=12",
    )  # fmt: skip
    composed: list[Any] = []
    compose_and_run("a test", words, lambda content, _: composed.append(content))
    settings = settings_from(composed[0] | {"results": str(workplace / "results")}, "", "a test")
    answer(settings)
    said = culture_ray("sweep", *words, "stages=[measure,regress,report]")
    assert said.code == 0, said.err
    run = workplace / "results" / "german"
    shards = ds.dataset(run / "responses", format="arrow", partitioning="hive").to_table()
    prompts = {row["prompt"] for row in shards.to_pylist() if row["language"] == "de"}
    german = [GERMAN[text] for text in GERMAN if "justified?" in text]
    assert all(any(wording in prompt for prompt in prompts) for wording in german)
    cells = pd.read_csv(run / "cells.csv").set_index("language")
    assert set(cells.index) == {"de", "en"}
    assert (cells["topics"] == 2).all()
    page = (run / "report.html").read_text()
    assert "The prompts in de have not been confirmed by a person yet." in page
    assert "Speakers of German" in page


def _confirm(node: dict[str, Any]) -> None:
    for value in node.values():
        if "text" in value:
            value["reviewed"] = True
        else:
            _confirm(value)


@pytest.mark.slow
def test_what_a_person_wrote_is_never_changed(own: Path, culture_ray: Callable[..., Said]) -> None:
    culture_ray("translate", "language=de", MODEL)
    path = own / "language" / "de.yaml"
    whole = path.read_text()
    edited = whole.replace("Das haben sie gesagt:", "Das sagten sie:") + "# von Hand\n"
    path.write_text(edited)
    for words in ((), ("again=true",)):
        said = culture_ray("translate", "language=de", MODEL, *words)
        assert said.code == 0, said.err
        content = yaml.safe_load(path.read_text())
        lead = content["protocols"]["hypothetical_interviews"]["completion_lead"]
        assert lead["text"] == "Das sagten sie:"
        assert "# von Hand" in path.read_text()
        if not words:
            assert path.read_text() == edited
            assert "0 texts made" in said.out


@pytest.mark.slow
def test_a_text_that_cannot_be_made_ends_in_three_and_is_named(
    own: Path, culture_ray: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    wording = "Is homosexuality something that people should accept?"
    monkeypatch.setattr(NoRay, "answers", {wording: "no JSON"})
    said = culture_ray("translate", "language=de", MODEL)
    assert said.code == 3
    assert "not made: topics.f118.wordings.w2: the answer is not the JSON" in said.out
    content = yaml.safe_load((own / "language" / "de.yaml").read_text())
    assert set(content["topics"]["f118"]["wordings"]) == {"w1"}
    monkeypatch.setattr(NoRay, "answers", {})
    assert culture_ray("translate", "language=de", MODEL, "tries=3").code == 0
    content = yaml.safe_load((own / "language" / "de.yaml").read_text())
    assert set(content["topics"]["f118"]["wordings"]) == {"w1", "w2"}


@pytest.mark.slow
def test_a_new_wording_goes_into_the_users_own_file_and_is_translated_next(
    own: Path, culture_ray: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    culture_ray("translate", "language=de", MODEL)
    before = (own / "language" / "en.yaml").read_text()
    said = culture_ray("vary", "language=en", "what=wordings", MODEL, "only=[topics.f118]")
    assert said.code == 0, said.err
    after = (own / "language" / "en.yaml").read_text()
    assert all(line in after for line in before.splitlines())
    wording = yaml.safe_load(after)["topics"]["f118"]["wordings"]["w3"]
    german = "Würden Sie sagen, dass man so etwas vertreten kann?"
    monkeypatch.setattr(NoRay, "answers", {wording["text"]: json.dumps({"text": german})})
    assert culture_ray("translate", "language=de", MODEL).code in {0, 3}
    content = yaml.safe_load((own / "language" / "de.yaml").read_text())
    assert content["topics"]["f118"]["wordings"]["w3"]["text"] == german


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("translate", MODEL), "language=None cannot be used"),
        (("translate", "language=[de,fr]", MODEL), "the code of one language"),
        (("translate", "language=de"), "model=[] cannot be used: expected one model, or two"),
        (("translate", "language=de", "model=[gemma]"), "unknown model 'gemma'"),
        (("translate", "language=en", MODEL), "another language than the one that is made"),
        (("translate", "language=xq", MODEL), "conf/names.yaml does not know"),
        (("translate", "language=de", "source=ca", MODEL), "unknown language 'ca'"),
        (("translate", "language=de", "tries=0", MODEL), "tries=0 cannot be used"),
        (("translate", "language=de", "only=[topics.f1]", MODEL), "only='topics.f1'"),
        (("translate", "language=de", "model=[gpt_4o]"), "spending.cap_dollars=5"),
        (
            ("translate", "language=de", "model=[gpt_4o]", "spending.cap_dollars=1e-6"),
            "at least the price of one request",
        ),
        (("vary", "language=de", MODEL), "unknown language 'de'"),
        (("vary", "language=en", "what=topics", MODEL), "translate.what='topics'"),
    ],
)
def test_a_word_that_cannot_be_used_is_told(
    own: Path,
    culture_ray: Callable[..., Said],
    words: Sequence[str],
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "no key")
    assert complaint in culture_ray(*words).complaint
    assert not (own / "language" / "de.yaml").exists()


def test_a_file_in_another_encoding_is_refused(own: Path, culture_ray: Callable[..., Said]) -> None:
    (own / "language" / "de.yaml").write_bytes("code: de\nname: Müll\n".encode("latin-1"))
    assert "de.yaml" in culture_ray("translate", "language=de", MODEL).complaint
