"""Watch of the spending governor while a sweep runs: its reports are shown and recorded."""

from __future__ import annotations

from culture_ray.store.provenance import API_NOTICES, amend, recorded
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.events import Listener
from culture_ray.sweep.execute.governor_actor import SpendingAccounts

_LAST_WAIT_S = 5.0


class AccountWatch:
    """Reader of the accounts' state for a driver."""

    def __init__(self, accounts: SpendingAccounts, run: RunDirectory, listener: Listener) -> None:
        self._accounts, self._run, self._listener = accounts, run, listener
        self._said: set[str] = set()
        self._begun = False

    def poll(self, wait_s: float = 0.0) -> None:
        """Show what is charged, which models wait, and new notices; raises DiskProblem.

        The first time it waits until the accounts are open, while the first replicas load, and
        shows repairs of the ledger; raises BadLedger.
        """
        if not self._begun:
            self._begun = True
            for repair in self._accounts.opened():
                self._listener.say(repair)
        overview = self._accounts.overview(wait_s)
        self._listener.spent(overview.dollars)
        self._listener.provider_outages(overview.outages)
        notices = [f"{model}: {sentence}" for model, sentence in overview.notices]
        new = [notice for notice in notices if notice not in self._said]
        for notice in new:
            self._said.add(notice)
            self._listener.say(notice)
        if new:
            self._record(new)

    def finish(self) -> None:
        """Show the state at the end of a stage."""
        self.poll(_LAST_WAIT_S)

    def _record(self, new: list[str]) -> None:
        """Add notices to the run's provenance, beside those of earlier sessions."""
        earlier = recorded(self._run).get(API_NOTICES) or []
        amend(self._run, {API_NOTICES: list(dict.fromkeys([*earlier, *new]))})
