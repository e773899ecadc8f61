"""Used share of a rate limit, in simulated time, and the cost of a durable ledger."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from culture_ray.spending.account import TokenUsage
from culture_ray.spending.balances import Caps
from culture_ray.spending.ledger import Ledger
from culture_ray.spending.limits import Limits
from culture_ray.spending.messages import Reserve, Settle
from culture_ray.spending.records import Record, Reserved
from tests.bench.figure import Figure
from tests.spending.builders import START, governor, usage_bound
from tests.spending.provider_sim import Provider, run

AT_ONCE = 256
ALONE = 200
TURNS = 40
PER_MINUTE = 10_000


def figures() -> Iterator[Figure]:
    """Yield shares of the limit, refusals, and ratios of the ledger's pace."""
    for charge in ("sum", "max", "actual"):
        for says in (True, False):
            provider = Provider(PER_MINUTE, 2_000_000, charge, sends_headers=says)
            ran = run(Limits(PER_MINUTE, 2_000_000, charge), provider)
            told = "headers" if says else "no headers"
            name = f"tokens used of the limit, {charge}, {told}, simulated"
            yield Figure(name, ran.tokens / 2_000_000, "", target=0.97)
            yield Figure(f"refused, {charge}, {told}, simulated", ran.refused, "", 0, "lower")
    with tempfile.TemporaryDirectory() as folder:
        alone = _appends(Path(folder) / "alone", ALONE, 1)
        grouped = _appends(Path(folder) / "grouped", TURNS, AT_ONCE)
        yield Figure(f"ledger, {AT_ONCE} per wait for the disk over 1", alone / grouped, "x", 10.0)
        pace = _governed(Path(folder) / "governed")
        yield Figure("governor, reserved and settled over 10,000 a minute", pace, "x", 10.0)


def _appends(path: Path, times: int, records: int) -> float:
    """Return the seconds that one record takes."""
    ledger, started = Ledger(path, "bench"), time.perf_counter()
    for turn in range(times):
        with ledger.locked():
            ledger.append([_record(turn * records + index) for index in range(records)])
    ledger.close()
    return (time.perf_counter() - started) / (times * records)


def _record(number: int) -> Record:
    ticket = f"{number:032x}/1-0123456789"
    return Reserved(ticket, "run", "elicit", "m", "standard", 900, 600, 8_000, "m", 840.0, START)


def _governed(path: Path) -> float:
    """Return requests reserved and settled per second over what 10,000 a minute need."""
    who = governor(path, Caps(total=10**15))
    started = time.perf_counter()
    for turn in range(TURNS):
        now = START + turn
        for index in range(AT_ONCE):
            who.receive("w", Reserve(f"{turn}-{index}", "m", usage_bound(600)), now)
        for _, admission in who.tick(now):
            who.receive("w", Settle(admission.ticket, "m", TokenUsage(0, 300)), now)
    who.tick(START + TURNS)
    who.close()
    return TURNS * AT_ONCE / (time.perf_counter() - started) / (PER_MINUTE / 60)
