"""Wait until the nodes of a job have joined Ray.

    python wait_for_nodes.py ADDRESS NODES SECONDS FOLDER

Ends with 0 when all nodes are there, and when most of them are and time is up; with 1 if half of
them or more would idle, with the names that are missing. FOLDER/absent names those that gave up.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import ray


def main(address: str, nodes: list[str], seconds: float, folder: Path) -> str | None:
    """Return why the job should end; None if it can go on."""
    ray.init(address=address, log_to_driver=False, logging_level="ERROR")
    end = time.monotonic() + seconds
    while True:
        there = [node["NodeManagerHostname"] for node in ray.nodes() if node["Alive"]]
        given_up = _reasons(folder)
        if len(there) + len(given_up) >= len(nodes) or time.monotonic() > end:
            break
        time.sleep(0.5)
    if len(there) >= len(nodes):
        return None
    hosts = {host.partition(".")[0] for host in there}
    missing = [node for node in nodes if node.partition(".")[0] not in hosts]
    named = [f"{node} ({given_up[node]})" if node in given_up else node for node in missing]
    found = f"{len(there)} of {len(nodes)} nodes joined in time; missing: {', '.join(named)}"
    if 2 * len(there) <= len(nodes):
        return (
            f"sweep.sbatch: {found}; half of the job would idle, so it ends: see {folder}, and "
            f"raise slurm.wait_s if nodes are slow"
        )
    print(f"sweep.sbatch: {found}; goes on, and takes others when they come", file=sys.stderr)
    return None


def _reasons(folder: Path) -> dict[str, str]:
    """Return why nodes have given up, by node."""
    try:
        lines = (folder / "absent").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return {node: reason for node, _, reason in (line.partition(": ") for line in lines)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2].split(), float(sys.argv[3]), Path(sys.argv[4])))
