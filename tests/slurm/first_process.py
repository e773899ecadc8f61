"""The first process of a node's pid namespace: runs a command and reaps whatever is orphaned."""

import os
import signal
import sys

main = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
signal.signal(signal.SIGTERM, lambda number, frame: os.kill(main, number))
while True:
    ended, status = os.wait()
    if ended == main:
        sys.exit(os.waitstatus_to_exitcode(status) & 255)
