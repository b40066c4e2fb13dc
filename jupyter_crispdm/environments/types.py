"""What travels about environments."""

from __future__ import annotations

from enum import Enum

from jupyter_crispdm.base.wire import Body, Wire

SERVER_ID = "server"


class EnvironmentKind(str, Enum):
    """What made an environment; `system` is an interpreter found on PATH."""

    server = "server"
    venv = "venv"
    uv = "uv"
    poetry = "poetry"
    conda = "conda"
    pixi = "pixi"
    pyenv = "pyenv"
    system = "system"


class KernelInfo(Wire, frozen=True):
    """The kernel of an environment: its name for Jupyter, and why it cannot be started."""

    name: str
    ready: bool
    reason: str = ""


class Environment(Wire, frozen=True, kw_only=True):
    """One environment. `usable` is false, with the `reason`, when its interpreter is gone."""

    id: str
    name: str
    kind: EnvironmentKind
    prefix: str
    python: str
    version: str
    kernel: KernelInfo
    usable: bool = True
    reason: str = ""


class Package(Wire, frozen=True):
    """An installed package."""

    name: str
    version: str


class EnvironmentDetail(Environment, frozen=True, kw_only=True):
    """One environment with what is installed in it."""

    packages: list[Package]


class EnvironmentList(Wire, frozen=True):
    """Every environment that was found; the server's own comes first."""

    environments: list[Environment]


class EnvironmentQuery(Body, frozen=True):
    """How to list environments: `refresh` reads every directory anew, `near` puts a file's project first."""

    refresh: bool = False
    near: str = ""
