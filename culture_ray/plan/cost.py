"""Quote of a run: expected and largest cost per stage and model, against the cap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from culture_ray.engines.model import Model
from culture_ray.plan.billing import (
    ledger_at,
    round_up,
    terms_of,
    tier_of,
)
from culture_ray.plan.plan import PlanRow
from culture_ray.settings.judging import Judge
from culture_ray.settings.run import Settings
from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.prices import dollars
from culture_ray.spending.statement import ModelSpending, spending_of

EXPECTED_SHARE = 0.5
"""Of the most output a request may have; until the run has answers of its own to go by."""

_BYTES_PER_TOKEN = 4.5
"""Prompts are reserved by their bytes, of which a token of European text has about 4."""

_OVERHEAD = 64


@dataclass(frozen=True)
class QuoteLine:
    """Cost of one stage of one model, in dollars."""

    stage: str
    model: str
    requests: int
    """Still to be made."""
    expected: float
    most: float
    """Every answer as long as it may be; without second attempts."""
    spent: float
    """Charged already."""


@dataclass(frozen=True)
class Quote:
    """Cost of a run; no lines when nothing of it costs money."""

    lines: tuple[QuoteLine, ...]
    cap: float | None
    spent: float
    """Of the cap: charged already, by every run that shares it."""

    @property
    def expected(self) -> float:
        """Return the dollars expected to be spent from now on."""
        return sum(line.expected for line in self.lines)

    @property
    def most(self) -> float:
        """Return the most dollars that can be spent from now on."""
        return sum(line.most for line in self.lines)

    def sentences(self) -> list[str]:
        """Return the quote by stage and model and against the cap, in words."""
        if not self.lines:
            return []
        said = [
            f"cost of {line.stage} {line.model}: {line.requests:,} requests, ${line.expected:.2f} "
            f"expected, ${line.most:.2f} at most"
            for line in self.lines
        ]
        said.append(
            f"cost in all from here: ${self.expected:.2f} expected, ${self.most:.2f} at most"
        )
        if self.cap is None:
            said.append("no cap is set: a run needs spending.cap_dollars=...")
            return said
        left = self.cap - self.spent
        said[-1] += f", of ${left:.2f} left under the cap of ${self.cap:g}"
        if self.expected > left:
            said.append(
                f"the cap will be reached before the end: the run stops there, and goes on with "
                f"spending.cap_dollars={round_up(self.spent + self.expected * 1.2):g} or more"
            )
        return said


def quote(
    settings: Settings,
    rows: Sequence[PlanRow],
    done: Mapping[tuple[str, str], int] | None = None,
) -> Quote:
    """Return the quote of a run from the rows of its plan.

    `done` are requests by stage and model that need not be made any more. Raises UnknownPrice.
    """
    ledger = ledger_at(settings.run, settings.spending.account)
    before = {(one.stage, one.model): one for one in spending_of(ledger, settings.run.name)}
    lines = []
    for row in rows:
        asked = settings.models if row.stage == "elicit" else _models_of(settings.judges)
        if (model := asked[row.model]).is_api:
            made = (done or {}).get((row.stage, row.model), 0)
            lines.append(_line(model, row, made, before.get((row.stage, row.model))))
    return Quote(
        tuple(lines), settings.spending.cap_dollars, sum(one.dollars for one in spending_of(ledger))
    )


def _models_of(judges: Mapping[str, Judge]) -> dict[str, Model]:
    return {name: judge.model for name, judge in judges.items()}


def _line(model: Model, row: PlanRow, made: int, before: ModelSpending | None) -> QuoteLine:
    price = terms_of(row.model, model).price
    asked = row.estimate
    left = max(0, asked.requests - made)
    each_in = asked.prompt_tokens / max(1, asked.requests)
    each_out = asked.output_tokens / max(1, asked.requests)
    usual = EXPECTED_SHARE * each_out
    if before is not None and before.mean_output is not None:
        usual = before.mean_output
    tier = tier_of(model)
    bound = round(each_in * _BYTES_PER_TOKEN) + _OVERHEAD
    return QuoteLine(
        stage=row.stage,
        model=row.model,
        requests=left,
        expected=left * dollars(price.cost(TokenUsage(round(each_in), round(usual), tier=tier))),
        most=left
        * dollars(price.maximum_cost(UsageBound("", row.stage, bound, round(each_out), tier=tier))),
        spent=before.dollars if before else 0.0,
    )
