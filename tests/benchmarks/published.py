"""Items of our own in the layout of every published benchmark that has a file in conf/benchmark."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from tests.benchmarks.items.sources import write_csv, write_workbook

Row = Mapping[str, Any]


def _lines(path: Path, rows: Sequence[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")


def _json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def _lettered(n: int, **more: Any) -> dict[str, Any]:
    return {
        "option_a": f"first {n}", "option_b": f"second {n}", "option_c": f"third {n}",
        "option_d": f"fourth {n}", "answer": "ABCD"[n % 4], **more,
    }  # fmt: skip


def _global_mmlu(folder: Path) -> None:
    rows = [
        {"sample_id": f"s/{n}", "subject": "law", "question": f"Question {n}?",
         **_lettered(n), "cultural_sensitivity_label": ("CS", "CA", "-")[n % 3]}
        for n in range(9)
    ]  # fmt: skip
    for code in ("en", "pt"):
        (folder / code).mkdir(parents=True)
        table = pa.Table.from_pylist(rows)
        pa.parquet.write_table(table, folder / code / "test-00000-of-00001.parquet")


def _belebele(folder: Path) -> None:
    rows = [
        {"link": f"https://example.org/{n // 2}", "question_number": n % 2 + 1,
         "flores_passage": f"A passage {n // 2}.", "question": f"Question {n}?",
         "mc_answer1": f"a{n}", "mc_answer2": f"b{n}", "mc_answer3": f"c{n}", "mc_answer4": f"d{n}",
         "correct_answer_num": str(n % 4 + 1), "dialect": "x"}
        for n in range(4)
    ]  # fmt: skip
    for code in ("eng_Latn", "dan_Latn"):
        _lines(folder / "data" / f"{code}.jsonl", rows)


def _culturalbench_easy(folder: Path) -> None:
    rows = [
        {"data_idx": str(n), "question_idx": str(n // 2), "prompt_question": f"Question {n}?",
         "prompt_option_a": "a", "prompt_option_b": "b", "prompt_option_c": "c",
         "prompt_option_d": "d", "answer": "ABCD"[n], "country": "Denmark"}
        for n in range(4)
    ]  # fmt: skip
    write_csv(folder / "CulturalBench-Easy.csv", rows)


def _culturalbench_hard(folder: Path) -> None:
    rows = [
        {"data_idx": str(4 * n + k), "question_idx": str(n), "prompt_question": f"Question {n}?",
         "prompt_option": f"option {k}", "answer": str(k in (n, 2)), "country": "Denmark"}
        for n in range(2)
        for k in range(4)
    ]  # fmt: skip
    write_csv(folder / "CulturalBench-Hard.csv", rows)


def _blend_short(folder: Path) -> None:
    said = [{"answers": ["té"], "en_answers": ["tea"], "count": 4}]
    none = {"idk": 0, "no-answer": 0, "not-applicable": 0}
    content = {
        f"Q{n}": {"question": f"¿Pregunta {n}?", "en_question": f"Question {n}?",
                  "annotations": said if n else [], "idks": {**none, "idk": 5 if n == 1 else 0}}
        for n in range(4)
    }  # fmt: skip
    for country in ("UK", "Spain"):
        _json(folder / "blend/data/annotations" / f"{country}_data.json", content)


def _blend_choice(folder: Path) -> None:
    asks = (
        " Without any explanation, choose only one from the given alphabet choices(e.g., A, B, C). "
        'Provide as JSON format: {"answer_choice":""}\n\nA. rice\nB. rye bread\n\nAnswer:'
    )
    rows = [
        {"MCQID": f"Q{n}_0", "ID": "Q", "country": "UK", "prompt": f"Question {n}?" + asks,
         "choices": json.dumps({"A": "rice", "B": "rye bread"}), "choice_countries": "{}",
         "answer_idx": "B"}
        for n in range(3)
    ]  # fmt: skip
    _lines(folder / "data/mc_questions_hf/mc_questions_file.json", rows)


def _normad(folder: Path) -> None:
    rows = [
        {"ID": str(n), "Country": "egypt", "Axis": "visiting", "Subaxis": "gifts",
         "Value": "respect", "Rule-of-Thumb": "Take off your shoes.", "Story": f"Story {n}.",
         "Gold Label": ("yes", "no", "neutral")[n % 3]}
        for n in range(3)
    ]  # fmt: skip
    write_csv(folder / "normad_etiquette_final_data.csv", rows)


def _calmqa(folder: Path) -> None:
    entries = [
        {"question": {"name": f"german:{n}", "language": "German", "category": "food",
                      "translations": {"German": {"text": f"Frage {n}?"},
                                       "English": {"text": f"Question {n}?"}}},
         "answers": []}
        for n in range(3)
    ]  # fmt: skip
    path = folder / "calmqa/data/datasets"
    _json(path / "dataset-specific-german.json", {"entries": entries})
    for entry in entries:
        entry["question"]["language"] = "English"  # type: ignore[index]
    _json(path / "dataset-specific-english.json", {"entries": entries})


def _gsm8k(folder: Path) -> None:
    rows = [{"question": f"Ann, {n} + 1?", "answer": f"It is so.\n#### 1,00{n}"} for n in range(4)]
    _lines(folder / "gsm8k_adapted" / "test.jsonl", rows)
    for batch, numbers in (("Batch_1", (1, 2)), ("Batch_2", (4,))):
        adapted = [{"problem_number": n, "final_question": f"Aisha, {n}?"} for n in numbers]
        _json(folder / "gsm8k_adapted" / "pakistan" / f"{batch}.json", adapted)


def _casa(folder: Path) -> None:
    for site, index in (
        ("online_shopping", "Japan_1"),
        ("social_discussion_forum", "Saudi_Arabia_1"),
    ):
        row = {"index": index, "user_query": "Find slippers.", "violated_norm": "Shoes stay out."}
        _json(folder / "casa/s1_violate_data" / f"{site}.json", [row])


def _cvc(folder: Path) -> None:
    scene = {"scene": "一个场景", "options": "A. 做\nB：不做\nC、问人", "rule1": "", "rule2": ""}
    for theme in ("Drugs", "Firearms", "Politics", "Prejudice", "Suicide", "Surrogacy"):
        path = folder / "experiment2/scene" / f"{theme}.csv"
        write_csv(path, [scene, {**scene, "scene": "另一个"}])
        if theme == "Drugs":
            path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
        chosen = [{"index": n, "CVC": "BC"[n], "human1": "A"} for n in range(2)]
        write_csv(folder / "experiment2/result/CVC_and_human" / f"{theme}.csv", chosen)


def _diwali(folder: Path) -> None:
    problems = folder / "culture-evaluation/dataset/gsm-8k/test.jsonl"
    _lines(problems, [{"question": f"Ann has {n} muffins."} for n in range(2)])
    term = {"facet": "food", "state": "Goa", "concept": "bebinca", "description": "a cake"}
    _lines(folder / "diwali/DIWALIv1.jsonl", [term])


REGIONS = (
    "Arab States", "Eastern European States", "Asian and Pacific States",
    "Subsaharian African States",
)  # fmt: skip


def _gimmick(folder: Path) -> None:
    rows = [
        {"sample_uuid": f"u{n}", "title": f"Dance {n}", "countries": ["Peru"],
         "regions": REGIONS[:many], "description": f"What dance {n} is.",
         "images": [{"bytes": b"\x89", "path": None}]}
        for n, many in enumerate((1, 2, 4))
    ]  # fmt: skip
    (folder / "data").mkdir()
    pa.parquet.write_table(pa.Table.from_pylist(rows), folder / "data/test-00000-of-00001.parquet")


def _gimmick_countries(folder: Path) -> None:
    places = [(("Peru", "Chile"), ("Andes",)), (("Cuba",), ("Andes",)), (("Oman",), ("Gulf",)),
              (("Bolivia",), ("Andes",)), (("Qatar",), ("Gulf",)),
              (("Ecuador",), ("Andes",))]  # fmt: skip
    rows = [
        {"sample_uuid": f"u{n}", "title": f"Dance {n}", "countries": countries, "regions": regions}
        for n, (countries, regions) in enumerate(places)
    ]
    (folder / "data").mkdir()
    pa.parquet.write_table(pa.Table.from_pylist(rows), folder / "data/test-00000-of-00001.parquet")


def _ept(folder: Path) -> None:
    for name in ("Ethics", "Fairness", "Privacy", "Robustness", "Safety", "Truthfulness"):
        path = f"EPT_Benchmark/datasets/EPT-Benchmark-{name}-v1-2025-07-30.xlsx"
        rows = [{"شماره": n, "موضوع": "کمک", "راهنماواره": f"آیا {name} {n}؟"} for n in (1, 2)]
        write_workbook(folder / path, rows)


def _language_knowledge(folder: Path) -> None:
    for name, choices in (("English", "A. True\nB. False"), ("German", "A. Wahr\nB. Falsch")):
        rows = [
            {"country": "Japan", "topic": "food", "input": f"{name} {n}", "choices": choices,
             "output": choices.splitlines()[n]}
            for n in range(2)
        ]  # fmt: skip
        _lines(folder / "language_knowledge" / f"data_{name}.jsonl", rows)


def _csv(name: str, *rows: Row) -> Callable[[Path], None]:
    return lambda folder: (write_csv(folder / name, rows), None)[1]


def _several(*writers: Callable[[Path], None]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        for writer in writers:
            writer(folder)

    return write


def _jsonl(name: str, *rows: Row) -> Callable[[Path], None]:
    return lambda folder: _lines(folder / name, rows)


_CHOICE = {"id": "1", "question": "Which?", **_lettered(1)}

PUBLISHED: Mapping[str, tuple[Callable[[Path], None], tuple[str, ...], int]] = {
    "amammere": (_csv("amammere/questions.csv", {**_CHOICE, "ghana": "A", "us": "B"}), ("en",), 1),
    "belebele": (_belebele, ("da", "en"), 4),
    "blend_choice": (_blend_choice, ("en",), 3),
    "blend_short": (_blend_short, ("en", "es"), 2),
    "calmqa": (_calmqa, ("de", "en"), 3),
    "casa": (_casa, ("en",), 2),
    "culturalbench_easy": (_culturalbench_easy, ("en",), 4),
    "culturalbench_hard": (_culturalbench_hard, ("en",), 2),
    "cultureguard": (
        _several(*(
            _jsonl(f"{code}/test.jsonl", {"id": "1", "prompt": "Hi", "prompt_label": "safe"},
                   {"id": "2", "prompt": "REDACTED", "prompt_label": "unsafe"})
            for code in ("de", "en")
        )),
        ("de", "en"), 1,
    ),
    "cvc": (_cvc, ("zh",), 12),
    "diwali": (_diwali, ("en",), 2),
    "ept": (_ept, ("fa",), 12),
    "gimmick": (_gimmick, ("en",), 3),
    "gimmick_countries": (_gimmick_countries, ("en",), 7),
    "gimmick_description": (_gimmick, ("en",), 3),
    "global_mmlu": (_global_mmlu, ("en", "pt"), 6),
    "global_mmlu_lite": (_global_mmlu, ("en", "pt"), 6),
    "gsm8k_adapted": (_gsm8k, ("en",), 3),
    "jiraibench": (
        _several(*(
            _csv(f"jiraibench/{code}.csv", {"id": "1", "text": "t", "label": "2"})
            for code in ("ja", "zh")
        )),
        ("ja", "zh"), 1,
    ),
    "kaleidoscope": (
        _jsonl("kaleidoscope/en.jsonl",
               {"id": 1, "culture": "Danish", "prompt": "And now?",
                "earlier": [{"role": "user", "content": "Hello"},
                            {"role": "assistant", "content": "Hi."}]}),
        ("en",), 1,
    ),
    "language_knowledge": (_language_knowledge, ("de", "en"), 2),
    "normad": (_normad, ("en",), 3),
    "latent_language": (lambda _: None, ("da", "nl", "pt"), 16),
    "quickstart": (lambda _: None, ("da", "en", "nl", "pt"), 12),
    "worldview": (lambda _: None, ("en",), 40),
}  # fmt: skip
"""By name: writer of the files, languages to read, and the number of items in each."""
