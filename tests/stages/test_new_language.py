"""A language is added with files alone: after adding its texts and figures, a sweep runs."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from culture_ray.config.compose import Content, compose_and_run
from culture_ray.config.run_settings import settings_from
from culture_ray.errors import BadPrompts, MissingGroundTruth
from culture_ray.plan.engines import base_models
from culture_ray.plan.requests import request_plan
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.elicit.conversations import Conversations
from culture_ray.stages.elicit.task import ElicitTask
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.stages.report.quality import quality
from culture_ray.stages.report.report import report
from culture_ray.store.shards import read
from tests.answered import answer

TOPICS = {
    "f118": ("Homosexualität", "justifiable_10"),
    "f120": ("Abtreibung", "justifiable_10"),
    "f121": ("Scheidung", "justifiable_10"),
    "d059": ("Führung durch Männer", "agreement_4"),
    "e116": ("Herrschaft des Militärs", "good_4"),
    "c001_01": ("Vorrang für Männer", "agreement_5"),
}
ANSWERS = {
    "agreement_4": ["Stimme sehr zu", "Stimme zu", "Lehne ab", "Lehne sehr ab"],
    "agreement_5": ["Stimme sehr zu", "Stimme zu", "Weder noch", "Lehne ab", "Lehne sehr ab"],
    "good_4": ["Sehr gut", "Ziemlich gut", "Ziemlich schlecht", "Sehr schlecht"],
    "justifiable_10": ["1 – nie", *map(str, range(2, 10)), "10 – immer"],
}
TEXTS: dict[str, Any] = {
    "code": "de",
    "name": "German",
    "native_name": "Deutsch",
    "made_by": "a test",
    "reviewed": False,
    "protocols": {
        "hypothetical_interviews": {
            "templates": {
                "t1": "Zehn Bürger werden gefragt: {topic} Fassen Sie ihre Antworten zusammen.",
                "t2": "Frage an zehn Bürger: {topic} Was sagen sie? Nummerieren Sie von 1. bis 10.",
            },
            "completion_lead": "Zusammenfassungen:",
        },
        "persona": {
            "templates": {"t1": "Zehn Bürger, die {country} leben, werden gefragt: {topic}"},
            "completion_lead": "Zusammenfassungen:",
        },
        "direct_item": {
            "templates": {"t1": "{topic}\n{options}\nAntworten Sie mit einem Buchstaben."},
            "completion_lead": "Antwort:",
        },
    },
    "countries": {"DE": "in Deutschland", "US": "in den USA"},
    "answers": {
        name: dict(enumerate(answers, 1)) for name, answers in ANSWERS.items()
    },
    "topics": {
        topic: {
            "pro": f"{about} ist in Ordnung.",
            "con": f"{about} ist nicht in Ordnung.",
            "wordings": {"w1": f"Ist {about} in Ordnung?", "w2": f"Was halten Sie von: {about}?"},
            "questions": {"q1": f"Wie stehen Sie zum Thema {about}?"},
            "answers": scale,
        }
        for topic, (about, scale) in TOPICS.items()
    },
}  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Return a folder with the two files of the new language: its texts and its ground truth."""
    (tmp_path / "language").mkdir()
    body = yaml.safe_dump(TEXTS, allow_unicode=True, sort_keys=False)
    path = tmp_path / "language" / "my_de.yaml"
    path.write_text(f"# @package language.de\n{body}", encoding="utf-8")
    with (tmp_path / "figures.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["population", "kind", "languages", "topic", "value_polarity"])
        populations = [("DE", "country", "de"), ("US", "country", "en")]
        populations += [("speakers:de", "language", "de"), ("speakers:en", "language", "en")]
        for place, (name, kind, spoken) in enumerate([*populations, ("world", "world", "")]):
            for nth, topic in enumerate(TOPICS):
                rows.writerow([name, kind, spoken, topic, 0.1 + 0.13 * ((nth * (place + 2)) % 6)])
    return tmp_path


ALL = (
    "protocol=[hypothetical_interviews_short,direct_item,persona]",
    "protocol.persona.countries=[DE,US]",
    "protocol.persona.prompts_per_language=12",
)


def of_german(files: Path, *protocols: str, also: Sequence[str] = ()) -> Settings:
    found: list[Content] = []
    chosen = [
        "experiment=quickstart",
        "run=german",
        *(protocols or ALL),
        "design.prompts_per_language=24",
        f"topics.only=[{','.join(TOPICS)}]",
        f"populations.table={files / 'figures.csv'}",
        "inference.rounds=20",
        "language=[my_de]",
        f"--config-dir={files}",
        *also,
    ]
    compose_and_run("a test", chosen, lambda content, _: found.append(content))
    content = {**found[0], "results": str(files / "results")}
    return settings_from(content, "quickstart", "culture-ray sweep")


@pytest.mark.slow
def test_a_sweep_in_a_language_of_ones_own_goes_from_prompts_to_a_report(files: Path) -> None:
    settings = of_german(files)
    answer(settings)
    measure(RunContext(settings))
    regress(RunContext(settings))
    content = report(RunContext(settings), {})
    assert all(row["rows"] == row["requests"] for row in content.quality.to_pylist())
    assert [language.name for language in content.languages] == ["German"]
    populations = set(content.alignment.column("population").to_pylist())
    assert {"DE", "speakers:de", "US"} <= populations
    assert any("in de have not been confirmed" in notice for notice in content.notices)
    page = (settings.run.folder / "report.html").read_text(encoding="utf-8")
    assert "Comparison of protocols" in page
    assert "something else 10.0 %" in page
    shards = [read(path) for path in settings.run.shards("responses")]
    prompts = {str(prompt) for shard in shards for prompt in shard["prompt"].to_pylist()}
    assert any(p.startswith("Zehn Bürger, die in Deutschland leben") for p in prompts)
    assert any("A. 10 – immer\nB. 9\n" in p for p in prompts)
    (one, *_) = quality(settings, request_plan(settings)).to_pylist()
    assert one["used"] == 24


@pytest.mark.slow
def test_without_figures_of_its_speakers_a_language_is_compared_with_the_others_only(
    files: Path,
) -> None:
    table = files / "figures.csv"
    rows = table.read_text().splitlines(keepends=True)
    table.write_text("".join(row for row in rows if not row.startswith("speakers:de")))
    with pytest.raises(MissingGroundTruth, match="allow_missing_ground_truth=true"):
        RunContext(of_german(files)).check()
    settings = of_german(files, also=["allow_missing_ground_truth=true"])
    answer(settings)
    measure(RunContext(settings))
    regress(RunContext(settings))
    content = report(RunContext(settings), {})
    populations = set(content.alignment.column("population").to_pylist())
    assert {"DE", "US"} <= populations
    (cell,) = [row for row in content.cells.to_pylist() if row["protocol"] == "direct_item"]
    assert cell["alignment_language"] is None or math.isnan(cell["alignment_language"])
    assert cell["note"] == "no ground truth for the speakers of this language"
    assert math.isfinite(cell["alignment_us"])
    assert (settings.run.folder / "report.html").exists()


def test_options_go_with_their_request_in_the_order_of_the_prompt(files: Path) -> None:
    settings = of_german(files, "protocol=[direct_item]")
    sampling = {name: protocol.sampling for name, protocol in settings.protocols.items()}
    task = ElicitTask(settings.languages, sampling, base_models(settings.models))
    row = {
        "request_id": "r", "model": "gemma_3_270m", "language": "de", "protocol": "direct_item",
        "template": "t1", "topic": "e116", "wording": "q1_reversed", "sample": 0, "persona": None,
        "variant": None, "items": None, "after": None,
    }  # fmt: skip
    request = task._request(row, Conversations({}))
    assert request is not None
    assert request.options == ("A", "B", "C", "D")
    assert "A. Sehr schlecht\nB. Ziemlich schlecht" in request.prompt
    assert request.prompt.endswith("\n\nAntwort:")
    assert task._codes(row) == (4, 3, 2, 1)


def spoilt(files: Path, old: str, new: str) -> Settings:
    path = files / "language" / "my_de.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return of_german(files)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\n  US: in den USA", "", "no phrase for US of protocol.persona.countries"),
        ("die {country} leben", "die hier leben", "{country} is missing"),
        ("2: Stimme zu\n    3: Lehne ab", "2: Lehne ab\n    3: Lehne ab", "the same text as"),
        ("answers: good_4", "answers: justifiable_10", "answers offered include code 5"),
    ],
)
def test_texts_that_do_not_fit_are_refused_with_their_place(
    files: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(BadPrompts) as refused:
        request_plan(spoilt(files, old, new))
    assert said in str(refused.value)
    assert "language de" in str(refused.value)


def test_topics_without_a_question_are_listed(files: Path) -> None:
    path = files / "language" / "my_de.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for topic in ("f118", "e116"):
        del content["topics"][topic]["questions"], content["topics"][topic]["answers"]
    body = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    path.write_text(f"# @package language.de\n{body}", encoding="utf-8")
    with pytest.raises(BadPrompts, match=r"no question .* in 2 of 6 topics: \w+, \w+; add"):
        request_plan(of_german(files))
