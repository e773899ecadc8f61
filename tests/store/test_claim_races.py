"""Claims that change hands while they are looked at: one driver gets a unit, and no error."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.store.claims import Claims, Presence
from tests.store.presences import age, on_another_machine, silent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "claims"


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


def _removing(look: Callable[[Claims, Path], bool]) -> Callable[[Claims, Path], bool]:
    """Let a file go just after it was looked at."""

    def look_and_remove(self: Claims, path: Path) -> bool:
        found = look(self, path)
        if found:
            path.unlink(missing_ok=True)
        return found

    return look_and_remove
