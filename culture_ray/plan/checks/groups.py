"""Check that the topics asked together fit into a model's context, with their answers."""

from __future__ import annotations

from culture_ray.engines.model import Model
from culture_ray.errors import WrongValue
from culture_ray.plan.prompt_tokens import PromptTokens
from culture_ray.prompts.protocols import find_protocol
from culture_ray.sweep.plan.readiness import SURELY


def check_group(
    protocol: str,
    groups: str | None,
    language: str,
    name: str,
    model: Model,
    asked: PromptTokens,
    *,
    exact: bool,
) -> None:
    """Raise WrongValue for a battery or a conversation that is longer than a model's context.

    An API model is checked where its file states its context. A prompt that was not counted with
    the model's own tokenizer counts by half.
    """
    length = model.context_length if model.is_api else model.max_model_len
    prompt, answers = asked.longest_prompt, asked.longest_output
    needed = (1.0 if exact else SURELY) * prompt + answers
    if not asked.longest_group or length is None or needed <= length:
        return
    key = "context_length" if model.is_api else "max_model_len"
    what = "battery" if find_protocol(protocol).putting == "battery" else "conversation"
    about = "" if exact else "about "
    raise WrongValue(
        f"protocol.{protocol}.groups",
        groups or "battery",
        f"groups that fit into the context of {name}: the {what} {asked.longest_group} in "
        f"{language} has {about}{prompt:,.0f} tokens, its answer may have {answers:,.0f}, and "
        f"model.{name}.{key} is {length:,}; choose smaller groups, leave topics out with "
        f"topics.only, or lower protocol.{protocol}.sampling.max_tokens",
    )
