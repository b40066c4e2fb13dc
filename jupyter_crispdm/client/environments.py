"""Environments, as a program sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from jupyter_crispdm.environments.types import (
    Accepted,
    Creation,
    Difference,
    Environment,
    EnvironmentDetail,
    EnvironmentList,
    Installation,
    Package,
    PackageList,
)

from .transport import Transport, quoted

Kind = Literal["uv", "venv", "conda"]


class Environments:
    """The Python environments that jobs, kernels and models can run in.

    What makes, fills or deletes one answers with the job that does it.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self, *, refresh: bool = False, package: str | None = None, near: str | None = None
    ) -> Sequence[Environment]:
        """Every environment that was found; `refresh` looks anew, `package` leaves out those without it."""
        query = {"refresh": 1 if refresh else None, "package": package, "near": near}
        return self._transport.ask("environments", EnvironmentList, query).environments

    def get(self, id: str) -> EnvironmentDetail:
        """One environment with its packages."""
        return self._transport.ask(_path(id), EnvironmentDetail)

    def packages(self, id: str, search: str = "") -> Sequence[Package]:
        """What is installed in an environment; with `search` only packages whose name holds it."""
        return self._transport.ask(_path(id, "packages"), PackageList, {"search": search or None}).packages

    def diff(self, id: str, other: str) -> Difference:
        """How the packages of two environments differ."""
        return self._transport.ask(_path(id, "diff"), Difference, {"other": other})

    def export(self, id: str, format: Literal["requirements", "conda"] = "requirements") -> str:
        """The text of a file that makes the environment again."""
        return self._transport.request("GET", _path(id, "export"), query={"format": format}).text

    def make_kernel(self, id: str) -> None:
        """Make an environment usable as a kernel."""
        self._transport.request("POST", _path(id, "kernel"))

    def create(
        self,
        name: str,
        packages: Sequence[str] = (),
        *,
        kind: Kind | None = None,
        python: str | None = None,
        file: str | None = None,
    ) -> Accepted:
        """Make an environment of `packages`, or of a requirements.txt, environment.yml or pyproject.toml."""
        wish = Creation(name=name, kind=kind, python=python, packages=[*packages], file=file)
        return self._begin("POST", "environments", wish)

    def clone(self, id: str, name: str, *, kind: Kind | None = None) -> Accepted:
        """Make an environment with the same packages as another."""
        return self._begin("POST", "environments", Creation(name=name, kind=kind, clone=id))

    def install(self, id: str, packages: Sequence[str]) -> Accepted:
        """Install packages into an environment."""
        return self._begin("POST", _path(id, "packages"), Installation(packages=[*packages]))

    def delete(self, id: str) -> Accepted:
        """Delete an environment that was made here, or that lies below the server's root."""
        return self._begin("DELETE", _path(id))

    def _begin(self, method: str, path: str, body: Creation | Installation | None = None) -> Accepted:
        return self._transport.decode(self._transport.request(method, path, body=body), Accepted)


def _path(id: str, *rest: str) -> str:
    return "/".join(["environments", quoted(id), *rest])
