"""Path of a run's spending ledger."""

from __future__ import annotations

from pathlib import Path

from culture_ray.store.run_directory import RunDirectory


def ledger_at(run: RunDirectory, account: object) -> Path:
    """Return the path of the ledger: in the folder `account`, or in the run if it is None."""
    folder = run.folder / "spending" if account is None else Path(str(account)).expanduser()
    return folder / "ledger.jsonl"
