"""Runs one container and goes when it goes. A program of its own: standard library only.

    python container.py PROGRAM NAME [options of `docker run`] IMAGE COMMAND…

The client hands signals on to the command in the container. When that does not heed SIGTERM, the container is
killed before the client would be: a client that is killed leaves its container running.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from types import FrameType

GRACE = 3.0


def main(arguments: list[str]) -> int:
    """Run it; the exit code is that of the command."""
    program, name, *rest = arguments
    # The client is in the job's process group: who stops the job signals it as well.
    client = subprocess.Popen([program, "run", *rest])

    def kill() -> None:
        subprocess.run([program, "kill", name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    def on_terminate(number: int, frame: FrameType | None) -> None:
        timer = threading.Timer(GRACE, kill)
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, on_terminate)
    code = client.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
