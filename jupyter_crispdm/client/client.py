"""The client: one object per server, one attribute per noun of its API."""

from __future__ import annotations

import ssl
from functools import cache, partial
from pathlib import Path
from types import TracebackType

import httpx

from jupyter_crispdm.auth.types import Me
from jupyter_crispdm.base.http.types import Health, HealthDetails

from .deployments import Deployments
from .discovery import locate
from .environments import Environments
from .files import Files
from .jobs import Jobs
from .live import Live
from .models import Models
from .runs import Runs
from .schedules import Schedules
from .snapshots import Snapshots
from .state import State
from .streams import Streams
from .transport import Transport

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")


class Client:
    """Talks to one server; `with` closes its connections. `transport` asks for what has no noun here."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.live = Live(transport)
        self.jobs = Jobs(transport, self.live)
        self.runs = Runs(transport)
        self.schedules = Schedules(transport)
        self.snapshots = Snapshots(transport)
        self.files = Files(transport)
        self.state = State(transport)
        self.environments = Environments(transport)
        self.models = Models(transport)
        self.deployments = Deployments(transport, self.live)
        self.streams = Streams(transport, self.live)

    @property
    def url(self) -> str:
        """The server's address."""
        return self.transport.address.url

    @property
    def root(self) -> Path | None:
        """The directory that the server serves; None when it does not run on this machine."""
        root = self.transport.address.root_dir
        return Path(root) if root else None

    def health(self) -> Health:
        """What the server says about itself."""
        return self.transport.ask("health", Health)

    def me(self) -> Me:
        """Who asks: the person whose login, token or kernel this is, and their role."""
        return self.transport.ask("users/me", Me)

    def details(self) -> HealthDetails:
        """How what runs in its background is; for analysts and admins."""
        return self.transport.ask("health/details", HealthDetails)

    def close(self) -> None:
        """Give the connections back."""
        self.transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self.url!r})"


def connect(url: str | None = None, token: str | None = None) -> Client:
    """A client of the server at `url`, or of the one that CRISPDM_URL or Jupyter's runtime files tell of.

    Example
    -------
    >>> client = connect()
    >>> job = client.jobs.submit(["python", "train.py"])
    >>> for text in client.jobs.follow(job.id):
    ...     print(text, end="")
    """
    transport = Transport(partial(locate, url, token), _http())
    transport.connect()
    return Client(transport)


def _http() -> httpx.Client:
    """HTTP that asks no proxy about this machine."""
    trusted = trust()
    mounts = {pattern: httpx.HTTPTransport(verify=trusted) for pattern in LOOPBACK}
    return httpx.Client(timeout=TIMEOUT, verify=trusted, mounts=mounts)


@cache
def trust() -> ssl.SSLContext:
    """Whose certificates are believed: read once a process, for reading them takes longer than a call."""
    return httpx.create_ssl_context()
