"""A preregistration's hash fixes its content, and every setting that differs is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.errors import RunMismatch
from culture_ray.run.open import changed_settings
from culture_ray.run.preregistration import Registration, registration_hash, registrations
from culture_ray.store.run_directory import RunDirectory

KEYS = st.text("abc", min_size=1, max_size=2)
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.integers())
SETTINGS = st.dictionaries(
    KEYS, st.recursive(VALUES, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=6)
)


def registration(content: Any, version: int = 1) -> Registration:
    made_at = "2026-05-01T10:00:00+00:00"
    return Registration(version, made_at, content, registration_hash(version, made_at, content))


def without_nothing(content: Any) -> Any:
    """The same settings without nulls and empty parts, which stand for what is not set."""
    if not isinstance(content, dict):
        return content
    kept = {key: without_nothing(value) for key, value in content.items()}
    return {key: value for key, value in kept.items() if value is not None and value != {}}


@given(SETTINGS, SETTINGS)
def test_a_setting_is_told_if_and_only_if_it_differs(before: Any, now: Any) -> None:
    told = list(changed_settings(before, now, ""))
    assert list(changed_settings(before, before, "")) == []
    if without_nothing(before) != without_nothing(now):
        assert told
    assert len(told) == len(list(changed_settings(now, before, "")))


@given(SETTINGS, SETTINGS)
def test_the_hash_is_of_the_content_whatever_the_order_of_its_keys(one: Any, other: Any) -> None:
    made = registration(one)
    assert made.intact
    turned = json.loads(json.dumps(dict(reversed(one.items()))))
    assert registration(turned).sha256 == made.sha256
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (registration(other).sha256 == made.sha256) == same
    assert Registration(1, made.made_at, other, made.sha256).intact == same
    assert not Registration(2, made.made_at, one, made.sha256).intact
    assert not Registration(1, "2026-04-01T10:00:00+00:00", one, made.sha256).intact


def test_versions_are_read_in_their_order_and_a_broken_one_is_named(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "ours")
    assert registrations(run) == []
    folder = run.folder / "preregistration"
    folder.mkdir(parents=True)
    for version in (10, 2, 1):
        made = registration({"asked": {}}, version)
        (folder / f"{version}.json").write_text(json.dumps(vars(made)))
    assert [one.version for one in registrations(run)] == [1, 2, 10]
    (folder / "2.json").write_text("{}")
    with pytest.raises(RunMismatch, match=r"2\.json cannot be read as a preregistration"):
        registrations(run)
