"""A screen and a clock for tests of the progress."""

from __future__ import annotations

import io

import pytest

from culture_ray.sweep.progress import progress as module
from tests.sweep.progress.screens import Clock


@pytest.fixture
def clock_hand(monkeypatch: pytest.MonkeyPatch) -> Clock:
    hand = Clock()
    monkeypatch.setattr(module, "time", hand)
    return hand


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()
