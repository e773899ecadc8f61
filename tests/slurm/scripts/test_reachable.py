"""The head takes the address that its workers reach, and a worker says so if there is none."""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path
from types import ModuleType

import pytest

from culture_ray.submission.script import slurm_folder

UNREACHABLE = "255.255.255.255"


@pytest.fixture
def reachable(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "secret")
    spec = importlib.util.spec_from_file_location("reachable", slurm_folder() / "reachable.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def head_in_background(module: ModuleType, folder: Path, addresses: list[str]) -> list[str]:
    chosen: list[str] = []
    thread = threading.Thread(
        target=lambda: chosen.append(module.head(folder, 30.0, addresses)), daemon=True
    )
    thread.start()
    while not (folder / "candidates").exists():
        thread.join(0.01)
    module._greet_any(folder)
    thread.join(30)
    return chosen


def test_a_wrong_first_address_is_passed_over(tmp_path: Path, reachable: ModuleType) -> None:
    addresses = [UNREACHABLE, "127.0.0.1"]
    assert head_in_background(reachable, tmp_path, addresses) == ["127.0.0.1"]
    assert (tmp_path / "chosen").read_text() == "127.0.0.1"


def test_a_stranger_is_not_taken_for_a_worker(
    tmp_path: Path, reachable: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = reachable._proof
    monkeypatch.setattr(reachable, "_proof", lambda role: proof("worker"))  # its head is a stranger
    with pytest.raises(OSError, match=r"cannot reach the head at 127\.0\.0\.2"):
        (tmp_path / "candidates").write_text("1 127.0.0.2")
        reachable._greet_any(tmp_path)


def test_a_head_that_nobody_reaches_keeps_its_first_address(
    tmp_path: Path, reachable: ModuleType
) -> None:
    assert reachable.head(tmp_path, 0.0, ["10.0.0.1", "10.0.0.2"]) == "10.0.0.1"


def test_a_worker_that_reaches_no_address_says_which_it_tried(
    tmp_path: Path, reachable: ModuleType
) -> None:
    (tmp_path / "candidates").write_text(f"9 {UNREACHABLE} 127.0.0.1")
    with pytest.raises(OSError, match=rf"cannot reach the head at {UNREACHABLE}, 127\.0\.0\.1"):
        reachable.worker(tmp_path, 30.0)


def test_a_worker_takes_the_address_of_its_side_of_the_connection(
    tmp_path: Path, reachable: ModuleType
) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as ray:
        address = f"127.0.0.1:{ray.getsockname()[1]}"
        (tmp_path / "address").write_text(address + "\n")
        assert reachable.worker(tmp_path, 30.0) == f"127.0.0.1 {address}"
    with pytest.raises(OSError, match=f"cannot reach the head at {address}"):
        reachable.worker(tmp_path, 30.0)


def test_a_head_that_does_not_come_is_waited_for_no_longer_than_allowed(
    tmp_path: Path, reachable: ModuleType
) -> None:
    with pytest.raises(TimeoutError, match="no head after 0 s"):
        reachable.worker(tmp_path, 0.0)
