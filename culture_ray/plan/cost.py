"""Quote of a run: expected and largest cost per stage and model, against the cap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from culture_ray.engines.model import Model
from culture_ray.plan.billing import (
    most_tokens,
    round_up,
    terms_of,
    tier_of,
)
from culture_ray.plan.plan import PlanRow
from culture_ray.run.ledger import ledger_at
from culture_ray.settings.judging import Judge
from culture_ray.settings.run import Settings
from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.money import dollars
from culture_ray.spending.statement import ModelSpending, spending_of

EXPECTED_SHARE = 0.5
"""Expected share of a request's output limit, until the run has responses to measure it."""

_BYTES_PER_TOKEN = 4.5
"""Reservations count the bytes of a prompt; a token of European text has about 4 bytes."""

_OVERHEAD = 64


@dataclass(frozen=True)
class QuoteLine:
    """Cost of one stage of one model, in dollars."""

    stage: str
    model: str
    requests: int
    """Requests still to be made."""
    expected: float
    most: float
    """Cost if every response has its maximum length, without retries."""
    spent: float
    """Amount charged so far."""


@dataclass(frozen=True)
class Quote:
    """Cost of a run; without lines if the run costs nothing."""

    lines: tuple[QuoteLine, ...]
    cap: float | None
    spent: float
    """Amount charged so far by all runs that share the cap."""

    @property
    def expected(self) -> float:
        """Return the expected further cost in dollars."""
        return sum(line.expected for line in self.lines)

    @property
    def most(self) -> float:
        """Return the largest possible further cost in dollars."""
        return sum(line.most for line in self.lines)

    def sentences(self) -> list[str]:
        """Return sentences on the cost by stage and model, in total, and against the cap."""
        if not self.lines:
            return []
        if not any(line.requests for line in self.lines):
            return [
                f"further cost in total: $0.00, nothing is left to ask (${self.spent:.2f} spent)"
            ]
        sentences = [
            f"cost of {line.stage} {line.model}: {line.requests:,} requests, ${line.expected:.2f} "
            f"expected, ${line.most:.2f} at most"
            for line in self.lines
        ]
        sentences.append(
            f"further cost in total: ${self.expected:.2f} expected, ${self.most:.2f} at most"
        )
        if self.cap is None:
            if not self.most:
                return sentences
            sentences.append("no cap is set: a run needs spending.cap_dollars=...")
            return sentences
        left = self.cap - self.spent
        sentences[-1] += f", of ${left:.2f} left under the cap of ${self.cap:g}"
        if self.expected > left:
            sentences.append(
                f"the cap will be reached before the end, and the run will stop: set "
                f"spending.cap_dollars={round_up(self.spent + self.expected * 1.2):g} or more"
            )
        return sentences


def quote(
    settings: Settings,
    rows: Sequence[PlanRow],
    done: Mapping[tuple[str, str], int] | None = None,
) -> Quote:
    """Return the quote of a run from the rows of its plan.

    `done` counts finished requests by stage and model. Raises UnknownPrice.
    """
    ledger = ledger_at(settings.run, settings.spending.account)
    spent = {
        (spending.stage, spending.model): spending
        for spending in spending_of(ledger, settings.run.name)
    }
    lines = []
    for row in rows:
        models = _models_of(settings.judges) if row.stage == "judge" else settings.models
        if (model := models[row.model]).is_api:
            finished = (done or {}).get((row.stage, row.model), 0)
            lines.append(_line(model, row, finished, spent.get((row.stage, row.model))))
    return Quote(
        tuple(lines),
        settings.spending.cap_dollars,
        sum(spending.dollars for spending in spending_of(ledger)),
    )


def _models_of(judges: Mapping[str, Judge]) -> dict[str, Model]:
    return {name: judge.model for name, judge in judges.items()}


def _line(model: Model, row: PlanRow, finished: int, spent: ModelSpending | None) -> QuoteLine:
    price = terms_of(row.model, model).price
    estimate = row.estimate
    left = max(0, estimate.requests - finished)
    prompt_tokens = estimate.prompt_tokens / max(1, estimate.requests)
    most_output = estimate.output_tokens / max(1, estimate.requests)
    expected_output = EXPECTED_SHARE * most_output
    if spent is not None and spent.mean_output is not None:
        expected_output = spent.mean_output
    most = most_tokens(model, round(most_output))
    tier = tier_of(model)
    bound = round(prompt_tokens * _BYTES_PER_TOKEN) + _OVERHEAD
    return QuoteLine(
        stage=row.stage,
        model=row.model,
        requests=left,
        expected=left
        * dollars(price.cost(TokenUsage(round(prompt_tokens), round(expected_output), tier=tier))),
        most=left
        * dollars(
            price.maximum_cost(
                UsageBound(
                    "",
                    row.stage,
                    bound,
                    most.tokens,
                    tier=tier,
                    reasoning_tokens=most.reasoning_tokens,
                )
            )
        ),
        spent=spent.dollars if spent else 0.0,
    )
