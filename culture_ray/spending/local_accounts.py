"""Accounts with a governor in the same process, for commands and tests without a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from culture_ray.spending.balances import Balances, Caps
from culture_ray.spending.billing import ModelBilling
from culture_ray.spending.client import GovernorClient
from culture_ray.spending.governor import Governor
from culture_ray.spending.governor_server import GovernorServer
from culture_ray.spending.ledger import Ledger


class LocalAccounts:
    """Accounts of a governor in this process; use within one event loop."""

    def __init__(
        self,
        path: Path,
        run: str,
        models: Mapping[str, ModelBilling],
        caps: Caps,
        owner: str | None = None,
    ) -> None:
        """Open the ledger at `path`, whose owner is the run by default.

        Raises BadLedger and DiskProblem.
        """
        self._ledger = Ledger(path, run if owner is None else owner)
        self._models = models
        self._server = GovernorServer(lambda now: Governor(self._ledger, run, models, caps, now))

    @property
    def balances(self) -> Balances:
        """Return the balances of the ledger."""
        return self._server.governor.balances

    def of(self, model: str) -> GovernorClient:
        """Return the account of a model."""
        return GovernorClient(self._server, model, self._models[model].price)

    async def close(self) -> None:
        """Write everything to disk and close the ledger."""
        await self._server.close()
        self._ledger.close()
