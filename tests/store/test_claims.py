"""Several drivers share a run: who has a unit is said once, and nothing stays claimed for ever."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from culture_ray.store.claims import Claims, Presence
from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "claims"


def age(claims: Claims, seconds: float) -> None:
    """Let a driver's sign of life be so old."""
    now = claims.file.stat().st_mtime - seconds
    os.utime(claims.file, (now, now))


def on_another_machine(claims: Claims) -> None:
    """Let a driver look like one whose process cannot be seen from here."""
    claims.file.write_text(f"{claims.driver}\nelsewhere 1 1\n")


def test_a_unit_is_one_drivers_until_it_is_given_back(folder: Path) -> None:
    with Presence(folder, "a") as a, Presence(folder, "b") as b:
        assert a.take("u")
        assert a.take("u"), "its own replicas may come again"
        assert not b.take("u")
        assert b.held_elsewhere("u")
        assert not a.held_elsewhere("u")
        assert b.others() == ["a"]
        b.release("u")
        assert not b.take("u"), "what is not one's own is not given back"
        a.release("u")
        assert b.take("u")


def test_leaving_gives_everything_back(folder: Path) -> None:
    with Presence(folder, "a") as a:
        assert a.take("u")
    assert list(folder.iterdir()) == []


def test_a_driver_that_is_silent_for_long_loses_its_claims(folder: Path) -> None:
    with Presence(folder, "a") as a, Presence(folder, "b") as b:
        on_another_machine(a)
        assert a.take("u")
        age(a, b.expiry_s - 1)
        assert not b.take("u")
        age(a, b.expiry_s + 1)
        assert b.others() == []
        assert b.take("u")
        assert not a.take("u"), "it finds out when it is back"


def test_a_beat_keeps_every_claim(folder: Path) -> None:
    with Presence(folder, "a", beat_s=0.01) as a, Presence(folder, "b") as b:
        on_another_machine(a)
        assert a.take("u")
        assert a.take("v")
        age(a, b.expiry_s + 1)
        beaten = threading.Event()
        for _ in range(500):
            if not b._is_stale(a.file):
                beaten.set()
                break
            beaten.wait(0.01)
        assert not b.take("u")
        assert not b.take("v")


def test_claims_of_a_process_that_was_killed_here_are_free_at_once(folder: Path) -> None:
    program = (
        "import os, signal\nfrom pathlib import Path\n"
        "from culture_ray.store.claims import Presence\n"
        f"claims = Presence(Path({str(folder)!r}), 'a').__enter__()\n"
        "assert claims.take('u'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program], check=False, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    assert killed.returncode < 0
    assert len(list(folder.glob("*.claim"))) == 1
    with Presence(folder, "b") as b:
        assert list(folder.glob("*.claim")) == []
        assert b.take("u")


def test_of_many_that_take_over_one_gets_it(folder: Path) -> None:
    with Presence(folder, "gone") as gone:
        on_another_machine(gone)
        everyone = [Presence(folder, f"d{i}") for i in range(8)]
        claims = [one.__enter__() for one in everyone]
        for round_ in range(40):
            unit = f"u{round_}"
            assert gone.take(unit)
            age(gone, 1000)
            won: list[str] = []
            start = threading.Barrier(len(claims))

            def act(one: Claims, unit: str = unit, won: list[str] = won) -> None:
                start.wait()  # noqa: B023 - the threads end within the round
                if one.take(unit):
                    won.append(one.driver)

            threads = [threading.Thread(target=act, args=(one,)) for one in claims]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(won) == 1, won
            on_another_machine(gone)
        for one in everyone:
            one.__exit__(None, None, None)
