"""Output tokens per second of a whole sweep over those of raw vLLM with the same requests.

All load the embedded model with the same arguments on the same cores; each is timed from its engine
being ready to its last response. A third kind is the sweep whose processes spin while they wait, as
vLLM's own do. Runs alternate.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from culture_ray.engines import embedded
from culture_ray.engines.factory import make_engine, weights_of
from culture_ray.engines.interface import Request
from culture_ray.engines.vllm.engine import VllmEngine
from culture_ray.plan.engines import base_models
from culture_ray.plan.requests import request_plan
from culture_ray.plan.stage_units import elicit_units
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.elicit.task import ElicitTask
from culture_ray.stages.generate import generate
from culture_ray.sweep.execute.placement import environment
from tests.bench.figure import Figure
from tests.clocked import Clocked
from tests.small import small_settings

MODEL = "gemma_3_270m"
ORDER = ("raw", "sweep", "spinning", "spinning", "sweep", "raw")
SPINNING = "culture_ray_exact_top_p,culture_ray_parent_watchdog"
"""Plugins of vLLM for a sweep whose processes do not wait for notifications."""


def figures() -> Iterator[Figure]:
    """Yield the ratios and all rates."""
    embedded.GEMMA.prepare()
    tokens = dict.fromkeys(ORDER, 0)
    seconds = dict.fromkeys(ORDER, 0.0)
    for kind in ORDER:
        with tempfile.TemporaryDirectory() as folder:
            count, taken = _in_a_process(kind, folder)
        tokens[kind] += count
        seconds[kind] += taken
    rate = {kind: tokens[kind] / seconds[kind] for kind in tokens}
    name = "whole sweep over raw vLLM, output tokens/s"
    yield Figure(name, rate["sweep"] / rate["raw"], "x", 0.95)
    name = "whole sweep over one whose processes spin, time per token"
    yield Figure(name, rate["spinning"] / rate["sweep"], "x", 0.75, "lower")
    for kind, found in rate.items():
        yield Figure(f"output tokens/s, {kind}", found, "tokens/s")


def raw(settings: Settings) -> tuple[int, float]:
    """All requests at once through vLLM's own offline engine."""
    from vllm import LLM, TokensPrompt

    model = settings.models[MODEL]
    engine = VllmEngine(model, weights_of(model))
    arguments = engine._arguments()
    del arguments["enable_log_requests"]  # only the server's engine has it
    llm = LLM(**arguments)
    engine._tokenizer = llm.get_tokenizer()
    requests = _requests(settings)
    prompts = [TokensPrompt(prompt_token_ids=engine.prompt(one).tokens) for one in requests]
    began = time.perf_counter()
    found = llm.generate(prompts, [_plain(one) for one in requests], use_tqdm=False)
    taken = time.perf_counter() - began
    return sum(len(one.outputs[0].token_ids) for one in found), taken


def _plain(request: Request) -> Any:
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    sampling = request.sampling
    return SamplingParams(
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        max_tokens=sampling.max_tokens,
        stop=list(sampling.stop) or None,
        seed=request.seed,
        output_kind=RequestOutputKind.FINAL_ONLY,
    )


def sweep(settings: Settings) -> tuple[int, float]:
    """The elicit stage as a sweep runs it: Ray, a replica, units, shards."""
    clocked = Clocked()
    generate(RunContext(settings), RunContext(settings).open(), make_engine, clocked)
    return clocked.tokens, clocked.seconds


def _requests(settings: Settings) -> list[Request]:
    sampling = {name: protocol.sampling for name, protocol in settings.protocols.items()}
    task = ElicitTask(settings.languages, sampling, base_models(settings.models))
    units = elicit_units(settings, request_plan(settings))
    return [one for unit in units for one in task.load(unit).requests if one is not None]


def _in_a_process(kind: str, folder: str) -> tuple[int, float]:
    settings = _settings(folder)
    environ = os.environ | {"HF_HUB_OFFLINE": "1"}
    if kind == "raw":  # a replica gets this from the executor
        environ |= environment(settings.models[MODEL])
    if kind == "spinning":
        environ["VLLM_PLUGINS"] = SPINNING
    said = Path(folder) / "said.json"
    command = [sys.executable, "-m", "tests.bench.engine_rate", kind, folder, str(said)]
    environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    log = Path(folder) / "log"
    with log.open("w") as out:
        done = subprocess.run(command, env=environ, check=False, stdout=out, stderr=out)
    if done.returncode:
        raise RuntimeError(f"{kind} ended with {done.returncode}: {log.read_text()[-2000:]}")
    count, taken = json.loads(said.read_text())
    return int(count), float(taken)


def _settings(folder: str) -> Settings:
    return small_settings(Path(folder), "design.prompts_per_language=96", "stages=[elicit]")


if __name__ == "__main__":
    which, place, answer = sys.argv[1:]
    Path(answer).write_text(
        json.dumps({"raw": raw, "sweep": sweep, "spinning": sweep}[which](_settings(place)))
    )
