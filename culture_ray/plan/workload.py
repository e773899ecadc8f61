"""Workload of a run: requests and tokens per stage and model, and the GPUs of each replica."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from culture_ray.benchmarks.items.read import Items
from culture_ray.engines.adapters import adapter_rank
from culture_ray.engines.architecture import with_own_config
from culture_ray.engines.model import Model
from culture_ray.engines.vllm.engine_args import check_engine_args
from culture_ray.errors import ModelFilesMissing
from culture_ray.judging.prompt import (
    JudgePrompt,
    chat_prompt,
    completion_prompt,
    example_turns,
)
from culture_ray.plan.benchmarks.rating_workload import rating_tokens
from culture_ray.plan.benchmarks.workload import benchmark_tokens
from culture_ray.plan.checks.groups import check_group
from culture_ray.plan.prompt_tokens import prompt_tokens
from culture_ray.plan.replica_size import with_its_size
from culture_ray.plan.requests import RequestPlan
from culture_ray.plan.tokens import TokenCounter
from culture_ray.prompts.language import Language
from culture_ray.prompts.protocols import find_protocol
from culture_ray.settings.design import ProtocolSettings
from culture_ray.settings.judging import Judge
from culture_ray.settings.run import Settings
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.readiness import check_context, check_loadable


@dataclass(frozen=True)
class Part:
    """Requests to one model in one stage; token counts are totals."""

    stage: str
    name: str
    model: Model
    requests: int
    prompt_tokens: float
    output_tokens: float
    exact: bool
    """True if prompt tokens were counted with the model's tokenizer."""
    longest_prompt: float = 0.0
    longest_output: float = 0.0
    """Tokens of one request."""


@dataclass(frozen=True)
class Workload:
    """Workload of a run: all parts, those of elicit first, then those of benchmarks."""

    parts: tuple[Part, ...]
    notices: tuple[str, ...]
    """Sentences on models with an unknown architecture."""


def workload_of(
    settings: Settings, plan: RequestPlan, benchmarks: Mapping[str, Items] | None = None
) -> Workload:
    """Return the workload of a run, with GPUs and sequences of replicas chosen where they are open.

    Raises ModelFilesMissing if a model's architecture is needed and not known, ModelDoesNotFit if
    no number of GPUs is enough, and WrongValue for a number of GPUs that does not divide the number
    of attention heads.
    """
    notices: list[str] = []
    models, judges = _described(settings.models, settings.judges, notices)
    sampling = {name: protocol.sampling for name, protocol in settings.protocols.items()}
    parts = []
    counters = {
        name: TokenCounter(model, settings.characters_per_token) for name, model in models.items()
    }
    for name, model in models.items() if plan.designs else ():
        part = _elicit_part(
            settings.languages, settings.protocols, plan, name, model, counters[name]
        )
        parts.append(_sized(part, settings.design.samples, settings.cluster))
    for name, model in models.items() if benchmarks else ():
        asked = benchmark_tokens(benchmarks or {}, model, counters[name])
        part = Part(
            "benchmark", name, model, asked.requests, asked.prompt, asked.output,
            counters[name].exact, asked.longest_prompt, asked.longest_output,
        )  # fmt: skip
        parts.append(_sized(part, 1, settings.cluster))
    judged = [key for key in plan.designs if find_protocol(key[0]).judged]
    requests = sum(plan.requests(*key) for key in judged) * len(models)
    # A judge reads the texts of responses, not the thoughts.
    texts = sum(plan.requests(*key) * sampling[key[0]].max_tokens for key in judged)
    response_tokens = float(texts) * len(models)
    for name, judge in judges.items():
        counter = TokenCounter(judge.model, settings.characters_per_token)
        rated = rating_tokens(benchmarks or {}, models, counter)
        if not judged and not rated.requests:
            continue
        own = _judge_tokens(settings.languages, judge, counter)
        # A judge with a share labels a sample; the other responses are rows without a request.
        prompt = (response_tokens + requests * own) * judge.share
        most_output = judge.model.output_limit(judge.sampling.max_tokens)
        longest = own + max((sampling[key[0]].max_tokens for key in judged), default=0)
        output = float(requests * most_output) * judge.share + rated.requests * most_output
        part = Part(
            "judge", name, judge.model, requests + rated.requests, prompt + rated.prompt, output,
            counter.exact, max(longest if judged else 0.0, rated.longest_prompt), most_output,
        )  # fmt: skip
        parts.append(_sized(part, 1, settings.cluster))
    return Workload(tuple(parts), tuple(notices))


def _elicit_part(
    languages: Mapping[str, Language],
    protocols: Mapping[str, ProtocolSettings],
    plan: RequestPlan,
    name: str,
    model: Model,
    counter: TokenCounter,
) -> Part:
    """Return the requests of all protocols to one model; raises WrongValue for a long group."""
    asks = []
    for protocol, code in plan.designs:
        settings = protocols[protocol]
        asked = prompt_tokens(plan, protocol, languages[code], model, settings.sampling, counter)
        check_group(protocol, settings.groups, code, name, model, asked, exact=counter.exact)
        asks.append(asked)
    longest = max(asks, key=lambda one: one.longest_prompt + one.longest_output)
    return Part(
        "elicit", name, model, plan.per_model(), sum(one.prompt for one in asks),
        float(sum(one.output for one in asks)), counter.exact, longest.longest_prompt,
        longest.longest_output,
    )  # fmt: skip


def with_choices(settings: Settings, workload: Workload) -> Settings:
    """Return the settings with the GPUs, lengths and sequences that the workload has chosen."""
    planned = {(part.stage, part.name): part.model for part in workload.parts}

    def chosen(stage: str, name: str, model: Model) -> Model:
        found = planned.get((stage, name), model)
        return replace(
            model,
            gpus_per_replica=found.gpus_per_replica,
            max_model_len=found.max_model_len,
            engine_args=found.engine_args,
            in_flight=found.in_flight,
        )

    of_protocols = {part.name for part in workload.parts if part.stage == "elicit"}
    models = {
        name: chosen("elicit" if name in of_protocols else "benchmark", name, model)
        for name, model in settings.models.items()
    }
    judges = {}
    for name, judge in settings.judges.items():
        # A judge that is one of the run's models shares its replicas, and so has their size.
        same = [models[key] for key, model in settings.models.items() if model == judge.model]
        judges[name] = replace(judge, model=(same or [chosen("judge", name, judge.model)])[0])
    if models == settings.models and judges == settings.judges:
        return settings
    return replace(settings, models=models, judges=judges)


def _described(
    models: Mapping[str, Model], judges: Mapping[str, Judge], notices: list[str]
) -> tuple[dict[str, Model], dict[str, Judge]]:
    """Return models and judges, completed from the models' own config files.

    A model with an unknown architecture is left as it is, and a sentence is added to `notices`;
    raises ModelFilesMissing if its number of GPUs has to be chosen.
    """

    def describe(name: str, model: Model) -> Model:
        try:
            return with_own_config(name, model)
        except ModelFilesMissing as problem:
            if model.choose_gpus:
                raise
            if str(problem) not in notices:
                notices.append(str(problem))
            return model

    return (
        {name: describe(name, model) for name, model in models.items()},
        {
            name: replace(judge, model=describe(f"judge {name}", judge.model))
            for name, judge in judges.items()
        },
    )


def _sized(part: Part, samples: int, cluster: Cluster) -> Part:
    key = f"judge.{part.name}.model" if part.stage == "judge" else f"model.{part.name}"
    check_engine_args(key, part.model)
    check_loadable(key, part.model)
    if part.model.adapter is not None:
        adapter_rank(key, part.model)
    check_context(key, part.model, part.longest_prompt, part.longest_output, exact=part.exact)
    requests = max(part.requests, 1)
    tokens = part.prompt_tokens / requests, part.output_tokens / requests
    return replace(part, model=with_its_size(key, part.model, *tokens, samples, cluster))


def _judge_tokens(languages: Mapping[str, Language], judge: Judge, counter: TokenCounter) -> float:
    """Return the tokens of a judge's prompt without the response; the prompt is in English."""
    language = next(iter(languages.values()))
    texts = next(iter(language.topics.values()))
    task = JudgePrompt("", texts.pro, texts.con, language.name, tuple(languages))
    if judge.model.chat:
        chat = chat_prompt(task)
        examples = example_turns(task.languages) if judge.examples else ()
        worked = [text for turn in examples for text in (turn.user, turn.assistant)]
        return counter.count([chat.system, *worked, chat.user], "en")
    return counter.count([completion_prompt(task)], "en")
