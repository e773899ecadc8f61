"""Every gold response has a second reading, and what READING.md says of it is so.

`gold_read.yaml` keeps a digest of each response as it was read. After an edit, have the response
read again, put the new stances into `second`, note them in READING.md, and put the digest that
the failing test prints into `gold_read.yaml`.
"""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from culture_ray.judging.gold_set import GoldResponse, gold_languages, gold_set
from culture_ray.judging.reliability import cohen_kappa, confusion

RECORD = files("culture_ray.judging").joinpath("gold", "READING.md").read_text("utf-8")
READ: dict[str, str] = yaml.safe_load(
    Path(__file__).with_name("gold_read.yaml").read_text(encoding="utf-8")
)

each_language = pytest.mark.parametrize("language", gold_languages())


def digest(response: GoldResponse) -> str:
    return hashlib.sha256(f"{response.topic}\n{response.text}".encode()).hexdigest()[:12]


def second_reading(response: GoldResponse) -> tuple[str, ...]:
    assert response.second is not None, f"{response.id} has no second reading"
    return response.second


def section(title: str) -> str:
    found = re.search(
        rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", RECORD, re.DOTALL | re.MULTILINE
    )
    assert found is not None, f"READING.md has no section '{title}'"
    return found[1]


def figures(languages: tuple[str, ...]) -> list[str]:
    """Return the figures of the record: responses, opinions, equal ones, agreement, kappa."""
    responses = gold_set(languages)
    first = [stance for r in responses for stance in r.stances]
    second = [stance for r in responses for stance in second_reading(r)]
    table = confusion(first, second)
    same, opinions = int(table.trace()), int(table.sum())
    kappa = cohen_kappa(table)
    assert kappa is not None
    counts = [str(len(responses)), str(opinions), str(same)]
    return [*counts, f"{same / opinions:.3f}", f"{kappa:.3f}"]


@pytest.mark.parametrize("place", [*gold_languages(), "all"])
def test_the_recorded_agreement_is_the_one_that_the_files_give(place: str) -> None:
    languages = gold_languages() if place == "all" else (place,)
    rows = [line.split("|") for line in section("Agreement").splitlines()]
    (recorded,) = ([c.strip() for c in row[2:-1]] for row in rows if row[1:2] == [f" {place} "])
    assert recorded == figures(languages)


@pytest.mark.slow
def test_the_record_gives_a_reason_for_every_disagreement_and_for_no_other() -> None:
    listed = re.findall(r"^- ([a-z]+-\d+\.\d+): \S+", section("Disagreements"), re.MULTILINE)
    disputed = [
        f"{r.id}.{n}"
        for r in gold_set()
        for n, (a, b) in enumerate(zip(r.stances, second_reading(r), strict=True), 1)
        if a != b
    ]
    assert sorted(listed) == sorted(disputed)


@each_language
def test_no_gold_response_has_changed_since_it_was_read(language: str) -> None:
    now = {r.id: digest(r) for r in gold_set([language])}
    read = {name: code for name, code in READ.items() if name.startswith(f"{language}-")}
    changed = [
        f"{name}: read as {read.get(name)}, is now {now.get(name)}"
        for name in now | read
        if read.get(name) != now.get(name)
    ]
    assert not changed, "these gold responses need a reading:\n" + "\n".join(changed)
