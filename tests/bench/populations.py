"""`culture-ray populations` on a CSV file of the joint file's size, as a user runs it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import yaml

from culture_ray.config.files import conf_folder
from culture_ray.config.known_names import code_names
from culture_ray.survey.topics import read_topics
from tests.bench.figure import Figure
from tests.bench.peak import run_verb

RESPONDENTS, COLUMNS = 157_000, 230


def figures() -> Iterator[Figure]:
    """Yield CPU time and peak memory of the command."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "joint.csv"
        write_joint_file(file)
        by = "by=[country,language,world,region,country/X001]"
        found = run_verb("populations", f"file={file}", f"conf_dir={folder}", by)
        yield Figure("populations, CSV of 157,000 x 230", found.cpu_s, "CPU s", 20.0, "lower")
        yield Figure("populations, wall time", found.seconds, "s")
        yield Figure("populations, peak memory", found.gib, "GiB", 2.0, "lower")


def write_joint_file(path: Path, seed: int = 1) -> None:
    """Write random answers in the published layout: 90 countries, 32 items, other columns."""
    random = np.random.default_rng(seed)
    known = code_names()
    countries = np.array(sorted(known.countries)[:90])
    spoken = random.choice(np.array(sorted(known.languages)), countries.size)
    country = np.sort(random.integers(0, countries.size, RESPONDENTS))
    columns: dict[str, pa.Array] = {
        "studytit": pa.array(["EVS/WVS, Joint 2017-2022"] * RESPONDENTS),
        "study": pa.array(random.integers(1, 3, RESPONDENTS)),
        "cntry_AN": pa.array(countries[country]),
        "lnge_iso": pa.array(spoken[country]),
        "gwght": pa.array(random.gamma(4, 0.25, RESPONDENTS)),
        "pwght": pa.array(random.gamma(4, 0.25, countries.size)[country]),
        "X001": pa.array(random.integers(1, 3, RESPONDENTS)),
    }
    text = (conf_folder() / "topics" / "evs_wvs.yaml").read_text(encoding="utf-8")
    for topic in read_topics(yaml.safe_load(text)):
        answers = random.integers(1, topic.scale.points + 1, RESPONDENTS)
        columns[topic.code] = pa.array(np.where(random.random(RESPONDENTS) < 0.1, -2, answers))
    while len(columns) < COLUMNS:
        columns[f"V{len(columns)}"] = pa.array(random.integers(-5, 11, RESPONDENTS))
    pa.csv.write_csv(pa.table(columns), path)
