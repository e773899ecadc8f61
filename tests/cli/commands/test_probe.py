"""`culture-ray probe` against scripted servers: what it prints, what it pays, what it writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from culture_ray.spending.statement import spending_of
from tests.cli.commands.probing import (
    FILE,
    KEY,
    able,
    line_of,
    serving,
    without_schema,
)
from tests.conftest import Said
from tests.providers.exchange import Ask, Reply
from tests.providers.vocabulary import (
    answer,
    error,
    first,
    item,
    status,
    with_headers,
)

pytestmark = pytest.mark.slow


def without_logprobs(ask: Ask) -> Reply:
    return able(ask) if "logprobs" not in ask.body else answer(choice={"logprobs": None})(ask)


def old(ask: Ask) -> Reply:
    """Answer as a server that knows neither max_completion_tokens nor seed nor stop."""
    for name in ("max_completion_tokens", "seed", "stop"):
        if name in ask.body:
            words = f"Unknown field: {name}"
            return status(422, error(words, "invalid_request_error", param=name))(ask)
    return able(ask)


def test_an_able_server_supports_everything_and_nothing_has_to_change(
    culture_ray: Callable[..., Said], model_file: Callable[[str], Path], workplace: Path
) -> None:
    with serving(able) as server:
        path = model_file(server.base_url)
        said = culture_ray("probe", "model=lab", "--write")
    assert said.code == 0, said.err
    whats = ("temperature", "top_p", "seed", "output limit", "stop", "system message", "usage",
             "structured output", "log probabilities")  # fmt: skip
    assert {what: line_of(said, what)[0] for what in whats} == dict.fromkeys(whats, "yes")
    assert "nothing to change" in said.out
    assert path.read_text() == FILE.format(base_url=server.base_url)
    (spent,) = spending_of(workplace / "results" / "probe-lab" / "spending" / "ledger.jsonl")
    assert spent.dollars == pytest.approx(server.bills.dollars)
    assert f"${server.bills.dollars:.6f} of a cap of $0.05" in said.out
    assert spent.attempts == len(server.asks) < 15


def test_a_server_without_structured_output_is_judged_by_the_prompt_alone(
    culture_ray: Callable[..., Said], model_file: Callable[[str], Path]
) -> None:
    with serving(without_schema) as server:
        path = model_file(server.base_url)
        said = culture_ray("probe", "model=[lab]", "--write")
    assert said.code == 0, said.err
    verdict, *detail = line_of(said, "structured output")
    assert verdict == "no"
    assert "unavailable" in detail
    written = path.read_text()
    assert yaml.safe_load(written)["api"]["body"] == {"response_format": None}
    for line in FILE.format(base_url=server.base_url).splitlines():
        assert line in written.splitlines()


def test_a_server_without_log_probabilities_is_not_asked_for_them(
    culture_ray: Callable[..., Said], model_file: Callable[[str], Path]
) -> None:
    with serving(without_logprobs) as server:
        path = model_file(server.base_url)
        said = culture_ray("probe", "model=lab")
        before = path.read_text()
        culture_ray("probe", "model=lab", "--write")
    assert line_of(said, "log probabilities")[0] == "no"
    assert "logprobs: false" in said.out
    assert before == FILE.format(base_url=server.base_url)
    assert yaml.safe_load(path.read_text())["api"]["logprobs"] is False


@pytest.mark.slow  # without limits it begins with a request a second
def test_another_name_of_the_limit_refused_parameters_and_limits_are_written(
    culture_ray: Callable[..., Said], model_file: Callable[[str], Path]
) -> None:
    stated = with_headers(old, x_ratelimit_limit_requests="500",
                          x_ratelimit_remaining_requests="499", x_ratelimit_reset_requests="120ms",
                          x_ratelimit_limit_tokens="30000")  # fmt: skip
    with serving(stated) as server:
        unlimited = "".join(x for x in FILE.splitlines(keepends=True) if "limits" not in x)
        path = model_file(server.base_url, unlimited)
        said = culture_ray("probe", "model=lab", "--write")
    assert said.code == 0, said.err
    assert line_of(said, "output limit")[:2] == ["yes", "max_tokens,"]
    content = yaml.safe_load(path.read_text())
    assert content["api"]["output_limit"] == "max_tokens"
    assert content["api"]["body"] == {"seed": None, "stop": None}
    assert content["limits"] == {"requests_per_minute": 500, "tokens_per_minute": 30000}
    assert "# never the key itself" in path.read_text()


def test_usage_thoughts_and_price_are_as_the_answers_have_them(
    culture_ray: Callable[..., Said], model_file: Callable[[str], Path]
) -> None:
    def thinking(document: dict[str, object]) -> None:
        document["choices"][0]["message"]["reasoning_content"] = "Hm."  # type: ignore[index]
        document["usage"] |= {"cost": 0.0003, "completion_tokens_details": {"reasoning_tokens": 3}}  # type: ignore[operator]

    with serving(item(thinking)) as server:
        model_file(server.base_url)
        said = culture_ray("probe", "model=lab")
    assert line_of(said, "thoughts")[:4] == ["yes", "text", "in", "reasoning_content,"]
    assert "completion_tokens_details.reasoning_tokens," in line_of(said, "usage")
    assert line_of(said, "price")[:4] == ["no", "the", "provider", "says"]


def test_passing_faults_are_waited_for(
    culture_ray: Callable[..., Said], model_file: Callable[[str], Path]
) -> None:
    with serving(first(1, status(429, error("slow down"), retry_after="0"), able)) as server:
        model_file(server.base_url)
        said = culture_ray("probe", "model=lab")
    assert said.code == 0, said.err
    assert line_of(said, "structured output")[0] == "yes"


def test_what_cannot_be_probed_is_one_line(
    culture_ray: Callable[..., Said],
    model_file: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    workplace: Path,
) -> None:
    with serving(status(401, error(f"Incorrect API key provided: {KEY}"))) as server:
        model_file(server.base_url)
        said = culture_ray("probe", "model=lab")
        assert said.code == 1
        assert "cannot be probed" in said.err
        assert KEY not in said.err + said.out
        unpriced = culture_ray("probe", "model=lab", "~model.lab.prices")
        assert (unpriced.code, len(server.asks)) == (2, 1)
        assert "price" in unpriced.err
        capped = culture_ray("probe", "model=lab", "spending.cap_dollars=0.0000001")
        assert (capped.code, len(server.asks)) == (2, 1)
        monkeypatch.delenv("LAB_KEY")
        assert "LAB_KEY" in culture_ray("probe", "model=lab").err
    assert "behind an API" in culture_ray("probe", "model=gemma_2_2b").err
    assert "one model" in culture_ray("probe", "model=[lab,gpt_4o]").err
    for path in (workplace / "results").rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes()


def test_settings_are_added_to_flow_style_as_well(
    culture_ray: Callable[..., Said], model_file: Callable[..., Path]
) -> None:
    flow = """\
# @package model.lab
engine: openai
family: lab
source: lab-1
gpus_per_replica: 0
cpus_per_replica: 0
api: {{base_url: {base_url}, key_variable: LAB_KEY, body: {{top_k: 5}}, logprobs: true}}  # ours
prices: {{input: 2.0, output: 8.0}}
limits: {{requests_per_minute: 60000}}
"""
    with serving(
        lambda ask: without_logprobs(ask) if "seed" not in ask.body else old(ask)
    ) as server:
        path = model_file(server.base_url, flow)
        said = culture_ray("probe", "model=lab", "--write")
    assert said.code == 0, said.err
    content = yaml.safe_load(path.read_text())
    assert content["api"]["logprobs"] is False
    assert content["api"]["body"]["top_k"] == 5
    assert "# ours" in path.read_text()
    assert json.dumps(content["prices"]) == '{"input": 2.0, "output": 8.0}'
