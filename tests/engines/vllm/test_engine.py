"""Real vLLM with the embedded model behaves as the engine interface says."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import psutil
import pytest

from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.vllm.engine import VllmEngine
from culture_ray.errors import EngineFailed

pytestmark = pytest.mark.engine

PROMPT = "The capital of Denmark is"
ALPHABET = "The alphabet: A B C D E F G H I J K L M N O P\nThe alphabet: A B C D E"
GREEDY = Sampling(temperature=0.0, top_p=1.0, max_tokens=8)
SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"stance": {"type": "string", "enum": ["pro", "con", "neutral"]}},
        "required": ["stance"],
        "additionalProperties": False,
    }
)


@pytest.fixture(scope="module")
def answers(shared_engine):
    """Return the responses to all requests of this file, sent to one engine at once."""
    warm = Sampling(temperature=0.9, top_p=0.95, max_tokens=24)
    requests = {
        "greedy": Request("a", "1, 2, 3, 4, 5,", GREEDY),
        "structured": Request("c", "Stance as JSON:", replace(warm, max_tokens=32), schema=SCHEMA),
        "too long": Request("d", "word " * 3000, GREEDY),
        "stopped": Request("e", "1, 2, 3, 4, 5,", Sampling(0.0, 1.0, 40, stop=("9",))),
        "cut": Request("f", PROMPT, replace(GREEDY, max_tokens=2)),
        "alphabet": Request("g", ALPHABET, warm, options=("A", "F", "Q")),
        "reversed": Request("h", ALPHABET, GREEDY, options=("Q", "F", "A")),
        "no answer": Request("i", "The capital of Denmark is called", warm, options=("X", "Z")),
        "layers": Request("k", ALPHABET, GREEDY, layer_words=(("A",), ("F",), ("Q",))),
        "two tokens": Request("j", PROMPT, warm, options=("A", "supercalifragilistic")),
    }

    async def ask():
        first = await asyncio.gather(*(shared_engine.generate(r) for r in requests.values()))
        # One after the other: in a batch of another size, sums round differently.
        ids = ("b", "b", "another id")
        alone = [(await shared_engine.generate(Request(i, PROMPT, warm))).text for i in ids]
        tokens = shared_engine.engine.prompt(requests["greedy"]).tokens
        return dict(zip(requests, first, strict=True)), alone, tokens

    return asyncio.run(ask())


def test_on_a_cpu_one_process_is_the_whole_engine(answers):
    # vLLM's own choice is a process more, which loads all of vLLM and binds threads to cores.
    names = [process.name() for process in psutil.Process().children(recursive=True)]
    assert [name for name in names if name.startswith("VLLM::")] == ["VLLM::EngineCore"]


def test_the_beginning_of_text_comes_exactly_once(answers):
    _, _, tokens = answers
    assert tokens[0] == 2
    assert tokens.count(2) == 1


def test_a_real_model_with_its_beginning_of_text_goes_on_counting(answers):
    assert answers[0]["greedy"].text.startswith(" 6, 7,")


def test_a_seed_repeats_and_another_request_id_differs(answers):
    _, (once, again, other), _ = answers
    assert once == again
    assert once != other


def test_structured_output_follows_its_schema(answers):
    assert json.loads(answers[0]["structured"].text)["stance"] in {"pro", "con", "neutral"}


def test_a_prompt_the_engine_refuses_is_a_response_with_a_reason(answers):
    refused = answers[0]["too long"]
    assert refused.text is None
    assert refused.finish_reason == "error"
    assert refused.failure


def test_finish_reasons_tell_a_stop_from_a_cut(answers):
    assert answers[0]["stopped"].finish_reason == "stop"
    assert answers[0]["cut"].finish_reason == "length"
    assert answers[0]["cut"].output_tokens == 2


def test_an_options_probability_is_that_of_the_next_word_whatever_the_sampling(answers):
    alphabet, turned = answers[0]["alphabet"], answers[0]["reversed"]
    a, f, q = alphabet.probabilities
    assert f > 0.5 > a + q
    assert a + f + q <= 1
    assert turned.probabilities == pytest.approx((q, f, a), abs=0.02)
    assert alphabet.text.strip() == "F"
    assert alphabet.output_tokens == 1


def test_after_the_last_layer_words_have_the_probability_that_the_engine_gives_them(answers):
    said, options = answers[0]["layers"], answers[0]["alphabet"].probabilities
    assert said.failure is None
    assert len(said.layers) == 18
    assert said.layers[-1] == pytest.approx(options, abs=0.06)  # bfloat16 sums in another order
    assert said.text.strip() == "F"
    assert said.layers[0][1] < 0.1 < said.layers[-1][1]


def test_options_that_are_no_answer_have_next_to_no_probability(answers):
    assert sum(answers[0]["no answer"].probabilities) < 0.05
    assert answers[0]["greedy"].probabilities is None


def test_an_option_of_several_tokens_is_a_response_with_a_reason(answers):
    refused = answers[0]["two tokens"]
    assert refused.text is None
    assert refused.failure == "option 'supercalifragilistic' is not one token for this model"


def test_a_model_that_cannot_load_fails_in_the_engines_own_words(embedded_model, tmp_path):
    engine = VllmEngine(embedded_model, str(tmp_path))
    with pytest.raises(EngineFailed, match=r"\w+: \w+"):
        asyncio.run(engine.start())
