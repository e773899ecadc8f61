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
from culture_ray.store.claims import BEAT_S, EXPIRY_S, Claims, Presence
from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "claims"


def silent(folder: Path, driver: str) -> Presence:
    """Return a presence that gives no sign of life by itself, however long the test takes."""
    return Presence(folder, driver, beat_s=3600.0)


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


@pytest.mark.slow
def test_of_many_that_take_over_one_gets_it(folder: Path) -> None:
    with silent(folder, "gone") as gone:
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


def test_a_unit_given_back_while_it_was_looked_at_is_never_taken_without_a_claim(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, seen = os.link, []

    def given_back(source: Path, target: Path) -> None:
        if not seen:
            seen.append(target)
            raise FileExistsError
        link(source, target)

    with Presence(folder, "a") as a, Presence(folder, "b") as b:
        monkeypatch.setattr(os, "link", given_back)
        assert a.take("u") == b.held_elsewhere("u")


def test_a_stale_claim_removed_while_it_was_looked_at_is_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Presence(folder, "gone") as gone, Presence(folder, "a") as a, Presence(folder, "b") as b:
        assert gone.take("u")
        with monkeypatch.context() as patch:
            patch.setattr(Claims, "_is_stale", _removing(lambda self, path: True))
            assert a.take("u")
        assert b.held_elsewhere("u")


@pytest.mark.parametrize("give_back", [lambda a: a.release("u"), lambda a: a.release_all()])
def test_a_claim_that_another_driver_removed_is_given_back_without_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch, give_back: Callable[[Claims], None]
) -> None:
    with Presence(folder, "a") as a:
        assert a.take("u")
        with monkeypatch.context() as patch:
            patch.setattr(Claims, "_is_mine", _removing(Claims._is_mine))
            give_back(a)
        assert not list(folder.glob("*.claim"))


def test_a_sign_of_life_that_another_driver_removed_is_no_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with silent(folder, "gone") as gone, Presence(folder, "a") as a:
        on_another_machine(gone)
        age(gone, a.expiry_s + 1)
        assert gone.take("u")
        with monkeypatch.context() as patch:
            patch.setattr(Claims, "_is_stale", _removing(Claims._is_stale))
            a.clear_stale()
        a.file.unlink()


def test_taking_over_is_one_drivers_turn_and_leaves_nothing(folder: Path) -> None:
    with silent(folder, "gone") as gone, Presence(folder, "a") as a, Presence(folder, "b") as b:
        on_another_machine(gone)
        assert gone.take("u")
        age(gone, a.expiry_s + 1)
        (claim,) = folder.glob("*.claim")
        turn = claim.with_name(f"{claim.name}.{claim.stat().st_ino}.turn")
        os.link(b.file, turn)
        assert not a.take("u"), "it is b's turn"
        turn.unlink()
        os.link(gone.file, turn)
        assert a.take("u"), "whoever had the turn is gone"
        assert b.held_elsewhere("u")
        assert not list(folder.glob("*.turn"))


def test_a_turn_that_was_given_back_meanwhile_is_no_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with silent(folder, "gone") as gone, Presence(folder, "a") as a:
        on_another_machine(gone)
        assert gone.take("u")
        age(gone, a.expiry_s + 1)
        (claim,) = folder.glob("*.claim")
        turn = claim.with_name(f"{claim.name}.{claim.stat().st_ino}.turn")
        is_stale = Claims._is_stale

        def turn_goes(self: Claims, path: Path) -> bool:
            stale = is_stale(self, path)
            turn.unlink(missing_ok=True)
            return stale

        with monkeypatch.context() as patch:
            patch.setattr(Claims, "_is_stale", turn_goes)
            assert a.take("u")
        (claim,) = folder.glob("*.claim")
        turn = claim.with_name(f"{claim.name}.{claim.stat().st_ino}.turn")
        os.link(gone.file, turn)
        with monkeypatch.context() as patch:
            patch.setattr(Claims, "_is_stale", _removing(is_stale))
            assert not a._take_over(claim, keep=True)
        assert not turn.exists()


def test_a_stale_claim_that_its_driver_gives_back_meanwhile_is_no_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with silent(folder, "gone") as gone, Presence(folder, "a") as a:
        assert gone.take("u")
        age(gone, a.expiry_s + 1)
        (claim,) = folder.glob("*.claim")
        with monkeypatch.context() as patch:
            patch.setattr(Claims, "_is_stale", _removing(Claims._is_stale))
            a._take_over(claim, keep=False)
        assert list(folder.glob("*.claim")) == []


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


def _removing(look: Callable[[Claims, Path], bool]) -> Callable[[Claims, Path], bool]:
    """Let a file go just after it was looked at."""

    def look_and_remove(self: Claims, path: Path) -> bool:
        found = look(self, path)
        if found:
            path.unlink(missing_ok=True)
        return found

    return look_and_remove
