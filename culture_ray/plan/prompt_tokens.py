"""Tokens of the prompts and responses of a protocol in one language, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from culture_ray.engines.interface import Sampling
from culture_ray.engines.model import Model
from culture_ray.plan.requests import RequestPlan, output_tokens
from culture_ray.plan.tokens import TokenCounter
from culture_ray.prompts.design import Prompt
from culture_ray.prompts.language import Language
from culture_ray.prompts.protocols import find_protocol
from culture_ray.prompts.render import completion_form, render

_PROMPTS_RENDERED = 200
"""Number of prompts per design that are rendered to estimate its tokens."""


@dataclass(frozen=True)
class PromptTokens:
    """Totals of all requests of a protocol and language to one model, and its longest request."""

    prompt: float
    output: float
    longest_prompt: float
    longest_output: float
    longest_group: str = ""
    """Group of topics that the longest request asks; empty where each topic is asked alone."""


def prompt_tokens(
    plan: RequestPlan,
    protocol: str,
    language: Language,
    model: Model,
    sampling: Sampling,
    counter: TokenCounter,
) -> PromptTokens:
    """Return the tokens of a protocol's requests; a sample of its prompts is rendered.

    The prompt of a battery counts with the answers to all its questions as output, a later question
    of a conversation with the questions before it and the longest answers to them.
    """
    ask = _Asking(plan, protocol, language, counter, base=not model.chat)
    design, groups = plan.designs[protocol, language.code], plan.groups.get(protocol)
    answer = output_tokens(protocol, sampling, model)
    step = max(1, len(design) // _PROMPTS_RENDERED)
    if groups is None:
        lengths = ask.lengths([design.prompt(row) for row in range(0, len(design), step)])
        requests = plan.requests(protocol, language.code)
        mean = sum(lengths) / len(lengths)
        return PromptTokens(requests * mean, requests * answer, max(lengths), answer)
    places, first = np.unique(design.topic, return_index=True)
    samples = {design.topics[at]: design.prompt(row) for at, row in zip(places, first, strict=True)}
    rows = design.rows_per_topic()
    rounds = len(plan.rounds_of(protocol, language.code))
    sums = []
    for name, sample in samples.items():
        topics, count = groups[name], rows[name] * rounds
        if find_protocol(protocol).putting == "battery":
            lengths = ask.lengths([sample], items=topics)
            own = model.output_limit(sampling.max_tokens * len(topics))
            mean = sum(lengths) / len(lengths)
            sums.append(PromptTokens(count * mean, count * own, max(lengths), own, name))
        else:
            each = [max(ask.lengths([sample], topic=topic)) for topic in topics]
            sent = [
                sum(each[: place + 1]) + place * sampling.max_tokens for place in range(len(each))
            ]
            output = count * answer * len(topics)
            sums.append(PromptTokens(count * sum(sent), output, sent[-1], answer, name))
    longest = max(sums, key=lambda one: one.longest_prompt + one.longest_output)
    return PromptTokens(
        sum(one.prompt for one in sums),
        sum(one.output for one in sums),
        longest.longest_prompt,
        longest.longest_output,
        longest.longest_group,
    )


@dataclass(frozen=True)
class _Asking:
    plan: RequestPlan
    protocol: str
    language: Language
    counter: TokenCounter
    base: bool
    """True for a model without a chat template."""

    def lengths(
        self, prompts: Sequence[Prompt], *, topic: str = "", items: Sequence[str] = ()
    ) -> list[float]:
        """Return the tokens of prompts in every variant; `topic` replaces that of the prompts."""
        # Nearly all prompts have a persona where there are any, and those are longer.
        persona = self.plan.personas_of(self.protocol, self.language.code)[-1]
        texts = [
            render(
                self.language, self.protocol, row.template, topic or row.topic, row.wording,
                persona, variant, items=items,
            )
            for row, variant in product(prompts, self.plan.variants_of(self.protocol))
        ]  # fmt: skip
        if self.base:
            texts = [completion_form(self.language, self.protocol, text) for text in texts]
        return self.counter.lengths(texts, self.language.code)
