"""Agreement of a job's nodes on the address of Ray's head, before Ray starts.

    python reachable.py head FOLDER SECONDS ADDRESS...   prints the address that a worker reached
    python reachable.py worker FOLDER SECONDS            prints its own address, and Ray's HOST:PORT

A node has an address per network, and other nodes need not reach the one that its name stands for.
The head therefore offers all of them in FOLDER/candidates, and takes the one that a worker has
reached, or the first if no worker comes in time. A worker that reaches none says so and fails.
Both sides prove that they know the job's token, RAY_AUTH_TOKEN.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import socket
import sys
import time
from pathlib import Path

_POLL_S, _CONNECT_S, _TRIES = 0.2, 3.0, 3


def head(folder: Path, seconds: float, addresses: list[str]) -> str:
    """Return the address on which the first worker of this job came in, or else the first."""
    end = time.monotonic() + seconds
    with socket.create_server(("", 0)) as server:
        server.settimeout(_POLL_S)
        _write(folder / "candidates", " ".join([str(server.getsockname()[1]), *addresses]))
        while time.monotonic() < end:
            try:
                client, _ = server.accept()
            except TimeoutError:
                continue
            with client:
                client.settimeout(_CONNECT_S)
                try:
                    if hmac.compare_digest(client.recv(64), _proof("worker")):
                        address = str(client.getsockname()[0])
                        _write(folder / "chosen", address)
                        client.sendall(_proof("head"))
                        return address
                except OSError:  # a stranger, or a worker that has gone
                    continue
    return addresses[0]


def worker(folder: Path, seconds: float) -> str:
    """Return this node's address towards the head, and the head's; raises OSError, TimeoutError."""
    end, greeted = time.monotonic() + seconds, False
    while time.monotonic() < end:
        there = _names(folder)
        if "address" in there:
            address = (folder / "address").read_text("utf-8").strip()
            return f"{_own_address_towards(address)} {address}"
        if not greeted and "candidates" in there:
            greeted = True
            _greet_any(folder)
        time.sleep(_POLL_S)
    raise TimeoutError(f"no head after {seconds:.0f} s")


def _greet_any(folder: Path) -> None:
    """Tell the head at which of its addresses it is reached; raises OSError if at none."""
    port, *addresses = (folder / "candidates").read_text("utf-8").split()
    for _ in range(_TRIES):
        if any(_greet(address, int(port)) for address in addresses):
            return
        if _names(folder) & {"chosen", "address"}:  # another worker was first
            return
    raise OSError(f"cannot reach the head at {', '.join(addresses)}")


def _greet(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=_CONNECT_S) as there:
            there.sendall(_proof("worker"))
            return hmac.compare_digest(there.recv(64), _proof("head"))
    except OSError:
        return False


def _own_address_towards(address: str) -> str:
    host, _, port = address.rpartition(":")
    for attempt in range(_TRIES):
        try:
            with socket.create_connection((host, int(port)), timeout=_CONNECT_S) as there:
                return str(there.getsockname()[0])
        except OSError as error:
            if attempt == _TRIES - 1:
                raise OSError(f"cannot reach the head at {address} ({error})") from error
    raise AssertionError


def _names(folder: Path) -> set[str]:
    # Listing makes a network file system look again for files that were missing before.
    return set(os.listdir(folder))  # noqa: PTH208


def _proof(role: str) -> bytes:
    key = os.environ.get("RAY_AUTH_TOKEN", "").encode()
    return hmac.new(key, role.encode(), hashlib.sha256).hexdigest().encode()


def _write(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}")
    new.write_text(text, "utf-8")
    new.rename(path)


if __name__ == "__main__":
    role, place, limit, *offered = sys.argv[1:]
    try:
        print(
            head(Path(place), float(limit), offered)
            if role == "head"
            else worker(Path(place), float(limit))
        )
    except OSError as problem:  # TimeoutError is one
        sys.exit(f"{problem}")
