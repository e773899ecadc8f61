"""Waiting without spinning between vLLM's processes on a CPU.

A vLLM plugin (`vllm.general_plugins`). A process that reads from another's shared memory asks for a
second after its last message, as often as it can, before it waits for a notification. Between GPUs
that saves microseconds; on a CPU it takes a core from the computation that it waits for.
"""

from __future__ import annotations

from typing import Any


def install() -> None:
    """Make readers wait for a notification at once, on CPUs only."""
    from vllm.platforms import current_platform

    if not current_platform.is_cpu():
        return
    from vllm.distributed.device_communicators import shm_broadcast

    condition = getattr(shm_broadcast, "SpinCondition", None)
    if condition is not None and not getattr(condition, "waits", False):
        _stop_spinning(condition)


def _stop_spinning(condition: Any) -> None:
    begin = condition.__init__

    def begin_waiting(self: Any, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        self.busy_loop_s = -1.0  # not even within the resolution of the clock

    condition.__init__ = begin_waiting
    condition.waits = True
