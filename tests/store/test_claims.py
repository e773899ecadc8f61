"""Several drivers share a run: who has a unit is said once, and nothing stays claimed for ever."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.errors import DiskProblem
from culture_ray.store import claims as module
from culture_ray.store.claims import BEAT_S, EXPIRY_S, Presence
from tests.conftest import ROOT
from tests.store.presences import age, on_another_machine, silent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "claims"


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
    with silent(folder, "a") as a, Presence(folder, "b") as b:
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


def test_a_driver_may_miss_many_beats() -> None:
    assert EXPIRY_S >= 10 * BEAT_S


def test_the_folder_of_claims_is_made_with_those_above_it(folder: Path) -> None:
    with Presence(folder / "below" / "it", "a") as a:
        assert a.take("u")


def test_a_sign_of_life_keeps_no_process_alive(folder: Path) -> None:
    assert Presence(folder, "a")._thread.daemon


def test_all_releases_call_the_claim_of_a_unit_alike(folder: Path) -> None:
    with Presence(folder, "a") as a:
        assert a.take("elicit/a/0")
        assert [file.name for file in folder.glob("*.claim")] == ["ab78cba84535834e899aa24e.claim"]


def test_a_driver_that_is_gone_leaves_no_sign_of_life(folder: Path) -> None:
    with silent(folder, "a") as a, Presence(folder, "b") as b:
        on_another_machine(a)
        age(a, b.expiry_s + 1)
        b.clear_stale()
        assert not a.file.exists()
        assert b.file.exists()


def test_a_driver_is_gone_after_its_expiry_not_at_it(folder: Path) -> None:
    with Presence(folder, "a") as a, Presence(folder, "b") as b:
        on_another_machine(a)
        os.utime(a.file, ns=(0, 0))
        os.utime(b.file, (b.expiry_s, b.expiry_s))
        assert b.others() == ["a"]


def test_a_driver_whose_file_is_being_written_is_present(folder: Path) -> None:
    with silent(folder, "a") as a, Presence(folder, "b") as b:
        a.file.write_text("")
        age(a, b.expiry_s + 1)
        assert b.others() == ["a"]


def test_more_claims_than_a_file_can_have_links_are_taken_without_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Presence(folder, "a") as a:
        monkeypatch.setattr(os, "link", _raising(OSError(errno.EMLINK, "too many links")))
        assert a.take("u")
        monkeypatch.setattr(os, "link", _raising(OSError(errno.EROFS, "read-only")))
        with pytest.raises(DiskProblem):
            a.take("v")


def test_a_process_is_known_by_when_it_began_whatever_its_name() -> None:
    name = Path("/proc/self/comm")
    before, pid = name.read_text(), os.getpid()
    began = module._began(pid)
    name.write_text("odd) S 1")
    try:
        assert module._began(pid) == began != "-"
    finally:
        name.write_text(before)


def test_a_process_that_ended_and_was_not_waited_for_has_ended() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    known = f"{module._machine()} {process.pid} {module._began(process.pid)}"
    assert not module._has_ended(known)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert module._has_ended(known)
    process.communicate()
    assert module._has_ended(known)


def _raising(error: OSError) -> Callable[..., None]:
    def link(*_: object) -> None:
        raise error

    return link
