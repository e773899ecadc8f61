"""A run as a quickstart leaves it, with everything a report can show: made through the stages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from culture_ray.config.compose import Content, compose_and_run
from culture_ray.config.judge_check import judge_check_from
from culture_ray.run.ledger import ledger_at
from culture_ray.settings.run import Settings
from culture_ray.spending.records import (
    AccountOpened,
    Reserved,
    Settled,
    Unresolved,
    Voided,
    encode,
)
from culture_ray.stages.context import RunContext
from culture_ray.stages.judge.check import check_judges
from culture_ray.stages.judge.check_files import write_check
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.stages.report.report import report
from culture_ray.store.shards import replace_table
from culture_ray.tables import TIMELINE
from tests.answered import answer
from tests.in_process import InProcess, Quiet
from tests.readers import GoldReader
from tests.small import small_settings

BEGAN = datetime(2025, 6, 1, 10, 0, tzinfo=UTC)
MODELS = ("gemma_2_2b", "gemma_2_9b", "gpt_4o")


def make_whole_run(results: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings of a reported run of three models, three protocols and one judge.

    Its timeline and its ledger are made up; all else went through the stages.
    """
    settings = small_settings(
        results,
        f"model=[{','.join(MODELS)}]",
        "judge=[gemma_3_270m]",
        "protocol=[hypothetical_interviews_short,direct_item,persona]",
        "protocol.persona.countries=[DK,GB]",
        "protocol.persona.prompts_per_language=8",
        "spending.cap_dollars=2",
    )
    answer(settings)
    _check_the_judge(results, monkeypatch)
    measure(RunContext(settings))
    regress(RunContext(settings))
    also = replace(settings, inference=replace(settings.inference, permutations=0))
    replace_table(settings.run.folder / "timeline.arrow", timeline())
    write_ledger(settings)
    report(RunContext(also), {})
    return settings


def timeline() -> pa.Table:
    """Return two sessions on two GPUs, a day apart; one replica dies."""
    rows = []

    def add(event: str, at: float, seconds: float, **facts: object) -> None:
        row = dict.fromkeys(TIMELINE.names) | {"at": BEGAN + timedelta(seconds=at)}
        rows.append(row | {"seconds": seconds, "event": event} | facts)

    day = 86400
    for number, (model, gpu, begin) in enumerate(
        (("gemma_2_2b", "0", 0), ("gemma_2_9b", "1", 30), ("gemma_2_9b", "0", day))
    ):
        place = {"model": model, "replica": f"{model}-7-{number}", "gpus": gpu, "driver": "vm-7",
                 "node": "10.0.0.1", "stage": "elicit"}  # fmt: skip
        add("load", begin, 90.0, **place)
        for unit in range(5):
            add("unit", begin + 90 + 60 * unit, 70.0, unit=f"{unit:06d}", requests=8,
                output_tokens=900, **place)  # fmt: skip
        judging = place | {"stage": "judge gemma_3_270m"}
        add("unit", begin + 400, 50.0, unit="j", requests=8, output_tokens=80, **judging)
        if number == 1:
            add("death", begin + 450, 0.0, what="it made no token for 300 s", **place)
    return pa.Table.from_pylist(rows, schema=TIMELINE).sort_by("at")


def write_ledger(settings: Settings, reasoning: int = 0) -> None:
    """Write a ledger of sixty attempts: settled, voided and unresolved.

    Each of the 48 settled ones has `reasoning` tokens of thoughts.
    """
    path = ledger_at(settings.run, settings.spending.account)
    path.parent.mkdir(parents=True, exist_ok=True)
    records = [AccountOpened("run small")]
    for number in range(60):
        at = BEGAN.timestamp() + 20 * number
        ticket = f"{number:024x}/1-0"
        asks = (ticket, settings.run.name, "elicit", "gpt_4o", "standard", 120, 300)
        records.append(Reserved(*asks, 3_300_000, "", 1.0, at))
        if number % 10 == 3:
            records.append(Voided(ticket, "the provider was busy", at + 1))
        elif number % 10 == 7:
            records.append(Unresolved(ticket, "no answer", at + 60))
        else:
            records.append(
                Settled(ticket, 1_234_567, 118, 0, 210, reasoning, "standard", 328.0, at + 4)
            )
    path.write_bytes(b"".join(encode(record) for record in records))


def _check_the_judge(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import culture_ray.stages.judge.check as judge_check

    monkeypatch.setattr(judge_check, "Executor", InProcess)
    monkeypatch.setattr(judge_check, "check_installed", lambda models: None)
    found: list[Content] = []
    compose_and_run(
        "a test",
        ["judge=gemma_3_270m", f"results={results}", "language=[da,en]"],
        lambda content, _: found.append(content),
        root="judge_check",
    )
    checking = judge_check_from(found[0], "culture-ray judge-check")
    done, _ = check_judges(checking, GoldReader, Quiet())  # type: ignore[arg-type]
    for one in done.values():
        write_check(checking, one)
