"""A Ray that cannot be joined or started is one line, not minutes of waiting and a traceback."""

from __future__ import annotations

import socket

import pytest
import ray

from culture_ray.errors import NoRay, WrongValue
from culture_ray.sweep.execute.ray_session import connect
from culture_ray.sweep.plan.cluster import Cluster


def test_an_address_at_which_nothing_answers_is_refused_at_once() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with pytest.raises(WrongValue) as refused:
            connect(Cluster(address=f"127.0.0.1:{port}"))
    assert str(refused.value) == (
        f"cluster.address='127.0.0.1:{port}' cannot be used: expected HOST:PORT of a Ray that runs "
        "(Connection refused), or null to start one"
    )


@pytest.mark.parametrize(
    ("address", "what"), [(None, "did not start here"), ("auto", "did not let this sweep join")]
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
    told = str(refused.value)
    assert told.startswith(f"Ray {what}: The current node timed out during startup. Nothing was")
    assert "\n" not in told
