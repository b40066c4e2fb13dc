"""Environments: found, activated, made into kernels."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.errors import NotFound, Unprocessable
from jupyter_crispdm.base.secrets import without_secrets
from jupyter_crispdm.base.tasks import Listeners, Loop

from .activation import Activator
from .contents.difference import difference, has_package, search, wanted_package
from .contents.export import conda_file, origins, requirements_file
from .discovery import Search, Surroundings
from .discovery.catalogue import Catalogue, Entry
from .discovery.packages import conda_builds, installed
from .images.images import ContainedJob, Images
from .kernels.kernels import Kernels
from .kernels.overlay import OverlayError
from .made import MadeEnvironments
from .types import SERVER_ID, Difference, Environment, EnvironmentKind, EnvironmentsFact, Lock, Package

if TYPE_CHECKING:
    from jupyter_client.kernelspec import KernelSpecManager


_FRESH = 1.0
_SHARE = 20
_LOG = logging.getLogger(__name__)


class EnvironmentManager:
    """Every environment of the machine that this server can use.

    Paths in `paths` are environments or folders that hold some; `root_dir` is searched two folders deep.
    """

    def __init__(
        self,
        root_dir: Path,
        data_dir: Path,
        paths: Sequence[str] = (),
        clock: Clock | None = None,
        around: Surroundings | None = None,
    ) -> None:
        around = around or Surroundings.of_this_machine(root_dir, tuple(paths))
        self.made = MadeEnvironments(data_dir / "environments", around)
        self.around = self._around = replace(around, paths=(*around.paths, str(self.made.directory)))
        self._clock = clock or SystemClock()
        self._search = Search(self._around)
        self._images = Images(self._around)
        self._activator = Activator(self._around.environ)
        self._kernels = Kernels(data_dir / "kernels", self._around, self._search.look, self._activator)
        self._on_change: Listeners[[]] = Listeners("changes of environments")
        self._catalogue: Catalogue | None = None
        self._read_at = 0.0
        self._reading = asyncio.Lock()
        self._making: dict[str, asyncio.Lock] = {}
        self._watching = Loop("environments", self._watch)

    async def start(self) -> None:
        """Find environments in the background, and those that come and go from now on."""
        self._watching.start()

    async def close(self) -> None:
        """Stop looking."""
        await self._watching.close()
        await self._images.close()
        self._kernels.close()

    def install_into(self, kernel_spec_manager: KernelSpecManager) -> None:
        """Show the environments' kernels to this server and to every Jupyter program that it starts."""
        self._kernels.install_into(kernel_spec_manager)

    async def all(self, refresh: bool = False) -> list[Environment]:
        """All environments, the server's own first; `refresh` trusts nothing that was read before."""
        return (await self._current(refresh)).environments

    async def near(self, path: str, refresh: bool = False) -> list[Environment]:
        """All environments, those of the projects around a file first; a relative path starts at the root."""
        return (await self._current(refresh)).near(self._around.root, path)

    async def get(self, key: str) -> Environment:
        """The environment with this id, name (where only one has it) or prefix; raises NotFound."""
        return (await self.entry(key)).environment

    async def server(self) -> Environment:
        """The environment that the server itself runs in."""
        return await self.get(SERVER_ID)

    async def activation(self, environment: Environment) -> dict[str, str]:
        """All variables of a process that runs in this environment, without the server's secrets.

        Raises Unprocessable when the environment is broken, Unavailable when its activation scripts are.
        """
        entry = (await self.entry(environment.id)).usable()
        if environment.kind is EnvironmentKind.docker:
            return without_secrets(self._around.environ)
        variables = await asyncio.to_thread(self._activator.activated, entry.found)
        return self._kernels.visible_to(variables)

    def command_in(self, environment: Environment, argv: Sequence[str], job: ContainedJob) -> Sequence[str]:
        """The argument vector that runs a job's command in an environment: in a container, if it is an image."""
        if environment.kind is not EnvironmentKind.docker:
            return argv
        return self._images.command(environment.prefix, argv, job)

    @property
    def notes(self) -> list[str]:
        """What could not be looked at, in sentences."""
        return [self._images.note] if self._images.note else []

    async def packages(self, key: str, text: str = "") -> list[Package]:
        """What is installed in an environment; with a text, only packages whose name holds it."""
        entry = await self.entry(key)
        packages = await asyncio.to_thread(self._installed, entry)
        return search(packages, text) if text else packages

    async def lock(self, key: str) -> Lock:
        """What an environment holds, exact enough to make it again. Raises NotFound."""
        entry = await self.entry(key)
        return await asyncio.to_thread(self._lock, entry)

    async def difference(self, key: str, other: str) -> Difference:
        """How the packages of two environments differ."""
        return difference(await self.packages(key), await self.packages(other))

    async def having(self, environments: list[Environment], package: str) -> list[Environment]:
        """Those of some environments that have a package. Raises BadRequest."""
        wanted = wanted_package(package)
        entries = [await self.entry(environment.id) for environment in environments]

        def look() -> list[Environment]:
            return [entry.environment for entry in entries if has_package(self._installed(entry), wanted)]

        return await asyncio.to_thread(look)

    async def export(self, key: str, *, conda: bool = False) -> tuple[str, str]:
        """The name and the text of a file that makes an environment again."""
        entry = await self.entry(key)
        if conda:
            text = await asyncio.to_thread(conda_file, entry.found, entry.environment.name)
            return "environment.yml", text
        return "requirements.txt", await asyncio.to_thread(requirements_file, entry.found)

    def _lock(self, entry: Entry) -> Lock:
        found = entry.found
        packages = [f"{one.name}=={one.version}" for one in self._installed(entry)]
        builds = conda_builds(found) if found.conda else []
        return Lock(found.kind.value, found.version, packages, builds, origins(found, self._around.home))

    def _installed(self, entry: Entry) -> list[Package]:
        return installed(self._search.look, entry.found, self._around.home)

    async def make_kernel(self, key: str) -> Environment:
        """Make an environment without ipykernel usable as a kernel; takes seconds, changes nothing in it.

        Where the ipykernel that was lent to it has grown old it gets a new one.
        Raises Unprocessable with the reason when that cannot be done.
        """
        entry = (await self.entry(key)).usable()
        identity = entry.environment.id
        async with self._making.setdefault(identity, asyncio.Lock()):
            entry = await self.entry(identity)
            if not entry.environment.kernel.ready or entry.environment.kernel.old:
                await self._make(entry)
        return await self.get(identity)

    async def _make(self, entry: Entry) -> None:
        environment = entry.environment
        try:
            await asyncio.to_thread(self._kernels.make, entry)
        except OverlayError as error:
            message = f"The environment '{environment.name}' cannot be a kernel: {error}"
            raise Unprocessable(message, environment=environment.id) from error
        finally:
            await self._update()

    async def entries(self) -> Sequence[Entry]:
        """All environments, as they lie on the disk."""
        return (await self._current()).entries

    async def entry(self, key: str) -> Entry:
        """An environment as it lies on the disk; a key nobody knows is looked for once more, it may be new."""
        try:
            return (await self._current()).get(key)
        except NotFound:
            return (await self._update()).get(key)

    async def _current(self, refresh: bool = False) -> Catalogue:
        old = self._clock.monotonic() - self._read_at > _FRESH
        if refresh or old or self._catalogue is None:
            return await self._update(refresh)
        return self._catalogue

    async def _update(self, refresh: bool = False) -> Catalogue:
        """Read again, in a thread, and publish what changed."""
        async with self._reading:
            if refresh:
                self._search.look.forget()
            await self._kernels.ask_manager(refresh)
            await self._images.ask(refresh)
            before = self._catalogue
            self._catalogue = await asyncio.to_thread(self._read, refresh)
            self._read_at = self._clock.monotonic()
            self._publish(before, self._catalogue)
            return self._catalogue

    def _publish(self, before: Catalogue | None, after: Catalogue) -> None:
        """Tell a change; the first list is read by whoever follows."""
        if before is not None and before.environments != after.environments:
            self._on_change.tell()

    def _read(self, refresh: bool) -> Catalogue:
        lying_here = [item for item in self._search.find() if self.made.is_finished(item)]
        found = [*lying_here, *self._images.found]
        return Catalogue([self._marked(entry) for entry in self._kernels.entries(found, refresh)])

    def _marked(self, entry: Entry) -> Entry:
        """Say of those that may be deleted that they may."""
        if self.made.why_kept(entry.found):
            return entry
        return Entry(msgspec.structs.replace(entry.environment, removable=True), entry.found)

    def on_change(self, callback: Callable[[], None]) -> None:
        """Have every change of the list told; what it is then, `snapshot` answers."""
        self._on_change.add(callback)

    async def snapshot(self) -> EnvironmentsFact:
        """All environments, as the topic `environments` tells them."""
        catalogue = self._catalogue or await self._update()
        return EnvironmentsFact(catalogue.environments)

    async def _watch(self) -> None:
        """Read once a second; more rarely where reading is slow: it takes 5 % of the time at most."""
        while True:
            started = self._clock.monotonic()
            try:
                await self._update()
            except OSError as error:
                _LOG.warning("Environments could not be read: %s", error)
            await asyncio.sleep(max(_FRESH, _SHARE * (self._clock.monotonic() - started)))
