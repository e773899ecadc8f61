"""Every behaviour of the table, in each of its modes: the expected outcome, and the invariants."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from culture_ray.spending import governor_server
from tests.providers import session, virtual_time
from tests.providers.behaviour import Behaviour, Mode
from tests.providers.checks import broken_invariants, differences
from tests.providers.table import CASES

_POLL_S, _PLAN_EVERY_S = 10.0, 1.0
"""Intervals of the governor and its workers when there is nothing to hear: fewer events."""


QUICK: Mode = "chat elicit"
"""Mode that the fast tests look at: half of the table, and all that the modes share."""


@pytest.fixture(scope="module", autouse=True)
def _one_ssl_context() -> Iterator[None]:
    """Read the machine's certificates once, not for every client."""
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(ssl.create_default_context)
        patch.setattr(ssl, "create_default_context", once)
        patch.setattr(governor_server, "POLL_S", _POLL_S)
        patch.setattr(governor_server, "PLAN_EVERY_S", _PLAN_EVERY_S)
        yield


def _cases() -> Iterator[object]:
    for behaviour, mode in CASES:
        marks = [pytest.mark.slow] if behaviour.slow or mode != QUICK else []
        yield pytest.param(behaviour, mode, id=f"{behaviour.name} [{mode}]", marks=marks)


@pytest.mark.parametrize(("behaviour", "mode"), list(_cases()))
def test_a_behaviour_has_the_expected_outcome(
    behaviour: Behaviour, mode: Mode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(session.KEY_VARIABLE, behaviour.key)
    wrong = _wrong(behaviour, mode, tmp_path)
    assert not wrong, f"{behaviour.source}: " + "\n".join(wrong)


def _wrong(behaviour: Behaviour, mode: Mode, folder: Path) -> list[str]:
    try:
        found = virtual_time.run(session.run(behaviour, mode, folder))
    except Exception as error:  # its traceback is as deep as the event loop
        return [f"the session ended with {error!r}"]
    wrong = differences(behaviour.expected, found, mode)
    return wrong + broken_invariants(behaviour, found, folder)
