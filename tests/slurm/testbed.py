"""A real Slurm of several nodes on one machine, each node in namespaces of its own.

Several slurmd in one namespace would share pids, addresses and ports; with a network, pid, mount,
host-name and ipc namespace each, `kill -9` of a node's first process is a power cut.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from ctypes.util import find_library
from dataclasses import dataclass, field
from pathlib import Path

from tests.slurm.accounting import Accounting, free_port

PROGRAMS = ("slurmctld", "slurmd", "sbatch", "munged", "ip", "unshare")
_FIRST_PROCESS = Path(__file__).with_name("first_process.py")
_NULL_DEVICE = os.makedev(1, 3)


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


@dataclass(frozen=True)
class Size:
    """What every node has."""

    nodes: int = 3
    cpus: int = 4
    gpus: int = 4


@dataclass(frozen=True)
class Setup:
    """Settings that the staff of a cluster have chosen."""

    name: str = "test"
    accounting: bool = False
    gres: bool = True
    """Slurm knows the GPUs."""
    requeue: bool = True
    """Jobs are requeued unless they say otherwise."""
    partitions: tuple[str, ...] = (
        "main Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
        "short Nodes=ALL MaxTime=2 State=UP",
    )
    qos: tuple[str, ...] = ()
    """Words of sacctmgr for each further QOS, such as "single MaxJobsPerUser=1"."""
    lua: str | None = None
    """Body of slurm_job_submit(job, partitions, user) in job_submit.lua."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further lines of slurm.conf."""


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
        self._net = f"10.{secrets.randbelow(150) + 100}.{secrets.randbelow(250) + 1}"
        self._bridge = f"crs{self._tag}"
        self._letter, self._first = "n", 0
        self._munge = self.folder / "run/munge.sock"
        self.accounting: Accounting | None = None
        if beside is not None:
            self._net, self._bridge, self._munge = beside._net, beside._bridge, beside._munge
            self._letter, self._first = "m", 100
        self._nodes: dict[int, subprocess.Popen[bytes]] = {}
        self._daemons: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> dict[str, str]:
        """What Slurm's commands need in their environment."""
        return {"SLURM_CONF": str(self.folder / "etc/slurm.conf")}

    @property
    def login(self) -> str:
        """The login node's address, where the nodes reach servers of a test."""
        return f"{self._net}.254"

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
            self.accounting = Accounting(self.folder / "accounting", self.login, self._munge)
            self.accounting.up()
        self._configure()
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
            f"--socket={self._munge}", f"--pid-file={munge}/pid",
            f"--log-file={munge}/log", f"--seed-file={munge}/seed",
        )  # fmt: skip
        _until(self._munge.exists, "munge's socket")

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
        name, place = f"{self._letter}{number}", self._first + number
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
            ip addr add {self._net}.{place}/24 dev eth0; ip link set eth0 up
            ip route add default via {self._net}.254
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

    def _configure(self) -> None:
        etc, size, here = self.folder / "etc", self.size, socket.gethostname().split(".")[0]
        setup, nodes = self.setup, f"{self._letter}[1-{self.size.nodes}]"
        for number in range(size.gpus):
            # Character devices: Slurm takes no counts and no regular files for GPUs.
            os.mknod(self.folder / f"dev/nvidia{number}", 0o666 | stat.S_IFCHR, _NULL_DEVICE)
        if setup.gres:
            (etc / "gres.conf").write_text(
                f"NodeName={nodes} Name=gpu File={self.folder}/dev/nvidia[0-{size.gpus - 1}]\n"
            )
        hosts = ["127.0.0.1 localhost", f"{self.login} {here}"]
        hosts += [
            f"{self._net}.{self._first + number} {self._letter}{number}"
            for number in range(1, size.nodes + 1)
        ]
        (etc / "hosts").write_text("\n".join(hosts) + "\n")
        (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
        (etc / "epilog").write_text(_EPILOG.format(log=self.folder / "log/epilog.log"))
        (etc / "epilog").chmod(0o755)
        settings = {
            "ClusterName": setup.name,
            "SlurmctldHost": f"{here}({self.login})",
            # Free ones, so that another Slurm on this machine is not met.
            "SlurmctldPort": free_port(),
            "SlurmUser": "root",
            "AuthType": "auth/munge",
            # A requeued job waits for credentials to expire: 15 s instead of two minutes.
            "AuthInfo": f"socket={self._munge},cred_expire=15",
            "StateSaveLocation": self.folder / "state",
            "SlurmdSpoolDir": f"{self.folder}/spool/%n",
            "SlurmctldPidFile": self.folder / "run/slurmctld.pid",
            "SlurmdPidFile": f"{self.folder}/run/slurmd.%n.pid",
            "SlurmctldLogFile": self.folder / "log/slurmctld.log",
            "SlurmdLogFile": f"{self.folder}/log/slurmd.%n.log",
            "ProctrackType": "proctrack/linuxproc",
            "Epilog": etc / "epilog",
            "TaskPlugin": "task/none",
            "MpiDefault": "none",
            "SelectType": "select/cons_tres",
            "SelectTypeParameters": "CR_Core_Memory",
            "DefMemPerCPU": 100,
            "SlurmdParameters": "config_overrides",
            "ReturnToService": 2,
            "SchedulerParameters": "batch_sched_delay=0,sched_interval=1,bf_interval=1,"
            "sched_min_interval=0,kill_invalid_depend",
            "SlurmdTimeout": 10,
            "KillWait": 15,
            "CompleteWait": 0,
            "AccountingStorageType": "accounting_storage/none",
            "JobCompType": "jobcomp/filetxt",
            "JobCompLoc": self.folder / "log/jobcomp.txt",
            "JobRequeue": int(setup.requeue),
        }
        if setup.gres:
            settings["GresTypes"] = "gpu"
        if self.accounting is not None:
            settings |= {
                "AccountingStorageType": "accounting_storage/slurmdbd",
                "AccountingStorageHost": self.login,
                "AccountingStoragePort": self.accounting.port,
                # Munge's socket, where AuthInfo is not read.
                "AccountingStoragePass": self._munge,
                "AccountingStorageEnforce": "associations,limits,qos",
            }
        if setup.lua is not None:
            settings["JobSubmitPlugins"] = "lua"
            (etc / "job_submit.lua").write_text(_LUA.format(body=setup.lua))
        settings |= setup.settings
        lines = [f"{name}={value}" for name, value in settings.items()]
        lines += [
            f"NodeName={nodes} NodeAddr={self._net}.[{self._first + 1}-{self._first + size.nodes}] "
            f"CPUs={size.cpus} Boards=1 SocketsPerBoard=1 CoresPerSocket={size.cpus} "
            f"ThreadsPerCore=1 RealMemory=16000{f' Gres=gpu:{size.gpus}' if setup.gres else ''}",
            *(f"PartitionName={partition}" for partition in setup.partitions),
        ]
        (etc / "slurm.conf").write_text("\n".join(lines) + "\n")


# A cluster with cgroups ends what a job leaves behind; this one has none, and writes down what the
# job should have ended itself.
_EPILOG = """#!/bin/bash
for signal in TERM KILL; do
    left=
    for folder in /proc/[0-9]*; do
        pid=${{folder#/proc/}}
        [ "$pid" = $$ ] || [ "$pid" = $PPID ] && continue
        grep -qzxs "SLURM_JOB_ID=$SLURM_JOB_ID" $folder/environ || continue
        grep -qzs '^SLURM_SCRIPT_CONTEXT=' $folder/environ && continue
        grep -qs slurmstepd $folder/comm && continue
        left="$left $pid"
        echo "$SLURM_JOB_ID $SLURMD_NODENAME $signal $(tr '\\0' ' ' <$folder/cmdline)" >>{log}
    done
    [ -n "$left" ] || break
    kill -$signal $left
    sleep 0.5
done
exit 0
"""


_LUA = """function slurm_job_submit(job, partitions, user)
{body}
    return slurm.SUCCESS
end
function slurm_job_modify(job, record, partitions, user)
    return slurm.SUCCESS
end
return slurm.SUCCESS
"""


def _until(ready, what: str, seconds: float = 20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := ready():
            return value
        time.sleep(0.05)
    raise TimeoutError(f"no {what} within {seconds:g} s")
