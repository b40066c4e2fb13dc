"""What travels about environments."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Literal

import msgspec

from jupyter_crispdm.base.wire import Body, Wire

SERVER_ID = "server"
EnvironmentKey = Annotated[
    str,
    msgspec.Meta(max_length=4096, description="Its id, its name where no other has it, or its prefix."),
]


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
    docker = "docker"


class KernelInfo(Wire, frozen=True):
    """The kernel of an environment: its name for Jupyter, and why it cannot be started.

    `old` says that the ipykernel lent to it is older than the server's own: make the kernel once more.
    """

    name: str
    ready: bool
    reason: str = ""
    old: bool = False


class Environment(Wire, frozen=True, kw_only=True):
    """One environment. `usable` is false, with the `reason`, when its interpreter is gone.

    `removable` says whether this product may delete it: only those below the server's root or made here.
    """

    id: str
    name: str
    kind: EnvironmentKind
    prefix: str
    python: str
    version: str
    kernel: KernelInfo
    usable: bool = True
    reason: str = ""
    removable: bool = False


class Package(Wire, frozen=True):
    """An installed package."""

    name: str
    version: str


class EnvironmentDetail(Environment, frozen=True, kw_only=True):
    """One environment with what is installed in it."""

    packages: list[Package]


class PackageList(Wire, frozen=True):
    """Installed packages, sorted by name."""

    packages: list[Package]


class PackageQuery(Body, frozen=True):
    """Only packages whose name holds `search`."""

    search: str = ""


class VersionPair(Wire, frozen=True):
    """A package that two environments have in different versions."""

    name: str
    here: str
    there: str


class Difference(Wire, frozen=True):
    """How the packages of two environments differ; `same` counts those that do not."""

    only_here: list[Package]
    only_there: list[Package]
    different: list[VersionPair]
    same: int


class DifferenceQuery(Body, frozen=True):
    """The id, unique name or prefix of the `other` environment."""

    other: str


class ExportQuery(Body, frozen=True):
    """`requirements` is a pip requirements file, `conda` an environment.yml; `download=1` names the file."""

    format: Literal["requirements", "conda"] = "requirements"
    download: bool = False


class EnvironmentList(Wire, frozen=True):
    """Every environment that was found, the server's own first; `notes` say what could not be looked at."""

    environments: list[Environment]
    notes: list[str] = []


class EnvironmentsFact(Wire, frozen=True):
    """What the topic `environments` tells: every environment that was found, the server's own first."""

    environments: list[Environment]


class EnvironmentQuery(Body, frozen=True):
    """How to list environments.

    `refresh` reads every directory anew, `near` puts a file's project first, `package` (a name, with a version
    range where one likes) leaves out those that do not have it.
    """

    refresh: bool = False
    near: str = ""
    package: str = ""


class Creation(Body, frozen=True):
    """An environment to make: from `packages` (requirements), from a `file`, or as a `clone` of another.

    `kind` is by default the best that is installed: uv, else venv; conda for an environment.yml and for the
    clone of a conda environment. `python` is a version or the path of an interpreter; by default the server's
    own. `file` is a requirements.txt, environment.yml or pyproject.toml below the server's root.
    """

    name: str
    kind: Literal["uv", "venv", "conda"] | None = None
    python: str | None = None
    packages: list[str] = []
    file: str | None = None
    clone: str | None = None


class Lock(Wire, frozen=True, omit_defaults=True):
    """What an environment holds, exact enough to make it again: its Python, each package as `name==version`.

    `kind` is "" where it was not noted. `conda` are conda's own packages as `name=version=build`. `origins` are the
    requirements of those that no index holds (an address, a folder, a commit); in a conda environment, of all that
    pip installed.
    """

    kind: str
    python: str
    packages: list[str]
    conda: list[str] = []
    origins: list[str] = []


class Installation(Body, frozen=True):
    """Requirements to install into an environment."""

    packages: list[str]


class Accepted(Wire, frozen=True):
    """The `job` that does the work; `id`, name and `prefix` of the environment that it is about."""

    job: str
    id: str
    environment: str
    prefix: str
