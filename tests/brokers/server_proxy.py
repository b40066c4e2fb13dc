"""A Jupyter server with jupyter-server-proxy, which stands before other servers of the machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.brokers.program import OWN, Program

#: The extension stands beside the environment: it would open its doors in every server of the tests.
FOLDER = OWN / "server-proxy"


class ServerProxy(Program):
    """Answers below `/proxy/PORT/…` with what listens there."""

    name = "jupyter-server-proxy"

    def __init__(self, folder: Path, token: str) -> None:
        super().__init__(folder)
        self._token = token

    def command(self) -> Sequence[str]:
        """The program and its arguments."""
        path = os.pathsep.join(filter(None, (str(FOLDER), os.environ.get("PYTHONPATH"))))
        return [
            "env", f"PYTHONPATH={path}", f"HOME={self.folder}", f"JUPYTER_CONFIG_DIR={self.folder}",
            f"JUPYTER_RUNTIME_DIR={self.folder}", sys.executable, "-m", "jupyter_server", "--allow-root",
            "--no-browser", "--ServerApp.ip=127.0.0.1", f"--port={self.port}", "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self._token}", f"--ServerApp.root_dir={self.folder}",
            "--ServerApp.jpserver_extensions={'jupyter_server_proxy': True, 'jupyter_crispdm': False}",
        ]  # fmt: skip
