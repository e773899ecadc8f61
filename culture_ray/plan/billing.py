"""Billing of a run: prices and limits per API model, and spending caps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from culture_ray.engines.interface import Request
from culture_ray.engines.model import Model
from culture_ray.engines.openai.output_bound import OutputBound, output_bound, paid_service
from culture_ray.errors import NoCap, UnknownPrice, WrongValue
from culture_ray.plan.checks.apis import check_address, check_body
from culture_ray.run.ledger import ledger_at
from culture_ray.settings.run import Settings
from culture_ray.settings.spending import SpendingSettings
from culture_ray.spending.account import Tier, UsageBound, input_bound
from culture_ray.spending.balances import Caps
from culture_ray.spending.billing import BillingContext, ModelBilling
from culture_ray.spending.limits import Limits
from culture_ray.spending.money import dollars
from culture_ray.spending.prices import price_of
from culture_ray.spending.pricing.price_schedule import PriceSchedule
from culture_ray.spending.statement import spending_table
from culture_ray.store.provenance import recorded
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import replace_table


@dataclass(frozen=True)
class BilledModel:
    """A model of a run, and the output limit of its shortest request."""

    name: str
    """Name in the configuration."""
    model: Model
    output_tokens: int


def billing_for(
    run: RunDirectory,
    spending: SpendingSettings,
    billed: Mapping[str, BilledModel],
    most_dollars: Callable[[], float] | None = None,
) -> BillingContext | None:
    """Return the billing context of a run; None when no model is behind an API.

    `billed` is by engine name; `most_dollars` returns the largest possible cost of all requests.
    Raises UnknownPrice, NoCap, and WrongValue for a cap below the cheapest request.
    """
    check_caps(spending, billed.values(), most_dollars)
    paid = {name: model for name, model in billed.items() if model.model.is_api}
    if not paid:
        return None
    ledger = ledger_at(run, spending.account).resolve()
    started = recorded(run).get("started", "now")
    run_owner = f"run {run.name} of {started}"
    return BillingContext(
        ledger=ledger,
        owner=run_owner if spending.account is None else f"account {ledger.parent.name}",
        run=run.name,
        answers=run.folder.resolve() / "spending" / "answers",
        caps=Caps.of_dollars(spending.cap_dollars, spending.models, spending.stages),
        models={name: terms_of(model.name, model.model) for name, model in paid.items()},
    )


def billed_models(settings: Settings, engines: Mapping[str, str]) -> dict[str, BilledModel]:
    """Return the models of a run's stages by engine name; `engines` has the names by judge."""
    by_engine: dict[str, BilledModel] = {}
    limits = []
    if "elicit" in settings.stages:
        limits += [protocol.sampling.max_tokens for protocol in settings.protocols.values()]
    if "benchmark" in settings.stages:
        limits += [benchmark.sampling.max_tokens for benchmark in settings.benchmarks.values()]
    if limits:
        for name, model in settings.models.items():
            by_engine[name] = BilledModel(name, model, model.output_limit(min(limits)))
    if "judge" in settings.stages:
        for name, judge in settings.judges.items():
            longest = judge.model.output_limit(judge.sampling.max_tokens)
            billed = BilledModel(name, judge.model, longest)
            by_engine.setdefault(engines[name], billed)
    return by_engine


def check_keys(models: Mapping[str, Model]) -> None:
    """Raise MissingKey, which names the environment variable, for an API model without a key."""
    for name, model in models.items():
        if model.is_api:
            model.api.key(name)


def check_caps(
    spending: SpendingSettings,
    billed: Iterable[BilledModel],
    most_dollars: Callable[[], float] | None = None,
) -> None:
    """Raise UnknownPrice, NoCap, or WrongValue for a cap below the cheapest request.

    `most_dollars` returns the largest possible cost of all requests, for the message.
    """
    costs = [_cheapest(model) for model in billed if model.model.is_api]
    if max(costs, default=0.0) == 0:
        return
    cap = spending.cap_dollars
    if cap is None:
        upper = None if most_dollars is None else most_dollars()
        up_to = "" if upper is None else f", up to ${upper:.2f}"
        suggested = 5.0 if upper is None else round_up(upper)
        raise NoCap(
            f"these requests cost money{up_to}: set a cap, such as "
            f"spending.cap_dollars={suggested:g}; culture-ray plan shows the quote of a run"
        )
    if cap < min(costs):
        raise WrongValue(
            "spending.cap_dollars", cap, f"at least the price of one request, ${min(costs):.6f}"
        )


def keep_spending(run: RunDirectory, billing: BillingContext | None) -> None:
    """Write the table of a run's paid attempts from the ledger; raises DiskProblem."""
    if billing is not None:
        replace_table(run.spending, spending_table(billing.ledger, billing.run))


def terms_of(name: str, model: Model) -> ModelBilling:
    """Return the price and rate limits of an API model; raises UnknownPrice, BadApiSettings.

    The price covers the tokens that a request may be billed beyond its texts and limits.
    """
    limits = model.limits or Limits()
    check_address(name, model.api)
    price = price_of(name, model.source, model.api.shown_url, model.prices)
    check_body(name, model.api, priced=not price.is_free)
    _check_fees(name, model, price)
    price = replace(
        price,
        extra_input_tokens=model.api.extra_input_tokens,
        extra_output_tokens=model.api.extra_output_tokens,
        heeds_stated_costs=model.api.stated_costs,
    )
    return ModelBilling(name, price, limits, limit_pool(model), model.api.give_up_after_s)


def limit_pool(model: Model) -> str:
    """Return the name of the rate limits of an API model, which other models may share."""
    stated = None if model.limits is None else model.limits.pool
    return stated or f"{model.api.shown_url or 'openai'} {model.source}"


def most_tokens(model: Model, max_tokens: int) -> OutputBound:
    """Return the most output tokens of a request with this limit, as its body asks for them."""
    body = {"max_tokens": max_tokens} | model.api.extra_fields
    return output_bound(body, max_tokens)


def most_for(name: str, model: Model, requests: Iterable[Request]) -> float:
    """Return the largest possible cost of requests in dollars, without retries."""
    price, tier = terms_of(name, model).price, tier_of(model)
    return sum(
        dollars(
            price.maximum_cost(
                UsageBound(
                    request.request_id,
                    request.stage,
                    input_bound(*request.texts),
                    (most := most_tokens(model, _limit(model, request))).tokens,
                    tier=tier,
                    reasoning_tokens=most.reasoning_tokens,
                )
            )
        )
        for request in requests
    )


def tier_of(model: Model) -> Tier:
    """Return the price tier of a model's requests."""
    return "batch" if model.engine == "openai_batch" else model.api.tier


def _check_fees(name: str, model: Model, price: PriceSchedule) -> None:
    """Raise UnknownPrice if the body asks for a service whose fee per request is not known."""
    own = model.prices is not None and model.prices.request is not None
    if own or price.charges_requests:
        return
    if (field := paid_service(model.api.extra_fields)) is not None:
        raise UnknownPrice(
            f"model {name}: api.body asks for {field}, whose fee per request is unknown; state "
            f"prices in conf/model/{name}.yaml with the dollars per request, such as "
            f"'prices: {{input: 2.0, output: 8.0, request: 0.01}}' (request: 0 if it is free)"
        )


def round_up(amount: float) -> float:
    """Return the amount rounded up to a round number of dollars."""
    for step in (0.01, 0.1, 1.0, 10.0, 100.0):
        if amount <= 20 * step:
            return round(-(-amount // step) * step, 2)
    return float(round(amount + 500, -3))


def _limit(model: Model, request: Request) -> int:
    return model.output_limit(request.sampling.max_tokens)


def _cheapest(billed: BilledModel) -> float:
    price = terms_of(billed.name, billed.model).price
    return dollars(
        price.maximum_cost(UsageBound("", "", 1, billed.output_tokens, tier=tier_of(billed.model)))
    )
