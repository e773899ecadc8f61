"""Parent watchdog: ends vLLM's processes when the replica that started them is gone.

A vLLM plugin (`vllm.general_plugins`): vLLM loads it in every process that it starts. Without it,
the engine and its workers outlive a killed replica, and keep its memory.
"""

from __future__ import annotations

import os
import threading
import time

REPLICA = "CULTURE_RAY_REPLICA_PID"
"""Environment variable, set by a replica before it starts its engine."""

_POLL_S = 1.0


def bind_engine_to_this_process() -> None:
    """Make the engine processes that this process starts end with it."""
    os.environ[REPLICA] = str(os.getpid())


def share() -> None:
    """End this process once its replica or parent is gone; does nothing outside a replica."""
    replica = os.environ.get(REPLICA)
    if replica is None or int(replica) == os.getpid():
        return
    thread = threading.Thread(target=_watch, args=(int(replica), os.getppid()), daemon=True)
    thread.start()


def _watch(replica: int, parent: int) -> None:
    while os.getppid() == parent and _is_alive(replica):
        time.sleep(_POLL_S)
    os._exit(1)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
