"""The server as a process: python -m tests.api_server SETTINGS-AS-JSON HOST; prints its port."""

from __future__ import annotations

import json
import logging
import socket
import sys

import uvicorn

from culture_ray.config.build import build
from tests.api_server.app import ApiServer
from tests.api_server.settings import Settings


def main() -> None:
    """Serve until killed."""
    settings = build(Settings, json.loads(sys.argv[1]), "settings")
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((sys.argv[2], 0))
    listening.listen(2048)
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # dropped connections are meant
    config = uvicorn.Config(
        ApiServer(settings).app, log_level="critical", access_log=False, timeout_keep_alive=60
    )
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
