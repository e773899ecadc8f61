"""Requests of a run: the design of every protocol and language, and the request tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import pyarrow as pa

from culture_ray.engines.interface import Sampling
from culture_ray.engines.model import Model
from culture_ray.labels.read import IMPORTED, IMPORTED_PERSONA
from culture_ray.plan.checks.answers import check_answers
from culture_ray.plan.checks.factors import check_factors
from culture_ray.plan.conversations import (
    ConversationStep,
    Rounds,
    battery_requests,
    conversation_steps,
)
from culture_ray.prompts.design import PromptDesign, balanced, full_factorial, independent
from culture_ray.prompts.factors import USUAL, Variant, crossed
from culture_ray.prompts.item_groups import Groups, group_ids, topic_groups
from culture_ray.prompts.options import order_of
from culture_ray.prompts.protocols import find_protocol
from culture_ray.prompts.shared_ids import LeftOut, SharedIds, shared_ids
from culture_ray.settings.design import DesignSettings, ProtocolSettings
from culture_ray.settings.run import Settings
from culture_ray.survey.profiles import Profile
from culture_ray.sweep.plan.requests import elicit_requests


@dataclass(frozen=True)
class RequestPlan:
    """Designs of a run: one per protocol and language, the same for every model and persona."""

    designs: dict[tuple[str, str], PromptDesign]
    """Designs by protocol and language."""
    left_out: tuple[LeftOut, ...]
    """Templates and wordings that are not used because some language lacks them."""
    personas: Mapping[tuple[str, str], tuple[str | None, ...]] = field(default_factory=dict)
    """Countries or profiles of the personas, by protocol and language; None is no persona."""
    variants: Mapping[str, tuple[Variant, ...]] = field(default_factory=dict)
    """Combinations of levels by protocol; each prompt is asked in all of them."""
    groups: Mapping[str, Groups] = field(default_factory=dict)
    """Topics of each group, by protocol that asks them together: the topics of its designs are
    names of groups."""

    def personas_of(self, protocol: str, language: str) -> tuple[str | None, ...]:
        """Return the countries or profiles that prompts are asked as; (None,) without a persona."""
        return self.personas.get((protocol, language), (None,))

    def variants_of(self, protocol: str) -> tuple[Variant, ...]:
        """Return the combinations of levels in which a protocol asks each prompt."""
        return self.variants.get(protocol, (USUAL,))

    def rounds_of(self, protocol: str, language: str) -> Rounds:
        """Return the personas and variants in which a protocol asks each prompt of its design."""
        return list(product(self.personas_of(protocol, language), self.variants_of(protocol)))

    def requests(self, protocol: str, language: str) -> int:
        """Return the number of requests per model in one protocol and language."""
        if find_protocol(protocol).putting != "battery":
            return self.questions(protocol, language)
        return len(self.designs[protocol, language]) * len(self.rounds_of(protocol, language))

    def conversation_lengths(self, protocol: str, language: str) -> list[int]:
        """Return the number of questions of each conversation, in the order of their numbers."""
        design, groups = self.designs[protocol, language], self.groups[protocol]
        lengths = [len(groups[design.topics[topic]]) for topic in design.topic]
        return lengths * len(self.rounds_of(protocol, language))

    def questions(self, protocol: str, language: str) -> int:
        """Return the number of answers that these requests ask for: a battery's ask for several."""
        asked = sum(self.rows_per_topic(protocol, language).values())
        return asked * len(self.rounds_of(protocol, language))

    def rows_per_topic(self, protocol: str, language: str) -> dict[str, int]:
        """Return the prompts about each topic, for one persona and one combination of levels."""
        rows = self.designs[protocol, language].rows_per_topic()
        groups = self.groups.get(protocol, {})
        return {topic: count for name, count in rows.items() for topic in groups.get(name, (name,))}

    def per_model(self) -> int:
        """Return the number of requests per model."""
        return sum(self.requests(*key) for key in self.designs)


def request_plan(
    settings: Settings, profiles: Mapping[str, Sequence[Profile]] | None = None
) -> RequestPlan:
    """Return the designs of a run; `profiles` of respondents are by language.

    With profiles, every prompt is asked as each of them, and once without. Raises BadPrompts if a
    language lacks texts, WrongValue for a factor that does nothing.
    """
    topics = [topic.id for topic in settings.topics]
    designs: dict[tuple[str, str], PromptDesign] = {}
    left_out: list[LeftOut] = []
    personas: dict[tuple[str, str], tuple[str | None, ...]] = {}
    variants: dict[str, tuple[Variant, ...]] = {}
    groups: dict[str, Groups] = {}
    for name, protocol in settings.protocols.items():
        if name in (IMPORTED, IMPORTED_PERSONA):
            continue
        languages, factors = list(settings.languages.values()), protocol.factors
        ids = shared_ids(languages, topics, name, protocol.countries)
        check_factors(find_protocol(name), factors, languages, topics)
        ids = _in_orders(ids, factors.order) if find_protocol(name).offers_options else ids
        variants[name] = crossed(factors)
        if find_protocol(name).offers_options:
            key = f"protocol.{name}.factors"
            check_answers(settings.languages.values(), settings.topics, factors, key)
        left_out += ids.left_out
        if find_protocol(name).groups_topics:
            groups[name] = topic_groups(settings.topics, protocol.groups or "battery")
            ids = group_ids(ids, groups[name])
        samples = samples_of(name, protocol, settings.design)
        prompts = _prompts(name, protocol, settings.design, ids)
        for language in settings.languages:
            designs[name, language] = _design(
                settings.design.kind, ids, prompts, samples, settings.seed, language
            )
            described = [profile.text for profile in (profiles or {}).get(language, ())]
            personas[name, language] = protocol.countries or (None, *described)
    return RequestPlan(designs, tuple(left_out), personas, variants, groups)


def samples_of(name: str, protocol: ProtocolSettings, design: DesignSettings) -> int:
    """Return the number of responses that a protocol asks for per prompt."""
    # Option probabilities are the same in every sample, which would inflate self-consistency.
    default = 1 if find_protocol(name).answers == "probability" else design.samples
    return protocol.samples or default


def output_tokens(protocol: str, sampling: Sampling, model: Model) -> int:
    """Return the largest number of tokens of a model's response to a protocol, thoughts included.

    Probabilities of options need one token, unless the model thinks before it chooses.
    """
    if find_protocol(protocol).answers == "probability" and not model.thinks:
        return 1
    return model.output_limit(sampling.max_tokens)


def request_table(plan: RequestPlan, model: str, language: str) -> pa.Table:
    """Return the requests to one model in one language, all protocols (REQUESTS schema)."""
    tables = [
        protocol_requests(plan, model, language, protocol)
        for protocol, spoken in plan.designs
        if spoken == language
    ]
    return pa.concat_tables(tables).combine_chunks()


def protocol_requests(plan: RequestPlan, model: str, language: str, protocol: str) -> pa.Table:
    """Return the requests to one model in one language and protocol (REQUESTS schema)."""
    if find_protocol(protocol).putting == "sequence":
        steps = protocol_steps(plan, model, language, protocol)
        return pa.concat_tables([step.rows for step in steps]).combine_chunks()
    design, groups = plan.designs[protocol, language], plan.groups.get(protocol)
    rounds = plan.rounds_of(protocol, language)
    if groups is not None:
        return battery_requests(model, language, protocol, design, groups, rounds)
    rows = (design.prompt(row) for row in range(len(design)))
    prompts = [(row.template, row.topic, row.wording, row.sample) for row in rows]
    tables = [
        elicit_requests(model, language, protocol, prompts, persona, variant.text)
        for persona, variant in rounds
    ]
    return pa.concat_tables(tables).combine_chunks()


def protocol_steps(
    plan: RequestPlan, model: str, language: str, protocol: str
) -> list[ConversationStep]:
    """Return the requests of a protocol whose topics are put one after another, by step."""
    return conversation_steps(
        model, language, protocol, plan.designs[protocol, language], plan.groups[protocol],
        plan.rounds_of(protocol, language),
    )  # fmt: skip


def _prompts(name: str, protocol: ProtocolSettings, design: DesignSettings, ids: SharedIds) -> int:
    prompts = protocol.prompts_per_language or design.prompts_per_language
    if find_protocol(name).answers != "probability":
        return prompts
    pairs = sum(len(ids.wordings[topic]) for topic in ids.topics) * len(ids.templates)
    return min(prompts, pairs)


def _in_orders(ids: SharedIds, orders: Sequence[str]) -> SharedIds:
    """Return the ids with the wordings that list the options in one of these orders."""
    chosen = {
        topic: tuple(name for name in names if order_of(name) in orders)
        for topic, names in ids.wordings.items()
    }
    return replace(ids, wordings=chosen)


def _design(
    kind: str, ids: SharedIds, prompts: int, samples: int, seed: int, language: str
) -> PromptDesign:
    texts = (ids.templates, ids.topics, ids.wordings)
    if kind == "full_factorial":
        return full_factorial(*texts, samples=samples)
    if kind == "independent":
        return independent(*texts, prompts=prompts, samples=samples, seed=seed, language=language)
    return balanced(*texts, prompts=prompts, samples=samples, seed=seed)
