"""What a run may cost: the quote, against the cap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from culture_ray.engines.model import Model
from culture_ray.plan.billing import (
    BilledModel,
    billing_for,
    ledger_at,
    round_up,
    terms_of,
    tier_of,
)
from culture_ray.plan.plan import PlanRow, plan_of
from culture_ray.settings.run import Settings
from culture_ray.spending.account import Ask, TokenUsage
from culture_ray.spending.prices import dollars
from culture_ray.spending.statement import ModelSpending, spending_of
from culture_ray.spending.terms import BillingContext

EXPECTED_SHARE = 0.5
"""Of the most output a request may have; until the run has answers of its own to go by."""

_BYTES_PER_TOKEN = 4.5
"""Prompts are reserved by their bytes, of which a token of European text has about 4."""

_OVERHEAD = 64


@dataclass(frozen=True)
class QuoteLine:
    """What one stage of one model will cost, in dollars."""

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
    """What a run will cost; no lines when nothing of it costs money."""

    lines: tuple[QuoteLine, ...]
    cap: float | None
    spent: float
    """Of the cap: charged already, by every run that shares it."""

    @property
    def expected(self) -> float:
        """Return what is expected to be spent from now on."""
        return sum(line.expected for line in self.lines)

    @property
    def most(self) -> float:
        """Return what may be spent from now on."""
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


def quote(settings: Settings, done: Mapping[tuple[str, str], int] | None = None) -> Quote:
    """Return the quote of a run; `done` are requests by stage and model that need not be made.

    Raises UnknownPrice for a model that nobody knows the price of.
    """
    ledger = ledger_of(settings)
    before = {(one.stage, one.model): one for one in spending_of(ledger, settings.run.name)}
    lines = []
    if any(model.is_api for model in _models(settings).values()):
        for row in plan_of(settings).rows:
            model = _asked_model(settings, row)
            if model.is_api:
                made = (done or {}).get((row.stage, row.model), 0)
                lines.append(_line(model, row, made, before.get((row.stage, row.model))))
    return Quote(
        tuple(lines), settings.spending.cap_dollars, sum(one.dollars for one in spending_of(ledger))
    )


def billing_of(settings: Settings, engines: Mapping[str, str]) -> BillingContext | None:
    """Return what the governor has to know; None when no model costs anything to ask.

    `engines` are the names under which judges' engines are started. Raises as `billing_for` does.
    """
    asked: dict[str, BilledModel] = {}
    if "elicit" in settings.stages:
        shortest = min(p.sampling.max_tokens for p in settings.protocols.values())
        asked |= {
            name: BilledModel(name, model, shortest) for name, model in settings.models.items()
        }
    if "judge" in settings.stages:
        for name, judge in settings.judges.items():
            one = BilledModel(name, judge.model, judge.sampling.max_tokens)
            asked.setdefault(engines[name], one)
    return billing_for(settings.run, settings.spending, asked, lambda: quote(settings).most)


def check_keys(settings: Settings) -> None:
    """Raise MissingKey, which names the variable, for an API model without a key."""
    for name, model in _models(settings).items():
        if model.is_api:
            model.api.key(name)


def ledger_of(settings: Settings) -> Path:
    """Return where the ledger of a run lies."""
    return ledger_at(settings.run, settings.spending.account)


def _models(settings: Settings) -> dict[str, Model]:
    judges = {f"judge {name}": judge.model for name, judge in settings.judges.items()}
    return {**settings.models, **judges}


def _asked_model(settings: Settings, row: PlanRow) -> Model:
    return settings.models[row.model] if row.stage == "elicit" else settings.judges[row.model].model


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
        most=left * dollars(price.most(Ask("", row.stage, bound, round(each_out), tier=tier))),
        spent=before.dollars if before else 0.0,
    )
