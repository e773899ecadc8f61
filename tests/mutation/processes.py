"""Forked processes, limited by the processor time that they use.

How long one takes depends on what else the machine does.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mutation.rooms import ROOT

_IDLE_S = 30.0
"""A process that has used no processor time for this long waits for good."""


def fork(act: Callable[[], int], folder: Path, cpu_s: int | None = None) -> Child:
    """Run `act` in a process of its own, in the repository; its result is the exit code."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return Child(pid, folder, cpu_s)
    code = 70
    try:
        os.setpgid(0, 0)
        if cpu_s is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 5))
        output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(ROOT)
        code = act()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


class Child:
    """A forked process, the leader of its group."""

    def __init__(self, pid: int, folder: Path, cpu_s: int | None) -> None:
        self.folder = folder
        self._pid, self._status = pid, -1
        self._limited, self._used, self._used_at = cpu_s is not None, "", time.monotonic()

    def ended(self) -> bool:
        """Return True if it has ended; end it if it waits for good."""
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        if pid:
            self._status = status
        elif (used := self._processor_time()) != self._used:
            self._used, self._used_at = used, time.monotonic()
        if pid or (self._limited and time.monotonic() - self._used_at > _IDLE_S):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGKILL)
        return bool(pid)

    def _processor_time(self) -> str:
        """Return the kernel's counts of its time, its own and that of its children."""
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return " ".join(fields[11:15])

    def wait(self) -> None:
        """Wait for its end."""
        while not self.ended():
            time.sleep(0.05)

    def verdict(self) -> str:
        """Return "killed", "survived" or "timeout"."""
        if os.WIFSIGNALED(self._status):
            limits = {signal.SIGXCPU, signal.SIGKILL}
            return "timeout" if os.WTERMSIG(self._status) in limits else "killed"
        return "survived" if os.WEXITSTATUS(self._status) == pytest.ExitCode.OK else "killed"

    def output(self) -> str:
        """Return the process's output, both streams."""
        return (self.folder / "output").read_text(errors="replace")
