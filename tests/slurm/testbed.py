"""A real Slurm of several nodes on one machine, each node in namespaces of its own.

Several slurmd in one namespace would share pids, addresses and ports; with a network, pid, mount,
host-name and ipc namespace each, `kill -9` of a node's first process is a power cut.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from ctypes.util import find_library
from pathlib import Path

from tests.slurm.accounting import Accounting
from tests.slurm.configuration import Place, Setup, Size, write_configuration

PROGRAMS = ("slurmctld", "slurmd", "sbatch", "munged", "ip", "unshare")
_FIRST_PROCESS = Path(__file__).with_name("first_process.py")


def why_not(*, accounting: bool = False) -> str | None:
    """Return why no Slurm can be brought up here, None if one can."""
    if os.geteuid() != 0:
        return "a Slurm of its own needs root"
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    missing += Accounting.missing() if accounting else []
    return f"not installed: {', '.join(missing)}" if missing else None


def lua_is_there() -> bool:
    """Return True if slurmctld can run a job_submit.lua: the plugin is packaged without Lua."""
    return find_library("lua5.1") is not None


class Testbed:
    """The cluster; `up` returns when all nodes are idle, `down` leaves nothing behind.

    A cluster `beside` another shares its network, munge and accounting, and has nodes m1, m2, ...
    """

    __test__ = False

    def __init__(
        self, size: Size | None = None, setup: Setup | None = None, beside: Testbed | None = None
    ) -> None:
        self.size, self.setup, self.beside = size or Size(), setup or Setup(), beside
        # Munge's sockets and Ray's have to be short: pytest's own folders are too deep.
        self.folder = Path(tempfile.mkdtemp(prefix="crs", dir="/tmp"))
        self.local = self.folder / "local"
        """A path that is another folder on every node: the node's own disk."""
        self._tag = secrets.token_hex(3)
        net = f"10.{secrets.randbelow(150) + 100}.{secrets.randbelow(250) + 1}"
        self._place = Place(self.folder, net, self.folder / "run/munge.sock")
        self._bridge = f"crs{self._tag}"
        self.accounting: Accounting | None = None
        if beside is not None:
            there = beside._place
            self._place = Place(self.folder, there.net, there.munge, letter="m", first=100)
            self._bridge = beside._bridge
        self._nodes: dict[int, subprocess.Popen[bytes]] = {}
        self._daemons: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that Slurm's commands need."""
        return {"SLURM_CONF": str(self.folder / "etc/slurm.conf")}

    @property
    def login(self) -> str:
        """The login node's address, where the nodes reach servers of a test."""
        return self._place.login

    def run(self, *command: str | Path, timeout: float = 30) -> subprocess.CompletedProcess[str]:
        """Run one of Slurm's commands on the login node, which is this machine."""
        return subprocess.run(
            [str(word) for word in command],
            check=False, capture_output=True, text=True, timeout=timeout,
            env=os.environ | self.environment,
        )  # fmt: skip

    def up(self) -> None:
        """Bring everything up."""
        for name in ("etc", "log", "state", "run", "munge", "dev", "local"):
            (self.folder / name).mkdir(mode=0o755)
        self.folder.chmod(0o755)
        if self.beside is None:
            self._network_up()
        else:
            self.accounting = self.beside.accounting
        if self.setup.accounting and self.accounting is None:
            self.accounting = Accounting(self.folder / "accounting", self.login, self._place.munge)
            self.accounting.up()
        port = None if self.accounting is None else self.accounting.port
        write_configuration(self._place, self.size, self.setup, port)
        if self.accounting is not None:
            self._account()
        self._daemon("slurmctld", "-D", "-i")
        for number in range(1, self.size.nodes + 1):
            self.node_up(number)
        self.wait_idle()

    def _network_up(self) -> None:
        for command in (
            ("ip", "link", "add", self._bridge, "type", "bridge"),
            ("ip", "addr", "add", f"{self.login}/24", "dev", self._bridge),
            ("ip", "link", "set", self._bridge, "up"),
        ):
            subprocess.run(command, check=True)
        munge = self.folder / "munge"
        (munge / "key").write_bytes(secrets.token_bytes(64))
        (munge / "key").chmod(0o600)
        munge.chmod(0o711)
        self._daemon(
            "munged", "--foreground", f"--key-file={munge}/key",
            f"--socket={self._place.munge}", f"--pid-file={munge}/pid",
            f"--log-file={munge}/log", f"--seed-file={munge}/seed",
        )  # fmt: skip
        _until(self._place.munge.exists, "munge's socket")

    def _account(self) -> None:
        """Make this cluster and its QOS known to accounting, before slurmctld registers."""
        words = [["add", "cluster", self.setup.name]]
        for qos in self.setup.qos:
            name, *limits = qos.split()
            words += [["add", "qos", name, *limits]]
            words += [["modify", "user", "root", "set", f"qos+={name}"]]
        for some in words:
            said = self.run("sacctmgr", "-i", *some)
            assert said.returncode == 0, said.stdout + said.stderr

    def wait_idle(self) -> None:
        """Wait until every node is idle."""
        _until(lambda: self._idle() == self.size.nodes, "idle nodes")

    def node_up(self, number: int) -> None:
        """Switch a node on."""
        name, place = f"{self._place.letter}{number}", self._place.first + number
        disk = self.folder / "disks" / name
        (disk / "local").mkdir(parents=True, exist_ok=True)
        (self.folder / "spool" / name).mkdir(parents=True, exist_ok=True)
        etc = self.folder / "etc"
        script = f"""
            hostname {name}; ip link set lo up
            mount --bind {etc}/hosts /etc/hosts
            mount --bind {etc}/nsswitch.conf /etc/nsswitch.conf
            mount --bind {disk}/local {self.local}
            mount -t tmpfs -o size=2g tmpfs /dev/shm
            cat /proc/sys/kernel/random/uuid >{disk}/boot_id
            mount --bind {disk}/boot_id /proc/sys/kernel/random/boot_id
            until ip link show dev eth0 >/dev/null 2>&1; do sleep 0.02; done
            ip addr add {self._place.net}.{place}/24 dev eth0; ip link set eth0 up
            ip route add default via {self._place.net}.254
            exec {sys.executable} -S -E {_FIRST_PROCESS} slurmd -D
        """
        with (self.folder / "log" / f"node{number}.out").open("ab") as log:
            outer = subprocess.Popen(
                [
                    "unshare", "--fork", "--kill-child", "--pid", "--mount", "--uts", "--ipc",
                    "--net", "--mount-proc", "bash", "-c", script,
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env=os.environ | self.environment,
            )  # fmt: skip
        self._nodes[number] = outer
        inner = _until(lambda: self._inner(outer.pid), f"node {number}")
        mac = f"02:00:00:00:00:{place:02x}"
        cable = f"{self._bridge}{name}"
        for command in (
            ("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "address", mac,
             "netns", str(inner)),
            ("ip", "link", "set", cable, "master", self._bridge),
            ("ip", "link", "set", cable, "up"),
        ):  # fmt: skip
            subprocess.run(command, check=True)

    def node_kill(self, number: int) -> None:
        """Cut a node's power: everything on it is gone at once."""
        outer = self._nodes.pop(number)
        if (inner := self._inner(outer.pid)) is not None:
            os.kill(inner, signal.SIGKILL)
        outer.wait()

    def processes(self, needle: str) -> list[str]:
        """Return the command lines on all nodes and here that hold `needle` in their environment
        or arguments."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes()
                words = command + (folder / "environ").read_bytes()
            except OSError:
                continue  # it ended meanwhile
            if needle.encode() in words and int(folder.name) != os.getpid():
                found.append(command.replace(b"\0", b" ").decode()[:200])
        return found

    def down(self) -> None:
        """End every process that was started here and remove every file."""
        for number in list(self._nodes):
            self.node_kill(number)
        for daemon in reversed(self._daemons):
            daemon.terminate()
        for daemon in self._daemons:
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        if self.beside is None:
            if self.accounting is not None:
                self.accounting.down()
            subprocess.run(["ip", "link", "del", self._bridge], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=False)

    def _daemon(self, *command: str) -> None:
        with (self.folder / "log" / f"{command[0]}.out").open("ab") as log:
            self._daemons.append(
                subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    start_new_session=True, env=os.environ | self.environment,
                )
            )  # fmt: skip

    def _inner(self, outer: int) -> int | None:
        """Return the first process of a node's namespaces, once it is in its own network."""
        try:
            children = Path(f"/proc/{outer}/task/{outer}/children").read_text().split()
            inner = int(children[0])
            own = Path("/proc/self/ns/net").readlink()
            return inner if Path(f"/proc/{inner}/ns/net").readlink() != own else None
        except (OSError, IndexError):
            return None

    def _idle(self) -> int:
        found = self.run("sinfo", "-h", "-N", "-t", "idle", "-o", "%N").stdout.split()
        return len(set(found))  # a node shows once per partition


def _until(ready, what: str, seconds: float = 20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := ready():
            return value
        time.sleep(0.05)
    raise TimeoutError(f"no {what} within {seconds:g} s")
