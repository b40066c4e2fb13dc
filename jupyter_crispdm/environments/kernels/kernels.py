"""Which environments are kernels, and making those kernels that are not."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import time
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from jupyter_core.paths import jupyter_path

from jupyter_crispdm.base.files.atomic import read_json, write_atomic
from jupyter_crispdm.base.tasks import within

from ..activation import Activator
from ..discovery import FoundEnvironment, Surroundings
from ..discovery.catalogue import Entry
from ..discovery.directories import Directories
from ..discovery.naming import environment_id, readable, unique_names
from ..discovery.packages import has_module, site_directories
from ..types import Environment, EnvironmentKind, KernelInfo
from .kernelspecs import PREFIX, ForeignSpec, SpecFiles, python_argv, specification
from .overlay import OverlayError, Overlays

if TYPE_CHECKING:
    from jupyter_client.kernelspec import KernelSpecManager

_VARIABLE = "JUPYTER_PATH"
_OLDEST = (3, 8)
_NATIVE = "python3"  # Jupyter's own name for the kernel of the server's interpreter, unless a file takes it
_STOCK = ("jupyter_client.", "jupyter_server.")
_ASK_EVERY = 60.0
_PATIENCE = 10.0
_LOG = logging.getLogger(__name__)


class Kernels:
    """Kernel specifications of environments, ours and those that others made."""

    def __init__(
        self, directory: Path, around: Surroundings, look: Directories, activator: Activator
    ) -> None:
        self._around = around
        self._look = look
        self._activator = activator
        self._specs = SpecFiles(directory / "share" / "jupyter", around.server_python)
        self._overlays = Overlays(directory / "overlays", around.environ)
        self._overlays.prune()
        self._made = MadeKernels(directory / "made.json")
        self._failed: dict[str, str] = {}
        self._manager: KernelSpecManager | None = None
        self._managed: list[ForeignSpec] = []
        self._asked = float("-inf")

    def install_into(self, manager: KernelSpecManager) -> None:
        """Add our directory to a manager, and to JUPYTER_PATH for the programs this process starts."""
        self._manager = manager
        manager.kernel_dirs = [*manager.kernel_dirs, str(self._specs.directory)]
        self._add_path(os.environ)

    def close(self) -> None:
        """Take back what `install_into` did to this process."""
        if self._manager is not None:
            directories = self._manager.kernel_dirs
            self._manager.kernel_dirs = [
                entry for entry in directories if entry != str(self._specs.directory)
            ]
            self._manager = None
            os.environ[_VARIABLE] = os.pathsep.join(self._other_paths(os.environ))

    def visible_to(self, variables: dict[str, str]) -> dict[str, str]:
        """The same variables, with which Jupyter programs see our kernels."""
        self._add_path(variables)
        return variables

    def _add_path(self, variables: MutableMapping[str, str]) -> None:
        variables[_VARIABLE] = os.pathsep.join([*self._other_paths(variables), str(self._specs.jupyter_path)])

    def _other_paths(self, variables: Mapping[str, str]) -> list[str]:
        entries = variables.get(_VARIABLE, "").split(os.pathsep)
        return [entry for entry in entries if entry and entry != str(self._specs.jupyter_path)]

    async def ask_manager(self, refresh: bool) -> None:
        """Ask a manager that makes specifications of its own, as nb_conda_kernels does; it may be slow."""
        now = time.monotonic()
        if self._manager is None or type(self._manager).__module__.startswith(_STOCK):
            return
        if refresh or now - self._asked > _ASK_EVERY:
            self._asked = now
            try:
                self._managed = await within(_foreign_specs(self._manager), _PATIENCE)
            except Exception as error:  # it is not ours: whatever it raises must not hide our environments
                _LOG.warning("%s told no kernels: %r", type(self._manager).__name__, error)

    def entries(self, environments: Sequence[FoundEnvironment], refresh: bool) -> list[Entry]:
        """The environments with their names and kernels; the specifications on the disk follow."""
        if refresh:
            self._specs.forget()
        foreign = [*self._managed, *self._specs.foreign(self._look, self._directories())]
        names = unique_names(environments)
        entries = [self._entry(found, name, foreign) for found, name in zip(environments, names, strict=True)]
        ours = [entry for entry in entries if _is_ours(entry)]
        failed = self._specs.sync({entry.environment.kernel.name: self._content(entry) for entry in ours})
        return [_with_failure(entry, failed) for entry in entries] if failed else entries

    def make(self, entry: Entry) -> None:
        """Prepare an overlay for an environment and remember it. Takes seconds; raises OverlayError."""
        found, identity = entry.found, entry.environment.id
        try:
            if too_old(found):
                raise OverlayError(too_old(found))
            self._overlays.prepare(found.python, found.minor, self._activator.activated(found))
        except OverlayError as error:
            self._failed[identity] = str(error)
            raise
        self._failed.pop(identity, None)
        self._made.add(identity)

    def _directories(self) -> Sequence[str]:
        return self._manager.kernel_dirs if self._manager else jupyter_path("kernels")

    def _entry(self, found: FoundEnvironment, name: str, foreign: Sequence[ForeignSpec]) -> Entry:
        identity = environment_id(found)
        environment = Environment(
            id=identity,
            name=name,
            kind=found.kind,
            prefix=readable(found.prefix),
            python=readable(found.python),
            version=found.version,
            kernel=self._kernel(found, identity, foreign),
            usable=not found.reason,
            reason=readable(found.reason),
        )
        return Entry(environment, found)

    def _kernel(self, found: FoundEnvironment, identity: str, foreign: Sequence[ForeignSpec]) -> KernelInfo:
        known = self._specs.matching(found, foreign, site_directories(found, self._around.home))
        name = known or f"{PREFIX}{identity}"
        if found.kind is EnvironmentKind.server and all(spec.name != _NATIVE for spec in foreign):
            name = known or _NATIVE
        reason = found.reason or ("" if known else too_old(found) or self._missing(found, identity))
        lent = not (reason or known or self._has_own(found))
        return KernelInfo(name, ready=not reason, reason=reason, old=lent and self._overlays.is_old(found.minor))

    def _missing(self, found: FoundEnvironment, identity: str) -> str:
        """Why an environment that nobody else made a kernel of cannot be one yet."""
        if self._has_own(found) or self._overlay(found, identity):
            return ""
        return self._failed.get(identity, "It has no ipykernel; make it usable as a kernel first.")

    def _has_own(self, found: FoundEnvironment) -> bool:
        return has_module(site_directories(found, self._around.home), "ipykernel")

    def _overlay(self, found: FoundEnvironment, identity: str) -> Path | None:
        if identity not in self._made:
            return None
        overlay = self._overlays.path(found.minor)
        return overlay if overlay.is_dir() else None

    def _content(self, entry: Entry) -> bytes:
        found, environment = entry.found, entry.environment
        overlay = None if self._has_own(found) else self._overlay(found, environment.id)
        inherited = [] if found.kind is EnvironmentKind.server else self._activator.inherited
        return specification(found, environment.name, environment.id, overlay, inherited)


async def _foreign_specs(manager: KernelSpecManager) -> list[ForeignSpec]:
    answer: Any = await asyncio.to_thread(manager.get_all_specs)
    specs = await answer if inspect.isawaitable(answer) else answer
    named = {name: item["spec"] for name, item in specs.items() if not name.startswith(PREFIX)}
    return [ForeignSpec(name, python_argv(spec)) for name, spec in named.items()]


class MadeKernels:
    """The ids of environments whose user asked for a kernel, kept in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._ids = set(msgspec.convert(read_json(path) or [], list[str]))
        except (msgspec.DecodeError, msgspec.ValidationError):
            self._ids = set()

    def __contains__(self, identity: str) -> bool:
        """Whether somebody asked for this one."""
        return identity in self._ids

    def add(self, identity: str) -> None:
        """Remember one more."""
        if identity not in self._ids:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(self._path, msgspec.json.encode(sorted({*self._ids, identity})))
            self._ids.add(identity)


def too_old(found: FoundEnvironment) -> str:
    """Why a Python version, or what has none here, cannot be a kernel, or ""."""
    if found.kind is EnvironmentKind.docker:
        return "Kernels do not run in images; jobs do."
    numbers = tuple(int(part) for part in found.minor.split(".") if part)
    if not numbers:
        return "Its Python version is unknown."
    return "" if numbers >= _OLDEST else f"Python {found.minor} is too old for a kernel; 3.8 is the oldest."


def _is_ours(entry: Entry) -> bool:
    return entry.environment.kernel.ready and entry.environment.kernel.name.startswith(PREFIX)


def _with_failure(entry: Entry, failed: dict[str, str]) -> Entry:
    environment = entry.environment
    reason = failed.get(environment.kernel.name)
    if reason is None:
        return entry
    kernel = KernelInfo(name=environment.kernel.name, ready=False, reason=reason)
    return Entry(msgspec.structs.replace(environment, kernel=kernel), entry.found)
