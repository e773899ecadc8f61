"""Configuration of a Slurm on one machine: slurm.conf, GPUs, hosts, epilog and job_submit.lua."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.slurm.accounting import free_port

_NULL_DEVICE = os.makedev(1, 3)


@dataclass(frozen=True)
class Size:
    """Number of nodes, and what each of them has."""

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


@dataclass(frozen=True)
class Place:
    """Folder, network and names of a cluster's nodes on this machine."""

    folder: Path
    net: str
    """First three numbers of its addresses, such as 10.101.7."""
    munge: Path
    """Socket of munge."""
    letter: str = "n"
    """Letter that the names of nodes begin with."""
    first: int = 0
    """Number that is added to a node's for its address."""

    @property
    def login(self) -> str:
        """Return the login node's address, where the nodes reach servers of a test."""
        return f"{self.net}.254"


def write_configuration(
    place: Place, size: Size, setup: Setup, accounting_port: int | None
) -> None:
    """Write slurm.conf and all that it names; without accounting where there is no port."""
    etc, here = place.folder / "etc", socket.gethostname().split(".")[0]
    nodes, login = f"{place.letter}[1-{size.nodes}]", place.login
    for number in range(size.gpus):
        # Character devices: Slurm takes no counts and no regular files for GPUs.
        os.mknod(place.folder / f"dev/nvidia{number}", 0o666 | stat.S_IFCHR, _NULL_DEVICE)
    if setup.gres:
        (etc / "gres.conf").write_text(
            f"NodeName={nodes} Name=gpu File={place.folder}/dev/nvidia[0-{size.gpus - 1}]\n"
        )
    hosts = ["127.0.0.1 localhost", f"{login} {here}"]
    hosts += [
        f"{place.net}.{place.first + number} {place.letter}{number}"
        for number in range(1, size.nodes + 1)
    ]
    (etc / "hosts").write_text("\n".join(hosts) + "\n")
    (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
    (etc / "epilog").write_text(_EPILOG.format(log=place.folder / "log/epilog.log"))
    (etc / "epilog").chmod(0o755)
    settings = {
        "ClusterName": setup.name,
        "SlurmctldHost": f"{here}({login})",
        # Free ones, so that another Slurm on this machine is not met.
        "SlurmctldPort": free_port(),
        "SlurmUser": "root",
        "AuthType": "auth/munge",
        # A requeued job waits for credentials to expire: 15 s instead of two minutes.
        "AuthInfo": f"socket={place.munge},cred_expire=15",
        "StateSaveLocation": place.folder / "state",
        "SlurmdSpoolDir": f"{place.folder}/spool/%n",
        "SlurmctldPidFile": place.folder / "run/slurmctld.pid",
        "SlurmdPidFile": f"{place.folder}/run/slurmd.%n.pid",
        "SlurmctldLogFile": place.folder / "log/slurmctld.log",
        "SlurmdLogFile": f"{place.folder}/log/slurmd.%n.log",
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
        "JobCompLoc": place.folder / "log/jobcomp.txt",
        "JobRequeue": int(setup.requeue),
    }
    if setup.gres:
        settings["GresTypes"] = "gpu"
    if accounting_port is not None:
        settings |= {
            "AccountingStorageType": "accounting_storage/slurmdbd",
            "AccountingStorageHost": login,
            "AccountingStoragePort": accounting_port,
            # Munge's socket, where AuthInfo is not read.
            "AccountingStoragePass": place.munge,
            "AccountingStorageEnforce": "associations,limits,qos",
        }
    if setup.lua is not None:
        settings["JobSubmitPlugins"] = "lua"
        (etc / "job_submit.lua").write_text(_LUA.format(body=setup.lua))
    settings |= setup.settings
    lines = [f"{name}={value}" for name, value in settings.items()]
    lines += [
        f"NodeName={nodes} NodeAddr={place.net}.[{place.first + 1}-{place.first + size.nodes}] "
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
