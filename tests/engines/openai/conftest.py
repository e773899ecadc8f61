from __future__ import annotations

import pytest

from tests.api_server.running import api_server
from tests.engines.openai.asking import KEY_VARIABLE


@pytest.fixture(scope="package")
def shared():
    with api_server() as server:
        yield server


@pytest.fixture
def server(shared, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, shared.key)
    monkeypatch.setattr("culture_ray.engines.openai.engine.backoff_s", lambda *_: 0.0)
    shared.change(
        key=shared.key,
        limits={"rpm": None, "tpm": None, "charge": "sum", "headers": True},
        answers={"seconds": 0.0, "cached": 0.0, "tier": None},
        storm={"rates": {}},
    )
    return shared


@pytest.fixture(params=["chat", "responses"])
def form(request):
    return request.param
