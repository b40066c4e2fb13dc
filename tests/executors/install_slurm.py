"""Install SLURM and munge where they are missing and may be installed; say what to do where they may not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.executors.slurm_cluster import missing_programs

_INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", "slurm-wlm", "munge")


def main() -> None:
    """Leave with an error unless everything is there."""
    lacking = missing_programs()
    if not lacking:
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        sys.exit(f"Missing: {', '.join(lacking)}. On Debian and Ubuntu, as root: {' '.join(_INSTALL)}")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "--quiet"], env=environ, check=True)
    subprocess.run(_INSTALL, env=environ, check=True)
    if lacking := missing_programs():
        sys.exit(f"Still missing after the installation: {', '.join(lacking)}")


if __name__ == "__main__":
    main()
