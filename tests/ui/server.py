"""A workbench as a newcomer has it: its own directories, three users, a server process on a free port."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.ports import free_port
from tests.support import end_all_of, eventually_sync

PASSWORD = "correct horse battery"
ROLES = ("admin", "analyst", "viewer")
TOKEN = "the-token-of-the-server-under-test"
LOG_LIMIT = 2_000_000
"""Bytes that a log may have on the disk: a test writes more."""
_START_SECONDS = 90.0
_FOREIGN = ("CRISPDM_", "JUPYTER", "JPY_", "IPYTHON", "VIRTUAL_ENV", "PYTHONPATH")


class Workbench:
    """The directories of one server, and the server itself: started, killed and started again on one port."""

    def __init__(self, path: Path) -> None:
        self.root = path / "project"
        self.data = path / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = path / "server.log"
        self.environ = _environment(path)
        self._process: subprocess.Popen[bytes] | None = None
        self.root.mkdir(parents=True)
        self.data.mkdir(mode=0o700)

    @property
    def api(self) -> httpx.Client:
        """Our API, as a program on this machine uses it."""
        return self._client("crispdm/api/")

    @property
    def jupyter(self) -> httpx.Client:
        """Jupyter's own API."""
        return self._client("api/")

    def add_admin(self) -> None:
        """The first user, as a newcomer adds them: before the first start, by the command line."""
        command = ["user", "add", "admin", "--role", "admin", "--password-stdin", "--data-dir", str(self.data)]
        subprocess.run(
            [sys.executable, "-m", "jupyter_crispdm", *command],
            input=PASSWORD.encode(), env=self.environ, cwd=self.root, check=True, timeout=120,
        )  # fmt: skip

    def add_users(self) -> None:
        """The other users, named like their roles."""
        with self.api as api:
            for role in ROLES[1:]:
                user = {"name": role, "password": PASSWORD, "role": role}
                api.post("users", json=user).raise_for_status()

    def start(self) -> None:
        """Start the server and wait for all its rooms: what they find on the way would be news to an open page."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyter_crispdm", "lab", *self._options()],
                env=self.environ, cwd=self.root, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        eventually_sync(self.is_ready, _START_SECONDS)

    def is_ready(self) -> bool:
        """Whether the server does what it is told. Fails when it has ended."""
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        try:
            answer = httpx.get(f"{self.url}/crispdm/api/health", timeout=5, trust_env=False)
        except httpx.TransportError:
            return False
        return answer.is_success and answer.json()["status"] == "ready"

    def kill(self) -> None:
        """Kill the server as a crash would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server stands still: its sockets stay open, and nothing answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End the jobs and the server."""
        try:
            if self._process is not None and self._process.poll() is None:
                self.stop_jobs()
                self._process.send_signal(signal.SIGTERM)
                self._process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
        finally:
            end_all_of(self.root.parent)  # what would go on without it

    def stop_jobs(self) -> None:
        """End all jobs."""
        with self.api as api:
            api.post("jobs/stop", json={"all": True}).raise_for_status()
        eventually_sync(lambda: not self.running_jobs(), 60)

    def clear(self) -> None:
        """End and delete all jobs."""
        self.stop_jobs()
        with self.api as api:
            while jobs := api.get("jobs", params={"limit": 1000}).json()["jobs"]:  # so many at a time
                for job in jobs:
                    api.delete(f"jobs/{job['id']}").raise_for_status()

    def clear_models(self) -> None:
        """Withdraw and delete all models."""
        with self.api as api:
            for deployment in api.get("deployments").json()["deployments"]:
                api.delete(f"deployments/{deployment['id']}").raise_for_status()
            for model in api.get("models").json()["models"]:
                for version in model["versions"]:
                    api.delete(f"models/{model['name']}/versions/{version['version']}").raise_for_status()

    def forget_people(self) -> None:
        """Forget how Lab looks for each person: tabs of files that are gone, a theme that another test chose."""
        shutil.rmtree(self.data / "people", ignore_errors=True)

    def end_kernels(self) -> None:
        """End all kernels; one that a closed page left may end by itself meanwhile."""
        with self.jupyter as api:
            for kernel in api.get("kernels").json():
                answer = api.delete(f"kernels/{kernel['id']}")
                assert answer.status_code in (204, 404), answer.text

    def has_model(self, name: str) -> bool:
        """Whether a model is registered; the job that asked for it may be over sooner."""
        with self.api as api:
            return any(model["name"] == name for model in api.get("models").json()["models"])

    def running_jobs(self) -> list[dict[str, Any]]:
        """The jobs that are not over."""
        with self.api as api:
            listed = api.get("jobs", params={"limit": 1000}).json()["jobs"]
        return [job for job in listed if job["state"] in ("queued", "starting", "running", "stopping")]

    def _client(self, path: str) -> httpx.Client:
        headers = {"Authorization": f"token {TOKEN}"}
        return httpx.Client(base_url=f"{self.url}/{path}", headers=headers, timeout=60, trust_env=False)

    def _options(self) -> Iterator[str]:
        yield from ("--no-browser", f"--port={self.port}", "--ServerApp.port_retries=0")
        yield from (f"--ServerApp.root_dir={self.root}", f"--IdentityProvider.token={TOKEN}")
        yield from (f"--CrispdmApp.data_dir={self.data}", "--CrispdmApp.serving_port=0")
        yield "--LabApp.expose_app_in_browser=True"  # which tells when the layout is there
        yield from ("--CrispdmApp.max_running_jobs=8", "--CrispdmApp.package_urls=True")
        yield from (f"--CrispdmApp.log_limit={LOG_LIMIT}", "--CrispdmApp.published_scripts=published/*.py")
        yield from ("--CrispdmApp.published_scripts=train.py", "--CrispdmApp.published_scripts=prepare.py")
        # a browser that a test closes leaves its kernels behind: the quicker a machine, the more of them at a time
        yield "--CrispdmKernelManager.dashboard_reconnect_seconds=120"
        yield from ("--CrispdmKernelManager.max_kernels=120", "--CrispdmKernelManager.max_kernels_per_user=60")
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            yield "--allow-root"


def _environment(path: Path) -> dict[str, str]:
    """The environment of a user who has nothing of Jupyter's yet."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    home = path / "home"
    home.mkdir(parents=True)
    places = {
        "HOME": home,
        "IPYTHONDIR": home / ".ipython",
        "JUPYTER_CONFIG_DIR": path / "config",
        "JUPYTER_DATA_DIR": path / "share",
        "JUPYTER_RUNTIME_DIR": path / "runtime",
    }
    return {**kept, **{name: str(place) for name, place in places.items()}}
