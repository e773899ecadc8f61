"""`culture-ray probe` of models that are asked through Responses, or in batches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from culture_ray.spending.statement import spending_of
from tests.cli.commands.probing import (
    FILE,
    line_of,
    serving,
    without_schema,
)
from tests.conftest import Said
from tests.providers.exchange import Ask, Reply, Script
from tests.providers.vocabulary import (
    error,
    good,
    item,
    status,
)


def says(words: str) -> Script:
    """Answer in the form of Responses, with these words."""
    return item(lambda document: document["output"][-1]["content"][0].update(text=words))


def able_in_responses(ask: Ask) -> Reply:
    """Answer in the form of Responses as a server that follows everything it is asked."""
    assert not {"messages", "response_format", "seed", "stop"} & set(ask.body)
    assert ask.body["store"] is False
    if "text" in ask.body:
        assert ask.body["text"]["format"]["type"] == "json_schema"
        return says('{"colour": "green"}')(ask)
    return says("Marmalade.")(ask) if "instructions" in ask.body else good(ask)


def narrow_in_responses(ask: Ask) -> Reply:
    """Refuse temperature and schemas in the form of Responses, and think aloud."""
    for name in ("temperature", "text"):
        if name in ask.body:
            return status(400, error(f"Unsupported parameter: '{name}'", param=name))(ask)
    thought = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]}
    return item(lambda document: document["output"].insert(0, thought))(ask)


RESPONSES = FILE.replace("api:\n", "api:\n  form: responses\n")
"""The file of a model that is asked through Responses."""


@pytest.mark.slow
def test_the_responses_form_is_probed_with_its_own_parameters(
    culture_ray: Callable[..., Said], model_file: Callable[..., Path], workplace: Path
) -> None:
    with serving(able_in_responses) as server:
        path = model_file(server.base_url, RESPONSES)
        said = culture_ray("probe", "model=lab", "--write")
    assert said.code == 0, said.err
    whats = ("temperature", "top_p", "output limit", "system message", "structured output",
             "log probabilities", "usage")  # fmt: skip
    assert {what: line_of(said, what)[0] for what in whats} == dict.fromkeys(whats, "yes")
    assert line_of(said, "output limit")[1] == "max_output_tokens,"
    assert path.read_text() == RESPONSES.format(base_url=server.base_url)
    (spent,) = spending_of(workplace / "results" / "probe-lab" / "spending" / "ledger.jsonl")
    assert spent.dollars == pytest.approx(server.bills.dollars)


@pytest.mark.slow
def test_what_the_responses_form_refuses_is_left_out_under_its_own_names(
    culture_ray: Callable[..., Said], model_file: Callable[..., Path]
) -> None:
    with serving(narrow_in_responses) as server:
        path = model_file(server.base_url, RESPONSES)
        said = culture_ray("probe", "model=lab", "--write")
    assert said.code == 0, said.err
    body = yaml.safe_load(path.read_text())["api"]["body"]
    assert body == {"temperature": None, "text": None}
    assert line_of(said, "thoughts")[:4] == ["yes", "text", "in", "output.summary"]


@pytest.mark.slow
def test_a_model_in_batches_is_probed_by_single_requests_at_the_standard_price(
    culture_ray: Callable[..., Said], model_file: Callable[..., Path], workplace: Path
) -> None:
    batches = FILE.replace("engine: openai ", "engine: openai_batch ")
    batches = batches.replace("output: 8.0", "output: 8.0, batch: {{input: 1.0, output: 4.0}}")
    with serving(without_schema) as server:
        path = model_file(server.base_url, batches)
        said = culture_ray("probe", "model=lab", "--write")
    assert said.code == 0, said.err
    assert "asked one by one, at the standard price; batches take the same bodies" in said.out
    assert yaml.safe_load(path.read_text())["api"]["body"] == {"response_format": None}
    assert set(server.counts) == {"ask"}
    (spent,) = spending_of(workplace / "results" / "probe-lab" / "spending" / "ledger.jsonl")
    assert spent.dollars == pytest.approx(server.bills.dollars)
