"""A model that Ray Serve answers for: deployed by the dashboard's HTTP API, as `serve deploy` does, and looked at."""

from __future__ import annotations

import secrets
import sys
import sysconfig
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil

from tests.executors.ray_cluster import RayCluster
from tests.support import eventually_sync, nap
from tests.unit.serving.ray.shelves import Shelf, chances, question

PATIENCE = 600.0  # Ray on a busy machine is slow
PORT = 8000
_APPLICATIONS = "/api/serve/applications/"
_AGAIN = (500, 503)  # what was in flight at a replica that died; nobody is there just now
_PAUSE = 0.2


class Served:
    """An application `iris` with a replica on each machine."""

    def __init__(self, cluster: RayCluster, shelf: Shelf, token_file: Path) -> None:
        self.cluster, self._shelf = cluster, shelf
        self._token, self._token_file = secrets.token_hex(20), token_file
        token_file.write_text(self._token)
        self.addresses = [f"http://{machine.address}:{PORT}" for machine in (cluster.head, cluster.worker)]
        self.statuses: Counter[int] = Counter()
        """What Ray's proxies have answered to `ask`."""

    def deploy(self, data: Path, **more: Any) -> None:
        """Deploy it and wait until each machine has a replica that answers."""
        arguments = {
            "data_dir": str(data), "model": "iris@champion", "replicas": 2, "cpus": 0.5, "batch": 16,
            "environment": sys.prefix, "environment_paths": [sys.prefix], "token_file": str(self._token_file),
        }  # fmt: skip
        application = {
            "name": "iris", "route_prefix": "/", "import_path": "jupyter_crispdm.serving.ray:app",
            "runtime_env": {"env_vars": {"PYTHONPATH": str(self._packages())}},
            "args": {**arguments, **more}, "deployments": [{"name": "Model", "max_replicas_per_node": 1}],
        }  # fmt: skip
        options = {"host": "0.0.0.0", "port": PORT}
        config = {"proxy_location": "EveryNode", "http_options": options, "applications": [application]}
        self._dashboard("PUT", config).raise_for_status()

    def remove(self) -> None:
        """Take it back, and wait until no process of it is left."""
        self._dashboard("DELETE").raise_for_status()
        eventually_sync(lambda: not self.replicas() and not self.models(), PATIENCE)

    def status(self) -> dict[str, Any]:
        """What Ray says of it."""
        found: dict[str, Any] = self.cluster.ask(_APPLICATIONS)["applications"].get("iris", {})
        return found

    def runs(self, replicas: int = 2) -> bool:
        """Whether so many replicas run, and all is well."""
        status = self.status()
        all_of_it = status.get("deployments", {}).get("Model", {}).get("replicas", [])
        running = [one for one in all_of_it if one["state"] == "RUNNING"]
        return status.get("status") == "RUNNING" and len(running) == len(all_of_it) == replicas

    def replicas(self) -> list[psutil.Process]:
        """The processes of its replicas, on whichever machine: from out here all are seen."""
        return [one for one in psutil.process_iter() if _title(one).startswith("ray::ServeReplica:iris")]

    def models(self) -> list[psutil.Process]:
        """The processes in which the model runs."""
        return [one for one in psutil.process_iter() if "model_worker.py" in _title(one)]

    def client(self, at: int = 0, *, token: bool = True) -> httpx.AsyncClient:
        """A client of one of Ray's proxies."""
        headers = {"authorization": f"Bearer {self._token}"} if token else {}
        return httpx.AsyncClient(base_url=self.addresses[at], headers=headers, timeout=120, trust_env=False)

    async def ask(self, client: httpx.AsyncClient) -> int:
        """Ask until there is an answer, which must be the right one; the version that gave it."""
        while True:
            try:
                answer = await client.post("/v2/models/iris@champion/infer", json=question())
            except httpx.TransportError:
                self.statuses[0] += 1
                await nap(_PAUSE)
                continue
            self.statuses[answer.status_code] += 1
            if answer.status_code == 200:
                told = answer.json()
                version = int(told["model_version"])
                assert np.allclose(chances(told), self._shelf.expected(version)), told
                return version
            assert answer.status_code in _AGAIN, (answer.status_code, answer.text)
            await nap(_PAUSE)

    def _packages(self) -> Path:
        """A folder that lets Ray's Python find ours, and what it needs, behind its own: nothing of it is installed."""
        folder = self._token_file.parent / "packages"
        folder.mkdir(exist_ok=True)
        ours = sysconfig.get_path("purelib")
        (folder / "sitecustomize.py").write_text(f"import site\nsite.addsitedir({ours!r})\n")
        return folder

    def _dashboard(self, method: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.cluster.token}"}
        url = f"{self.cluster.url}{_APPLICATIONS}"
        return httpx.request(method, url, json=body, headers=headers, timeout=120, trust_env=False)


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
