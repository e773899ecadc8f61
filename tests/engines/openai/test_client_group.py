"""Requests are divided among clients, so that none has many connections."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import ExitStack

import pytest

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.openai.client_group import ClientGroup


@pytest.fixture(scope="module")
def group() -> ClientGroup:
    return ClientGroup(ApiSettings(base_url="http://127.0.0.1:9/v1"), "key", 32)


def test_as_many_requests_as_there_may_be_are_eight_for_each_client(group: ClientGroup) -> None:
    with ExitStack() as stack:
        busy = Counter(id(stack.enter_context(group.client())) for _ in range(32))
    assert list(busy.values()) == [8, 8, 8, 8]


def test_the_client_with_the_fewest_requests_takes_the_next(group: ClientGroup) -> None:
    with ExitStack() as stack:
        stack.enter_context(group.client())
        with group.client() as ended:
            for _ in range(6):
                stack.enter_context(group.client())
        with group.client() as following:
            assert following is ended


def test_a_request_that_fails_is_no_longer_counted(group: ClientGroup) -> None:
    for _ in range(3):
        with pytest.raises(OSError, match="lost"), group.client():
            raise OSError("lost")
    with ExitStack() as stack:
        busy = Counter(id(stack.enter_context(group.client())) for _ in range(4))
    assert list(busy.values()) == [1, 1, 1, 1]


def test_all_clients_are_closed() -> None:
    async def closed() -> list[bool]:
        group = ClientGroup(ApiSettings(base_url="http://127.0.0.1:9/v1"), "key", 20)
        with ExitStack() as stack:
            clients = [stack.enter_context(group.client()) for _ in range(3)]
        await group.close()
        return [client.is_closed() for client in clients]

    assert asyncio.run(closed()) == [True, True, True]
