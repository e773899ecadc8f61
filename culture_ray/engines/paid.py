"""What an engine gets that costs money: out of which account, and where it keeps what it bought."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from culture_ray.spending.account import Account


@dataclass(frozen=True)
class Paid:
    """One model's part of a run that costs money."""

    account: Account
    folder: Path
    """Of this model in this run: answers and batches that no shard has yet."""
    run: str
    """The run's name, as the provider is told it with a batch."""
