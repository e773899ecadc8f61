"""On a CPU, a process of vLLM that waits for another takes no core from it."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = [pytest.mark.engine, pytest.mark.slow]

_WAITS = """
import zmq
from culture_ray.engines.vllm.idle_wait import install
install()
install()
from vllm.distributed.device_communicators.shm_broadcast import SpinCondition

class Counting:
    def __init__(self, poller):
        self.poller, self.polls = poller, 0
    def poll(self, timeout=None):
        self.polls += 1
        return self.poller.poll(timeout)

context, address = zmq.Context(), "inproc://notices"
writer = SpinCondition(is_reader=False, context=context, notify_address=address)
reader = SpinCondition(is_reader=True, context=context, notify_address=address)
reader.poller = Counting(reader.poller)
reader.record_read()
reader.wait(timeout_ms=1)
print(reader.poller.polls)
reader.record_read()
writer.notify()
reader.wait(timeout_ms=60_000)
print(reader.poller.polls)
"""


def test_a_reader_waits_for_a_notification_at_once() -> None:
    pytest.importorskip("vllm", reason="the extra cpu is not installed")
    said = subprocess.run(
        [sys.executable, "-c", _WAITS], check=False, capture_output=True, text=True, timeout=300
    )
    assert said.returncode == 0, said.stderr[-2000:]
    assert said.stdout.split()[-2:] == ["1", "2"]
