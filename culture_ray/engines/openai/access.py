"""What an engine needs beside its model when each of its requests costs money."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from culture_ray.spending.account import Account


@dataclass(frozen=True)
class ApiAccess:
    """It pickles, so that it travels to a replica."""

    account: Account
    folder: Path
    """Where paid answers and batches are kept until they stand in a shard."""
    run: str
    """Name of the run, which batches carry."""
