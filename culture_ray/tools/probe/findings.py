"""Findings of a probe: what the outcomes say about a provider; pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from culture_ray.spending.limiting.limit_headers import stated_limits
from culture_ray.tools.probe.outcome import ProbeOutcome
from culture_ray.tools.probe.probes import SCHEMA, STOP_WORD, SYSTEM_WORD

Verdict = Literal["yes", "no", "ignored", "unclear"]
"""Supported; refused or absent; accepted without effect; not to be told from these answers."""

Outcomes = Mapping[str, ProbeOutcome]
"""By the name of the probe."""


@dataclass(frozen=True)
class ProbeFinding:
    """One line of the result."""

    what: str
    verdict: Verdict
    detail: str = ""


def findings_of(outcomes: Outcomes, now: float) -> list[ProbeFinding]:
    """Return the findings, in the order in which they are shown; `now` in seconds since 1970."""
    return [
        *_sampling(outcomes),
        _output_limit(outcomes["output limit"]),
        *(
            judge(outcomes[name])
            for name, judge in (
                ("stop", _stop),
                ("system message", _system),
                ("structured output", _structured),
                ("log probabilities", _probabilities),
            )
            if name in outcomes
        ),
        _limits(outcomes, now),
        _usage(outcomes),
        _thoughts(outcomes),
        _price(outcomes),
    ]


def _sampling(outcomes: Outcomes) -> Iterator[ProbeFinding]:
    for name in ("temperature", "top_p", "temperature and top_p"):
        if name in outcomes:
            yield _accepted(name, outcomes[name])
    if "seed" in outcomes:
        first, second = outcomes["seed"], outcomes["seed again"]
        if not first.answered or not second.answered:
            yield _accepted("seed", first if not first.answered else second)
        elif first.text is None or second.text is None:
            yield ProbeFinding("seed", "unclear", "accepted, but an answer has no text")
        elif first.text == second.text:
            yield ProbeFinding("seed", "yes", "the same seed gave the same text twice")
        else:
            yield ProbeFinding("seed", "ignored", "accepted, but the same seed gave two texts")


def _output_limit(found: ProbeOutcome) -> ProbeFinding:
    name = found.limit_name
    if not found.answered:
        return ProbeFinding("output limit", "no", found.reason)
    used = None if found.usage is None else found.usage.output_tokens
    if used is None:
        return ProbeFinding("output limit", "unclear", f"{name} is accepted; no usage is reported")
    if used > found.max_tokens:
        detail = f"{name}={found.max_tokens} is accepted, and {used} tokens are billed"
        return ProbeFinding("output limit", "ignored", detail)
    return ProbeFinding("output limit", "yes", f"{name}, kept: {used} of {found.max_tokens} tokens")


def _stop(found: ProbeOutcome) -> ProbeFinding:
    if not found.answered or found.text is None:
        return _accepted("stop", found)
    if STOP_WORD in found.text:
        return ProbeFinding("stop", "ignored", "accepted, but the text goes on beyond it")
    return ProbeFinding("stop", "yes", "the text ends before the sequence")


def _system(found: ProbeOutcome) -> ProbeFinding:
    if not found.answered or found.text is None:
        return _accepted("system message", found)
    if SYSTEM_WORD in found.text.lower():
        return ProbeFinding("system message", "yes", "followed")
    return ProbeFinding(
        "system message", "ignored", f"accepted, but not followed: {found.text[:40]!r}"
    )


def _structured(found: ProbeOutcome) -> ProbeFinding:
    if not found.answered or found.text is None:
        return _accepted("structured output", found)
    try:
        value = json.loads(found.text)
    except ValueError:
        return ProbeFinding("structured output", "ignored", "accepted, but the answer is not JSON")
    wanted = SCHEMA["properties"]["colour"]["enum"]
    if not isinstance(value, dict) or set(value) != {"colour"} or value["colour"] not in wanted:
        return ProbeFinding("structured output", "ignored", "JSON, but not of the schema")
    return ProbeFinding("structured output", "yes", "JSON of the schema")


def _probabilities(found: ProbeOutcome) -> ProbeFinding:
    if found.probabilities is not None:
        return ProbeFinding("log probabilities", "yes", "of the likeliest tokens")
    if not found.answered:
        return _accepted("log probabilities", found)
    return ProbeFinding("log probabilities", "no", "accepted, but the answer has none")


def _limits(outcomes: Outcomes, now: float) -> ProbeFinding:
    shown = [f"{limit:,.0f} {kind} per minute" for kind, limit in limits_in(outcomes, now).items()]
    headers = _latest(outcomes).headers
    for limit in stated_limits(headers, now):
        if limit.limit is not None and limit.is_longer_than_a_minute:
            hours = (limit.window_s or 0.0) / 3600
            shown.append(f"{limit.limit:,.0f} {limit.kind} per {hours:g} hours")
    return ProbeFinding("limits in headers", "yes" if shown else "no", ", ".join(shown))


def limits_in(outcomes: Outcomes, now: float) -> dict[str, float]:
    """Return the limits per minute that the latest answer's headers state, by kind."""
    return {
        limit.kind: limit.per_minute
        for limit in stated_limits(_latest(outcomes).headers, now)
        if limit.per_minute is not None
    }


def _usage(outcomes: Outcomes) -> ProbeFinding:
    reported = [_mapping(o.document.get("usage")) for o in outcomes.values() if o.answered]
    fields = sorted({name for usage in reported for name in _counts(usage)})
    if not fields:
        return ProbeFinding("usage", "no", "every request is charged at its maximum")
    read = sum(o.usage is not None for o in outcomes.values() if o.answered)
    missing = "" if read == len(reported) else f"; missing in {len(reported) - read} answers"
    return ProbeFinding("usage", "yes", ", ".join(fields) + missing)


def _thoughts(outcomes: Outcomes) -> ProbeFinding:
    answers = [outcome for outcome in outcomes.values() if outcome.answered]
    fields = sorted({name for answer in answers for name in _thought_fields(answer.document)})
    tokens = sum(o.usage.reasoning_tokens for o in answers if o.usage is not None)
    told = [f"text in {' and '.join(fields)}"] if fields else []
    told += [f"{tokens:,} tokens in {len(answers)} answers"] if tokens else []
    return ProbeFinding("thoughts", "yes" if told else "no", ", ".join(told))


def _price(outcomes: Outcomes) -> ProbeFinding:
    """Return the comparison of what the provider says that answers cost with the price table."""
    pairs = [
        (stated, outcome.dollars)
        for outcome in outcomes.values()
        if outcome.dollars is not None and (stated := stated_dollars(outcome.document)) is not None
    ]
    if not pairs:
        return ProbeFinding("price", "unclear", "the answers do not say what they cost")
    stated, ours = (sum(column) for column in zip(*pairs, strict=True))
    detail = f"the provider says ${stated:.6f} for {len(pairs)} answers, the table ${ours:.6f}"
    agrees = abs(stated - ours) <= 0.02 * max(stated, ours) + 1e-9
    return ProbeFinding("price", "yes" if agrees else "no", detail)


def stated_dollars(document: Mapping[str, Any]) -> float | None:
    """Return the cost in dollars that an answer states, None if it states none.

    OpenRouter states `usage.cost` in dollars, Perplexity `usage.cost.total_cost`, and xAI
    `usage.cost_in_usd_ticks`, of which 1e10 are a dollar.
    """
    usage = _mapping(document.get("usage"))
    cost, ticks = usage.get("cost"), usage.get("cost_in_usd_ticks")
    if isinstance(cost, Mapping):
        cost = cost.get("total_cost")
    if isinstance(ticks, int | float) and not isinstance(ticks, bool):
        cost = ticks / 1e10
    return float(cost) if isinstance(cost, int | float) and not isinstance(cost, bool) else None


def _accepted(what: str, found: ProbeOutcome) -> ProbeFinding:
    if not found.answered:
        return ProbeFinding(what, "no", found.reason)
    return ProbeFinding(what, "yes", "accepted") if found.text is not None else ProbeFinding(
        what, "unclear", f"accepted, but {found.reason or 'the answer has no text'}"
    )  # fmt: skip


def _latest(outcomes: Outcomes) -> ProbeOutcome:
    return [outcome for outcome in outcomes.values() if outcome.answered][-1]


def _counts(usage: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the counts in a usage, those of its details with a dot."""
    for name, value in usage.items():
        if isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in _counts(value))
        elif isinstance(value, int) and not isinstance(value, bool):
            yield str(name)


def _thought_fields(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the fields that hold thoughts as text, in either form of the API."""
    output = document.get("output")
    for item in output if isinstance(output, list) else ():
        if _mapping(item).get("type") == "reasoning":
            yield from (f"output.{name}" for name in ("summary", "content") if item.get(name))
    choices = document.get("choices")
    choice = _mapping(choices[0]) if isinstance(choices, list) and choices else {}
    message = _mapping(choice.get("message"))
    for name in ("reasoning_content", "reasoning"):
        if isinstance(message.get(name), str) and message[name]:
            yield name
    content = message.get("content")
    if isinstance(content, list) and any(_mapping(p).get("type") == "thinking" for p in content):
        yield "content"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
