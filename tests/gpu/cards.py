"""The GPUs of this machine, as the driver names them, and what conf/gpus.yaml knows of them."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from culture_ray.sweep.plan.roofline import Gpu

_COMMAND = (
    "nvidia-smi", "--query-gpu=name,memory.total,memory.used", "--format=csv,noheader,nounits",
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """One GPU; memory in MiB."""

    name: str
    total_mib: float
    used_mib: float


def cards() -> list[Card]:
    """Return the GPUs of this machine, none where there is no driver."""
    try:
        said = subprocess.run(_COMMAND, check=False, capture_output=True, text=True, timeout=60)
    except FileNotFoundError:
        return []
    return parse(said.stdout) if said.returncode == 0 else []


def parse(text: str) -> list[Card]:
    """Return the GPUs in nvidia-smi's words."""
    rows = [line.rsplit(",", 2) for line in text.splitlines() if line.count(",") >= 2]
    return [Card(name.strip(), float(total), float(used)) for name, total, used in rows]


def known_as(card: Card, table: Mapping[str, Mapping[str, Any]]) -> Gpu | None:
    """Return the GPU of conf/gpus.yaml that a card is, with the card's own memory; None for none.

    Of several with the same chip the one on the same kind of board and with the nearest memory.
    """
    said = set(_words(card.name))
    alike = []
    for entry in table.values():
        chip, *rest = _words(str(entry["name"]).removeprefix("GeForce RTX "))
        if chip in said:
            board = ("pcie" in rest) != ("pcie" in said)
            distance = abs(float(entry["memory_gib"]) - card.total_mib / 1024)
            alike.append((board, distance, entry))
    if not alike:
        return None
    chosen = min(alike, key=lambda one: one[:2])[2]
    return Gpu(**{**chosen, "memory_gib": card.total_mib / 1024})


def settle(
    before: float, read: Callable[[], float], wait_s: float = 60.0, allowed_mib: float = 500.0
) -> float:
    """Return the used memory, in MiB, once it is back near `before` or `wait_s` are over."""
    ends = time.monotonic() + wait_s
    while (used := read()) > before + allowed_mib and time.monotonic() < ends:
        time.sleep(1.0)
    return used


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.split(r"[\s-]+", name) if word]
