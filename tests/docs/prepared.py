"""Inputs of the commands on the pages: runs, files to import, a survey file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pyreadstat
import yaml

from culture_ray.cli.commands.import_ import act as bring
from culture_ray.config.files import OWN_FOLDER, conf_folder
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.survey.topics import read_topics
from tests.answered import answer
from tests.cli.commands.test_capability import results as benchmarked
from tests.small import TOPICS, small_settings
from tests.survey.harnesses.layouts import lm_eval_file
from tests.survey.microdata.joint_file import people_of, shipped
from tests.survey.microdata.layouts import wvs7

BOTH = "protocol=[hypothetical_interviews_short,direct_item]"
SPOKEN = {
    "AU": "en", "BR": "pt", "CA": "en", "DK": "da", "GB": "en", "KE": "en", "NG": "en",
    "NIR": "en", "NL": "nl", "NZ": "en", "PT": "pt", "SG": "en", "US": "en",
}  # fmt: skip


def run_to_read(results: Path, *overrides: str) -> Settings:
    """Return the settings of a run named quickstart whose every request is answered and judged."""
    settings = small_settings(results, "run=quickstart", BOTH, *overrides)
    answer(settings)
    return settings


def prepare(folder: Path) -> None:
    """Fill a folder with the inputs of the pages' commands."""
    (folder / OWN_FOLDER).mkdir()
    settings = run_to_read(folder / "results")
    for name, seed in (("before", 1), ("after", 2)):
        other = small_settings(folder / "results", f"run={name}", f"seed={seed}")
        answer(other)
        measure(RunContext(other))
        regress(RunContext(other))
    _scored(folder / "scored.csv")
    results = f"results={folder / 'results'}"
    bring([f"file={folder / 'scored.csv'}", "run=theirs", results, "columns.model=model_name"])
    _in_other_shapes(folder)
    _labelled(settings, folder / "labelled.csv")
    _joint(folder / "EVS_WVS_Joint.csv")
    wave = folder / "WVS_Cross-National_Wave_7_csv_v6_0.csv"
    wvs7(2000).to_csv(wave, index=False, sep=";")
    our_survey(folder / "ours.sav")
    benchmarked(folder)  # euroeval_benchmark_results.jsonl
    (folder / "out").mkdir()
    said = lm_eval_file({"m_mmlu_da": {"acc,none": 0.5, "acc_stderr,none": 0.01}})
    (folder / "out" / "results_2025-10-09.json").write_text(json.dumps(said))


def _scored(path: Path) -> None:
    """Responses that somebody else scored, of two published models, in the columns of pages."""
    random = np.random.default_rng(1)
    rows = [
        (model, language, topic.upper(), random.integers(0, 11) / 10)
        for model in ("gemma-2-2b-it", "gemma-2-9b-it", "gpt-4o", "gpt-3.5-turbo")
        for language in ("da", "en")
        for topic in TOPICS
        for _ in range(6)
    ]
    columns = ["model_name", "language", "question_key", "response_pro_score"]
    table = pd.DataFrame(rows, columns=columns)
    plain = {"topic": table["question_key"], "value_polarity": table["response_pro_score"]}
    table.assign(**plain).to_csv(path, index=False)


def _in_other_shapes(folder: Path) -> None:
    """Responses that somebody else scored, in the other shapes that docs/importing.md shows."""
    (folder / "per_model").mkdir()
    for model in ("first", "second"):
        rows = "".join(f"{topic},0.5\n" for topic in TOPICS)
        (folder / "per_model" / f"{model}.csv").write_text(f"topic,value_polarity\n{rows}")
    keys = {"model": "gpt-4o", "language": "da"}
    stances = [{**keys, "topic": topic, "opinions": ["pro", "con", None]} for topic in TOPICS]
    (folder / "stances.jsonl").write_text("\n".join(map(json.dumps, stances)))
    answers = "".join(f"Q{number}\t{score}\n" for number in (182, 184) for score in (3, 9))
    (folder / "answers.tsv").write_text(f"QUESTION_ID\tSCORE\n{answers}")
    options = "strongly_agree,agree,disagree,strongly_disagree"
    (folder / "shares.csv").write_text(
        f"model,language,topic,{options}\ngpt-4o,da,d059,10,20,30,40\n"
    )


def _labelled(settings: Settings, path: Path) -> None:
    """A person's labels of responses of the run, who agrees with the judge."""
    labels = [str(one) for one in settings.run.shards("labels/judge=gemma_3_270m")]
    rows = ds.dataset(labels, format="arrow").to_table(["response_id", "stances"]).to_pylist()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["response_id", "opinion", "stance", "annotator"])
        for row in rows[:12]:
            for opinion, stance in enumerate(row["stances"] or (), 1):
                writer.writerow([row["response_id"], opinion, stance, "anna"])


def our_survey(path: Path) -> None:
    """A survey file in the layout of the pages' own mapping."""
    random = np.random.default_rng(3)
    count = 400
    nation = random.choice(["DNK", "NOR", "USA"], count)
    spoken = {"DNK": "dan", "NOR": "nob", "USA": "eng"}
    form_a = np.arange(count) % 2 == 0
    frame = pd.DataFrame(
        {
            "nation": nation,
            "lang": [spoken[name] for name in nation],
            "w": random.gamma(3, 1 / 3, count) + 0.01,
            "popw": np.where(nation == "USA", 30.0, 1.0),
            "stratum": random.integers(1, 4, count),
            "psu": random.integers(1, 30, count),
            "q12": random.integers(1, 11, count),
            "q13": random.choice(["Never justified", "5", "Always justified", "Don't know"], count),
            "q14_a": np.where(form_a, random.integers(1, 11, count), np.nan),
            "q14_b": np.where(form_a, np.nan, random.integers(1, 11, count)),
            "q40": random.integers(1, 8, count),
            "q51": random.choice([1, 2, 3, 4, 5, 8], count),
        }
    )
    pyreadstat.write_sav(frame, str(path))


def _joint(path: Path) -> None:
    """A survey file in the archive's layout, whose made-up people answer as countries do."""
    text = (conf_folder() / "topics" / "evs_wvs.yaml").read_text(encoding="utf-8")
    topics = read_topics(yaml.safe_load(text))
    known = {topic.id for topic in topics}
    figures = shipped(conf_folder() / "populations" / "evs_wvs_joint_v5.csv")
    figures = {key: share for key, share in figures.items() if key[1] in known}
    people = people_of(figures, SPOKEN, topics)
    number = np.arange(len(people))
    people["X003"], people["X025R"] = 18 + number % 70, 1 + number // 2 % 3
    people.to_csv(path, index=False)
