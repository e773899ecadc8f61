"""What a run may cost, and out of which purse: terms, caps and the quote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from culture_ray.engines.model import Model
from culture_ray.errors import NoCap, WrongValue
from culture_ray.spending.account import Ask, Tier, Usage
from culture_ray.spending.books import Caps
from culture_ray.spending.limiter import Limits
from culture_ray.spending.prices import dollars, price_of
from culture_ray.spending.spent import Spent, spent
from culture_ray.spending.terms import Purse, Terms
from culture_ray.stages.estimates import Row, planned
from culture_ray.stages.settings import Judge, Settings, SpendingSettings
from culture_ray.store.provenance import recorded
from culture_ray.store.run import Run

EXPECTED_SHARE = 0.5
"""Of the most output a request may have; until the run has answers of its own to go by."""

_BYTES_PER_TOKEN = 4.5
"""Prompts are reserved by their bytes, of which a token of European text has about 4."""

_OVERHEAD = 64
_GOLD_BYTES = 6_000
"""About the longest prompt that a judge gets about a gold response."""


@dataclass(frozen=True)
class Line:
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

    lines: tuple[Line, ...]
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
                f"spending.cap_dollars={_round_up(self.spent + self.expected * 1.2):g} or more"
            )
        return said


def quote(settings: Settings, done: Mapping[tuple[str, str], int] | None = None) -> Quote:
    """Return the quote of a run; `done` are requests by stage and model that need not be made.

    Raises UnknownPrice for a model that nobody knows the price of.
    """
    ledger = ledger_of(settings)
    before = {(one.stage, one.model): one for one in spent(ledger, settings.run.name)}
    lines = []
    if any(model.is_api for model in _models(settings).values()):
        for row in planned(settings).rows:
            model = _asked(settings, row)
            if model.is_api:
                made = (done or {}).get((row.stage, row.model), 0)
                lines.append(_line(model, row, made, before.get((row.stage, row.model))))
    return Quote(
        tuple(lines), settings.spending.cap_dollars, sum(one.dollars for one in spent(ledger))
    )


def purse_of(settings: Settings, engines: Mapping[str, str]) -> Purse | None:
    """Return what the governor has to know; None when no model costs anything to ask.

    `engines` are the names under which judges' engines are started. Raises UnknownPrice, NoCap,
    and WrongValue for a cap that is smaller than the cheapest request.
    """
    terms = {name: _terms(name, model) for name, model in settings.models.items() if model.is_api}
    for name, judge in settings.judges.items():
        if judge.model.is_api and engines[name] not in terms:
            terms[engines[name]] = _terms(name, judge.model)
    if not terms:
        return None
    _check_caps(settings)
    purse = settings.spending
    shared = purse.account is not None
    started = recorded(settings.run).get("started", "now")
    return Purse(
        ledger=ledger_of(settings).resolve(),
        owner=(
            f"account {ledger_of(settings).parent.name}"
            if shared
            else f"run {settings.run.name} of {started}"
        ),
        run=settings.run.name,
        answers=settings.run.folder.resolve() / "spending" / "answers",
        caps=Caps.of_dollars(purse.cap_dollars, purse.models, purse.stages),
        terms=terms,
    )


def purse_of_judges(
    judges: Mapping[str, Judge], requests: Mapping[str, int], spending: SpendingSettings, run: Run
) -> Purse | None:
    """Return the purse of a check of judges; None when no request that is left costs money.

    `requests` are those left, by judge. Raises MissingKey, UnknownPrice, and NoCap with about what
    they cost at most.
    """
    paid = {name: j for name, j in judges.items() if j.model.is_api and requests.get(name)}
    terms = {name: _terms(name, judge.model) for name, judge in paid.items()}
    if not terms:
        return None
    for name, judge in paid.items():
        judge.model.api.key(name)
    most = sum(
        requests[name]
        * dollars(
            terms[name].price.most(
                Ask("", "judge", _GOLD_BYTES, judge.sampling.max_tokens, tier=_tier(judge.model))
            )
        )
        for name, judge in paid.items()
    )
    if most and spending.cap_dollars is None:
        raise NoCap(
            f"{sum(requests[name] for name in paid):,} requests cost money, up to about "
            f"${most:.2f}: say how much may be spent, such as "
            f"spending.cap_dollars={_round_up(most):g}"
        )
    ledger, account = ledger_at(run, spending.account), spending.account
    return Purse(
        ledger=ledger.resolve(),
        owner=f"checks {run.name}" if account is None else f"account {ledger.parent.name}",
        run=run.name,
        answers=run.folder.resolve() / "spending" / "answers",
        caps=Caps.of_dollars(spending.cap_dollars, spending.models, spending.stages),
        terms=terms,
    )


def check_keys(settings: Settings) -> None:
    """Raise MissingKey, which names the variable, for an API model without a key."""
    for name, model in _models(settings).items():
        if model.is_api:
            model.api.key(name)


def ledger_of(settings: Settings) -> Path:
    """Return where the ledger of a run lies."""
    return ledger_at(settings.run, settings.spending.account)


def ledger_at(run: Run, account: object) -> Path:
    """Return where the ledger of a run lies that shares `account`, or has its own for None."""
    folder = run.folder / "spending" if account is None else Path(str(account)).expanduser()
    return folder / "ledger.jsonl"


def _models(settings: Settings) -> dict[str, Model]:
    judges = {f"judge {name}": judge.model for name, judge in settings.judges.items()}
    return {**settings.models, **judges}


def _asked(settings: Settings, row: Row) -> Model:
    return settings.models[row.model] if row.stage == "elicit" else settings.judges[row.model].model


def _terms(name: str, model: Model) -> Terms:
    limits = model.limits or Limits()
    where = model.api.base_url or "openai"
    price = price_of(name, model.source, model.api.base_url, model.prices)
    return Terms(name, price, limits, limits.pool or f"{where} {model.source}")


def _tier(model: Model) -> Tier:
    return "batch" if model.engine == "openai_batch" else model.api.tier


def _line(model: Model, row: Row, made: int, before: Spent | None) -> Line:
    price = _terms(row.model, model).price
    asked = row.estimate
    left = max(0, asked.requests - made)
    each_in = asked.prompt_tokens / max(1, asked.requests)
    each_out = asked.output_tokens / max(1, asked.requests)
    usual = EXPECTED_SHARE * each_out
    if before is not None and before.mean_output is not None:
        usual = before.mean_output
    tier = _tier(model)
    bound = round(each_in * _BYTES_PER_TOKEN) + _OVERHEAD
    return Line(
        stage=row.stage,
        model=row.model,
        requests=left,
        expected=left * dollars(price.cost(Usage(round(each_in), round(usual), tier=tier))),
        most=left * dollars(price.most(Ask("", row.stage, bound, round(each_out), tier=tier))),
        spent=before.dollars if before else 0.0,
    )


def _check_caps(settings: Settings) -> None:
    cap = settings.spending.cap_dollars
    asks: Sequence[tuple[Model, str, int]] = [
        *(
            (model, name, min(p.sampling.max_tokens for p in settings.protocols.values()))
            for name, model in settings.models.items()
            if model.is_api and "elicit" in settings.stages
        ),
        *(
            (judge.model, name, judge.sampling.max_tokens)
            for name, judge in settings.judges.items()
            if judge.model.is_api and "judge" in settings.stages
        ),
    ]
    costs = [
        dollars(_terms(name, model).price.most(Ask("", "", 1, tokens, tier=_tier(model))))
        for model, name, tokens in asks
    ]
    if not costs or max(costs) == 0:
        return
    if cap is None:
        most = quote(settings).most
        raise NoCap(
            f"these requests cost money, up to ${most:.2f}: say how much may be spent, such as "
            f"spending.cap_dollars={_round_up(most):g}; culture-ray plan shows the quote"
        )
    if cap < min(costs):
        raise WrongValue(
            "spending.cap_dollars", cap, f"at least the price of one request, ${min(costs):.6f}"
        )


def _round_up(amount: float) -> float:
    for step in (0.01, 0.1, 1.0, 10.0, 100.0):
        if amount <= 20 * step:
            return round(-(-amount // step) * step, 2)
    return float(round(amount + 500, -3))
