"""vLLM's own processes end with the replica they belong to, however that one ends.

A vLLM plugin (`vllm.general_plugins`): vLLM loads it in every process it starts. Without it, the
engine and its workers outlive a replica that was killed, and keep its memory.
"""

from __future__ import annotations

import os
import threading
import time

REPLICA = "CULTURE_RAY_REPLICA_PID"
"""Set by a replica before it starts its engine; elsewhere vLLM is left alone."""

_EVERY_S = 1.0


def belong_to_this_process() -> None:
    """Let the engine processes that this process starts end with it."""
    os.environ[REPLICA] = str(os.getpid())


def share() -> None:
    """End this process when its replica or its parent is gone; does nothing outside a replica."""
    replica = os.environ.get(REPLICA)
    if replica is None or int(replica) == os.getpid():
        return
    watch = threading.Thread(target=_watch, args=(int(replica), os.getppid()), daemon=True)
    watch.start()


def _watch(replica: int, parent: int) -> None:
    while os.getppid() == parent and _is_there(replica):
        time.sleep(_EVERY_S)
    os._exit(1)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
