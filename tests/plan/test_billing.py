"""Billing of a model: its name in the ledger, its prices, and the pool of its rate limits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.model import Model
from culture_ray.plan.billing import terms_of
from culture_ray.spending.balances import Caps
from culture_ray.spending.ledger import Ledger
from culture_ray.spending.local_accounts import LocalAccounts
from culture_ray.spending.prices import Prices
from culture_ray.spending.records import Reserved

BASE, QUERY = "https://box.example/openai/v1", "api-version=preview"


def lab(base_url: str) -> Model:
    api = ApiSettings(base_url=base_url)
    return Model("openai", "lab", "m-1", api=api, prices=Prices(input=2.0, output=8.0))


def test_the_pool_of_a_model_is_its_address_without_what_follows_and_its_source() -> None:
    assert terms_of("lab", lab(f"{BASE}?{QUERY}")).pool == f"{BASE} m-1"
    assert terms_of("lab", lab(BASE)).pool == f"{BASE} m-1"


def test_a_ledger_whose_pools_have_whole_addresses_still_opens(tmp_path: Path) -> None:
    billing = terms_of("lab", lab(f"{BASE}?{QUERY}"))
    ledger = Ledger(tmp_path / "ledger", "run")
    old = Reserved(
        "r1/1-a", "run", "elicit", "lab", "standard", 10, 20, 1_000, f"{BASE}?{QUERY} m-1", 5.0, 1.0
    )
    with ledger.locked():
        ledger.append([old, replace(old, ticket="r2/1-b", pool=billing.pool)])
    ledger.close()
    accounts = LocalAccounts(tmp_path / "ledger", "run", {"lab": billing}, Caps())
    assert accounts.balances.charged_nano == 2_000
