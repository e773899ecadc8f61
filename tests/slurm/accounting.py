"""Slurm's accounting database: mariadbd and slurmdbd, in a folder of the test cluster."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

PROGRAMS = ("slurmdbd", "mariadbd", "mariadb-install-db", "sacctmgr")


class Accounting:
    """The database; `up` returns once it answers, `down` ends it."""

    def __init__(self, folder: Path, address: str, munge: Path) -> None:
        self.folder, self.address, self.munge = folder, address, munge
        self.port = free_port()
        self._daemons: list[subprocess.Popen[bytes]] = []

    @staticmethod
    def missing() -> list[str]:
        """Return the programs that are not installed."""
        return [name for name in PROGRAMS if shutil.which(name) is None]

    def up(self) -> None:
        """Bring the database up, empty."""
        data, storage = self.folder / "data", free_port()
        self.folder.mkdir()
        made = subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=root",
             "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert made.returncode == 0, made.stdout + made.stderr
        self._daemon(
            "mariadbd", "--no-defaults", f"--datadir={data}", "--user=root", "--skip-grant-tables",
            f"--socket={self.folder}/sql.sock", f"--port={storage}", "--bind-address=127.0.0.1",
            f"--pid-file={self.folder}/sql.pid", "--innodb-flush-log-at-trx-commit=0",
        )  # fmt: skip
        _until(lambda: answers("127.0.0.1", storage), "mariadbd")
        settings = {
            "AuthType": "auth/munge",
            "AuthInfo": f"socket={self.munge}",
            "DbdHost": socket.gethostname().split(".")[0],
            "DbdAddr": self.address,
            "DbdPort": self.port,
            "SlurmUser": "root",
            "LogFile": self.folder / "slurmdbd.log",
            "PidFile": self.folder / "slurmdbd.pid",
            "StorageType": "accounting_storage/mysql",
            "StorageHost": "127.0.0.1",
            "StoragePort": storage,
            "StorageUser": "root",
            "StorageLoc": "slurm",
        }
        # slurmdbd reads its settings from the folder of slurm.conf.
        conf = self.folder / "slurmdbd.conf"
        conf.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        conf.chmod(0o600)
        self._daemon("slurmdbd", "-D", SLURM_CONF=str(self.folder / "slurm.conf"))
        _until(lambda: answers(self.address, self.port), "slurmdbd")

    def down(self) -> None:
        """End the database."""
        for daemon in reversed(self._daemons):
            daemon.terminate()
        for daemon in self._daemons:
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def _daemon(self, *command: str, **variables: str) -> None:
        with (self.folder / f"{command[0]}.out").open("ab") as log:
            self._daemons.append(
                subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    start_new_session=True, env=os.environ | variables,
                )
            )  # fmt: skip


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as one:
        one.bind(("", 0))
        port: int = one.getsockname()[1]
        return port


def answers(host: str, port: int) -> bool:
    """Return True if a server accepts connections."""
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex((host, port)) == 0


def _until(ready, what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, f"no {what} within {seconds:g} s"
        time.sleep(0.05)
