"""The Python client of the HTTP API: for scripts, notebooks, dashboards and the command line."""

from __future__ import annotations

from .client import Client, connect
from .errors import ClientError, NotSignedIn, ServerNotFound, ServerUnreachable, UnexpectedAnswer
from .jobs import JobTimeout

__all__ = [
    "Client",
    "ClientError",
    "JobTimeout",
    "NotSignedIn",
    "ServerNotFound",
    "ServerUnreachable",
    "UnexpectedAnswer",
    "connect",
]
