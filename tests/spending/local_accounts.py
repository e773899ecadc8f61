"""An account within one process: for tests, and for whoever has no cluster."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from culture_ray.spending.balances import Balances, Caps
from culture_ray.spending.billing import ModelBilling
from culture_ray.spending.client import Client
from culture_ray.spending.governor import Governor
from culture_ray.spending.governor_server import GovernorServer
from culture_ray.spending.ledger import Ledger


class LocalAccounts:
    """A governor of this process's own; use it within one event loop."""

    def __init__(self, path: Path, run: str, terms: Mapping[str, ModelBilling], caps: Caps) -> None:
        """Open the ledger at `path`; raises BadLedger, DiskProblem."""
        self._ledger = Ledger(path, run)
        self._terms = terms
        self._desk = GovernorServer(lambda now: Governor(self._ledger, run, terms, caps, now))

    @property
    def books(self) -> Balances:
        """Return what is spent."""
        return self._desk.governor.books

    def of(self, model: str) -> Client:
        """Return the account of a model."""
        return Client(self._desk, model, self._terms[model].price)

    async def close(self) -> None:
        """Write everything down and let the ledger go."""
        await self._desk.close()
        self._ledger.close()
