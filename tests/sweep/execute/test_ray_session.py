"""An unusable Ray is reported in one line; a function is mapped over parts in their order."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import ray

from culture_ray.errors import BadTable, ExitCode, NoRay, RayLost, WrongValue
from culture_ray.sweep.execute import ray_session
from culture_ray.sweep.execute.ray_session import check_head, connect, mapped, naming_lost_head
from culture_ray.sweep.plan.cluster import Cluster


def test_an_address_at_which_nothing_answers_is_refused_at_once() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with pytest.raises(WrongValue) as refused:
            connect(Cluster(address=f"127.0.0.1:{port}"))
    assert str(refused.value) == (
        f"cluster.address='127.0.0.1:{port}' cannot be used: expected HOST:PORT of a running Ray "
        "(Connection refused), or null to start one"
    )


@pytest.mark.parametrize(
    ("address", "what"), [(None, "did not start"), ("auto", "could not be joined")]
)
def test_what_ray_says_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, address: str | None, what: str
) -> None:
    def busy(**_: object) -> None:
        raise Exception("The current node timed out during startup.\nMore lines.")

    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    monkeypatch.setattr(ray, "init", busy)
    with pytest.raises(NoRay) as refused:
        connect(Cluster(address=address))
    message = str(refused.value)
    timed_out = "The current node timed out during startup."
    assert message.startswith(f"Ray {what}: {timed_out} No request was sent; run the same command")
    assert "\n" not in message


def test_the_logs_of_a_ray_that_does_not_start_are_kept_in_the_run_and_its_folder_is_removed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folders = []

    def break_down(_temp_dir: str, **_: object) -> None:
        log = Path(_temp_dir) / "session_latest/logs/raylet.err"
        log.parent.mkdir(parents=True)
        log.write_text("no space")
        folders.append(Path(_temp_dir))
        raise Exception("The current node timed out during startup.")

    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    monkeypatch.setattr(ray, "init", break_down)
    with pytest.raises(NoRay, match=f"Ray's logs are in {tmp_path}/ray$"):
        connect(Cluster(), tmp_path / "ray")
    assert (tmp_path / "ray/raylet.err").read_text() == "no space"
    with pytest.raises(NoRay) as said:
        connect(Cluster())
    assert not folders[0].exists()
    assert str(said.value).endswith(f"Ray's logs are in {folders[1]}/session_latest/logs")
    shutil.rmtree(folders[1])


def test_logs_of_a_ray_that_cannot_be_joined_are_where_its_job_keeps_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(**_: object) -> None:
        raise Exception("no")

    monkeypatch.setattr(ray, "init", refuse)
    monkeypatch.setenv("CULTURE_RAY_LOGS", "/run/logs/ray-7")
    with pytest.raises(NoRay, match=r"Ray's logs are in /run/logs/ray-7$"):
        connect(Cluster(address="auto"), tmp_path)


@pytest.fixture
def port() -> Iterator[socket.socket]:
    """A port at which nobody listens yet."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        yield found


def joined(port: socket.socket) -> SimpleNamespace:
    """A Ray whose head is at a port."""
    address = f"127.0.0.1:{port.getsockname()[1]}"
    return SimpleNamespace(get_runtime_context=lambda: SimpleNamespace(gcs_address=address))


def test_a_head_that_answers_nobody_is_lost_and_the_sweep_can_be_resumed(
    port: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_session, "_LOST_AFTER_S", 0)
    with pytest.raises(RayLost) as told:
        check_head(joined(port))
    assert str(told.value) == (
        f"Ray's head at 127.0.0.1:{port.getsockname()[1]} ended while it was used (Connection "
        "refused); committed results are safe, and the same command goes on"
    )
    assert told.value.exit_code == ExitCode.STOPPED


def test_a_head_that_answers_after_a_while_is_not_lost(
    port: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def listen(seconds: float) -> None:
        waited.append(seconds)
        port.listen()

    monkeypatch.setattr(
        ray_session, "time", SimpleNamespace(monotonic=time.monotonic, sleep=listen)
    )
    check_head(joined(port))
    assert len(waited) == 1


def test_what_ray_raises_once_its_head_has_ended_is_named_so(
    port: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_session, "_LOST_AFTER_S", 0)
    with pytest.raises(RayLost), naming_lost_head(joined(port)):
        raise RuntimeError("Broken pipe")
    with pytest.raises(BadTable), naming_lost_head(joined(port)):
        raise BadTable("a mistake in the input")
    port.listen()
    with pytest.raises(RuntimeError, match="a bug"), naming_lost_head(joined(port)):
        raise RuntimeError("a bug")


def scaled(factor: int, part: list[int]) -> list[int]:
    if part == [0]:
        time.sleep(0.5)  # the first is the last to be done
    if part == [-1]:
        raise BadTable("minus one")
    return [factor * value for value in part]


@pytest.mark.cluster
@pytest.mark.timeout(300)
def test_results_come_in_the_order_of_parts_and_ray_is_stopped() -> None:
    parts = [[value] for value in range(40)]
    assert list(mapped(scaled, 3, parts, Cluster())) == [[3 * value] for value in range(40)]
    assert not ray.is_initialized()


@pytest.mark.cluster
@pytest.mark.timeout(300)
def test_an_error_comes_as_it_is_and_a_ray_that_ran_before_goes_on() -> None:
    ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        with pytest.raises(BadTable, match="minus one"):
            list(mapped(scaled, 3, [[1], [-1]], Cluster()))
        assert list(mapped(scaled, 2, [], Cluster())) == []
        assert ray.is_initialized()
    finally:
        ray.shutdown()


@pytest.mark.cluster
@pytest.mark.timeout(300)
def test_parts_are_read_only_as_fast_as_results_are_taken() -> None:
    read = []

    def parts():
        for value in range(1000):
            read.append(value)
            yield [value]

    results = mapped(scaled, 1, parts(), Cluster())
    assert next(results) == [0]
    assert len(read) < 500
    results.close()
    assert not ray.is_initialized()
