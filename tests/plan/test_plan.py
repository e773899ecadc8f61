"""A plan counts the requests of a sweep, and errors that stop a sweep stop its plan too."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.engines.interface import Sampling
from culture_ray.engines.model import Model
from culture_ray.errors import MissingGroundTruth, WrongValue
from culture_ray.plan.engines import base_models
from culture_ray.plan.plan import expected_rates
from culture_ray.plan.requests import output_tokens, request_plan
from culture_ray.plan.stage_units import elicit_units
from culture_ray.plan.tokens import TokenCounter
from culture_ray.stages.context import RunContext
from culture_ray.stages.elicit.task import ElicitTask
from tests.answered import answer
from tests.engines.shapes.test_sizes import PUBLISHED
from tests.small import small_settings

TWO = ("model=[gemma_2_2b,gpt_4o]", "judge=[gemma_2_9b]")


@pytest.mark.slow
def test_every_model_and_judge_has_a_line_with_its_requests(tmp_path: Path) -> None:
    plan = RunContext(small_settings(tmp_path, *TWO)).checked_plan()
    lines = [(row.stage, row.model, row.estimate.requests) for row in plan.rows]
    assert lines == [
        ("elicit", "gemma_2_2b", 48),
        ("elicit", "gpt_4o", 48),
        ("judge", "gemma_2_9b", 96),
    ]
    (asks,) = plan.protocols
    assert (asks.protocol, asks.prompts, asks.countries) == ("hypothetical_interviews", 24, ())
    assert sum(asks.per_topic.values()) == 24
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_finished_run_costs_nothing_more_and_a_half_one_half(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, "model=[gpt_4o]", "judge=[gpt_4_1]")
    whole = RunContext(settings).quote()
    answer(settings, judge=False)
    half = RunContext(settings).quote()
    assert [line.requests for line in whole.lines] == [48, 48]
    assert [line.requests for line in half.lines] == [0, 48]
    assert half.expected == whole.lines[1].expected
    answer(settings)
    done = RunContext(settings).quote()
    assert (done.expected, done.most) == (0, 0)
    assert done.sentences() == [
        "further cost in total: $0.00, nothing is left to ask ($0.00 spent)"
    ]


@pytest.mark.slow
def test_failed_requests_cost_again_with_retry_and_their_labels_too(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, "model=[gpt_4o]", "judge=[gpt_4_1]")
    answer(settings, lambda row: "failed" if int(str(row["request_id"])[:4], 16) % 3 else "fine")
    failed = sum(RunContext(replace(settings, retry="failed")).asked_again.values())
    assert 0 < failed < 48
    assert [line.requests for line in RunContext(settings).quote().lines] == [0, 0]
    again = RunContext(replace(settings, retry="failed")).quote()
    assert [line.requests for line in again.lines] == [failed, failed]


@pytest.mark.slow
def test_prompt_tokens_are_those_of_the_prompts_that_would_be_sent(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, *TWO)
    sampling = {name: p.sampling for name, p in settings.protocols.items()}
    task = ElicitTask(settings.languages, sampling, base_models(settings.models))
    ratios = {"da": 3.21, "en": 4.34}
    sent = [
        len(request.prompt) / ratios[unit.language]
        for unit in elicit_units(settings, request_plan(settings))
        for request in task.load(unit).requests
        if request is not None and unit.model == "gpt_4o"
    ]
    assert len(sent) == 48
    elicit = RunContext(settings).checked_plan().rows[1].estimate
    assert elicit.prompt_tokens == pytest.approx(sum(sent))
    assert elicit.output_tokens == 48 * 112


def test_a_tokenizer_that_is_here_counts_instead_of_the_ratio(tmp_path: Path) -> None:
    tokenizers = pytest.importorskip("tokenizers")
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel({"?": 0}, unk_token="?"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    words.save(str(tmp_path / "tokenizer.json"))
    model = Model("vllm", "f", str(tmp_path))
    here = TokenCounter(model, {"en": 2.0})
    assert here.exact
    assert here.count(["one two", "three"], "en") == 3
    away = TokenCounter(replace(model, source="org/elsewhere"), {"en": 2.0, "other": 4.0})
    assert not away.exact
    assert away.count(["one two", "three"], "en") == 6.0
    assert away.count(["one two", "three"], "fi") == 3.0


@pytest.mark.slow
def test_judges_read_at_most_what_models_may_write(tmp_path: Path) -> None:
    few, many = (
        RunContext(
            small_settings(
                tmp_path, f"protocol.hypothetical_interviews.sampling.max_tokens={most}"
            )
        ).checked_plan().rows[1].estimate
        for most in (100, 300)
    )  # fmt: skip
    assert many.prompt_tokens - few.prompt_tokens == pytest.approx(48 * 200)


@pytest.mark.slow
def test_a_budget_for_thoughts_is_planned_beside_that_of_the_response(tmp_path: Path) -> None:
    def estimates(*words: str) -> list[tuple[float, float]]:
        rows = RunContext(small_settings(tmp_path, *words)).checked_plan().rows
        return [(row.estimate.output_tokens, row.estimate.prompt_tokens) for row in rows]

    plain = estimates()
    thinking = estimates("++model.gemma_3_270m.thinking_tokens=1000")
    assert thinking[0][0] - plain[0][0] == pytest.approx(48 * 1000)
    assert thinking[1] == pytest.approx(plain[1])  # the judge thinks nothing, and reads texts alone
    judge = estimates("++judge.gemma_3_270m.model.thinking_tokens=500")
    assert judge[1][0] - plain[1][0] == pytest.approx(48 * 500)


@pytest.mark.slow
def test_a_quote_reserves_the_budget_for_thoughts(tmp_path: Path) -> None:
    words = ("model=[gpt_4o]", "judge=[gpt_4_1]")
    plain = RunContext(small_settings(tmp_path, *words)).quote().lines
    thinking = RunContext(
        small_settings(tmp_path, *words, "++model.gpt_4o.thinking_tokens=1000")
    ).quote().lines  # fmt: skip
    assert thinking[0].most - plain[0].most == pytest.approx(48 * 1000 * 10 / 1e6)
    assert thinking[1] == plain[1]


def test_a_model_that_thinks_chooses_among_options_in_words() -> None:
    sampling, silent = Sampling(max_tokens=12), Model("vllm", "f", "s")
    thinking = replace(silent, thinking_tokens=1000)
    assert output_tokens("direct_item", sampling, silent) == 1
    assert output_tokens("direct_item", sampling, thinking) == 1012


@pytest.mark.slow
def test_the_executor_gets_the_sizes_that_the_plan_shows(tmp_path: Path) -> None:
    settings = small_settings(
        tmp_path, "model=[gemma_2_27b]", "judge=[gemma_2_27b]", "cluster.gpus_per_node=8",
        "model.gemma_2_27b.gpus_per_replica=auto",
        "judge.gemma_2_27b.model.gpus_per_replica=auto",
        "protocol.hypothetical_interviews.sampling.max_tokens=600",
    )  # fmt: skip
    sized = RunContext(settings).sized
    assert sized.models["gemma_2_27b"].gpus_per_replica == 2
    assert sized.judges["gemma_2_27b"].model == sized.models["gemma_2_27b"]
    assert RunContext(settings).checked_plan().rows[0].estimate.gpus == 2
    stated = ("gpus_per_replica=1", "engine_args.max_num_seqs=256")
    plain = small_settings(
        tmp_path, *TWO,
        *(f"++{key}.{word}" for key in ("model.gemma_2_2b", "judge.gemma_2_9b.model")
          for word in stated),
    )  # fmt: skip
    assert RunContext(plain).sized is plain


def test_notices_name_missing_keys_and_prompts_that_nobody_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    notices = " ".join(RunContext(small_settings(tmp_path, *TWO)).checked_plan().notices)
    assert "needed to run and not set in the environment: OPENAI_API_KEY" in notices
    assert "sent to the server of" not in notices
    assert "prompts not yet confirmed by a person: da, en" in notices


@pytest.mark.slow
def test_a_plan_is_stopped_by_what_would_stop_the_sweep(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, "populations.compare=['speakers:da']")
    with pytest.raises(MissingGroundTruth, match="speakers:en"):
        RunContext(settings).checked_plan()


@pytest.mark.slow
def test_progress_is_given_the_plans_rate_and_length_of_every_model_and_judge(
    tmp_path: Path,
) -> None:
    settings = small_settings(tmp_path, "model=[gemma_3_270m,gpt_4o]", "judge=[gemma_3_270m]")
    assert list(expected_rates(RunContext(settings).plan.rows)) == [
        ("elicit", "gemma_3_270m", 112.0, 280.0),
        ("elicit", "gpt_4o", 112.0, None),
        ("judge", "gemma_3_270m", 128.0, 280.0),
    ]


@pytest.mark.slow
def test_asking_again_for_probabilities_that_come_out_the_same_is_told(tmp_path: Path) -> None:
    words = ("protocol=[direct_item]", "protocol.direct_item.samples=5")
    assert "samples=1 is enough" in " ".join(
        RunContext(small_settings(tmp_path, *words)).checked_plan().notices
    )
    once = RunContext(small_settings(tmp_path, words[0])).checked_plan().notices
    assert "samples=1" not in " ".join(once)


def write_model(folder: Path, name: str) -> Path:
    """Write a folder with a published configuration, and return it."""
    made = folder / name
    made.mkdir()
    config = json.dumps(PUBLISHED[name]["config"])
    (made / "config.json").write_text(config, encoding="utf-8")
    return made


def three_lines(name: str, source: Path) -> tuple[str, ...]:
    """The overrides that stand for a model's file of three lines."""
    return tuple(
        f"+model.{name}.{key}={value}"
        for key, value in (("engine", "vllm"), ("source", source), ("family", "any"))
    )


@pytest.mark.slow
def test_three_lines_are_enough_for_a_model(tmp_path: Path) -> None:
    words = [word for name in ("deepseek_v2_lite", "gemma_3n_e4b", "granite_4_h_small")
             for word in three_lines(name, write_model(tmp_path, name))]  # fmt: skip
    settings = small_settings(tmp_path, "model=[]", *words)
    plan = RunContext(settings).checked_plan()
    rows = {row.model: row.estimate for row in plan.rows}
    assert rows["deepseek_v2_lite"].parameters == pytest.approx(15.7e9, rel=0.01)
    assert rows["gemma_3n_e4b"].parameters == pytest.approx(7.85e9, rel=0.01)
    assert rows["granite_4_h_small"].parameters == pytest.approx(32.2e9, rel=0.01)
    assert not [notice for notice in plan.notices if "config.json" in notice]


@pytest.mark.slow
def test_a_model_with_less_context_is_loaded_for_as_much_as_it_has(tmp_path: Path) -> None:
    source = write_model(tmp_path, "olmo_2_32b")
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    short = json.dumps(config | {"max_position_embeddings": 2048})
    (source / "config.json").write_text(short, encoding="utf-8")
    settings = small_settings(tmp_path, "model=[]", *three_lines("m", source))
    assert RunContext(settings).sized.models["m"].max_model_len == 2048
    words = three_lines("m", source)
    longer = small_settings(tmp_path, "model=[]", *words, "+model.m.max_model_len=8192")
    with pytest.raises(WrongValue, match=r"model\.m\.max_model_len=8192 .* at most 2048"):
        _ = RunContext(longer).sized


@pytest.mark.slow
def test_a_gpu_without_bfloat16_gets_a_type_that_vllm_takes(tmp_path: Path) -> None:
    words = three_lines("llama", write_model(tmp_path, "llama_3_2_1b"))
    settings = small_settings(
        tmp_path, "model=[gemma_2_2b]", *words, "judge=[gemma_2_9b]", "cluster.gpu=v100_32gb"
    )
    notices = [n for n in RunContext(settings).checked_plan().notices if "bfloat16" in n]
    assert notices == [
        "V100 32GB SXM2 has no bfloat16: set dtype=float32 for gemma_2_2b, gemma_2_9b, which "
        "overflow float16 and need twice the memory in float32",
        "V100 32GB SXM2 has no bfloat16: set dtype=float16 for llama",
    ]


def test_a_server_of_ones_own_is_not_said_to_cost_money_or_to_need_openais_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    own = [
        "++model.gpt_4o.api.base_url=http://127.0.0.1:9999/v1",
        "++model.gpt_4o.prices={input: 0, output: 0}",
        "~model.gpt_4o.gpus_per_replica",
    ]
    context = RunContext(small_settings(tmp_path, *TWO, *own))
    assert not any("cap" in sentence for sentence in context.quote().sentences())
    plan = context.checked_plan()
    (key,) = [notice for notice in plan.notices if "OPENAI_API_KEY" in notice]
    assert "sent to the server of gpt_4o too: api.key_variable=null if it takes no key" in key
    keyless = small_settings(tmp_path, *TWO, *own, "++model.gpt_4o.api.key_variable=null")
    plan = RunContext(keyless).checked_plan()
    assert not any("OPENAI_API_KEY" in notice for notice in plan.notices)
    assert (plan.rows[1].estimate.hardware, plan.rows[1].estimate.gpus) == ("its server", 0)
