"""Images as environments: those with a Python in them are listed, and jobs run in containers of them."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.base.tasks import spawn

from ..discovery import FoundEnvironment, Surroundings
from ..types import EnvironmentKind
from . import container
from .engine import LABEL, Engine, Image

PYTHON_LABEL = "org.jupyter-crispdm.python"
"""A label by which an image names its interpreter; images with it are always listed."""

_SIGNS = ("PYTHON_VERSION", "CONDA_DIR", "CONDA_PREFIX", "VIRTUAL_ENV")
_ASK_EVERY = 15.0
_PATIENCE = 0.3


@dataclass(frozen=True)
class ContainedJob:
    """What a job's container is given: directories (those in `reading` read-only), names of variables, limits."""

    directory: Path
    cwd: str
    writing: Sequence[Path]
    reading: Sequence[Path]
    variables: Sequence[str]
    memory: int | None = None
    gpus: int = 0


class Images:
    """The images of the machine's engine, asked for now and then."""

    def __init__(self, around: Surroundings) -> None:
        self._engine = Engine(around)
        self._asked = float("-inf")
        self._asking: asyncio.Task[None] | None = None
        self.found: list[FoundEnvironment] = []
        self.note = ""

    async def ask(self, refresh: bool) -> None:
        """Look again, unless that was a moment ago; `note` then says why there are none.

        An engine that is slow to answer is not waited for: its images come with a later look.
        """
        now = time.monotonic()
        if refresh or now - self._asked > _ASK_EVERY:
            self._asked = now
            self._asking = self._asking or spawn("images of the container engine", self._ask())
        if self._asking is not None:
            await asyncio.wait([self._asking], timeout=_PATIENCE)

    async def close(self) -> None:
        """Wait for no answer any more."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _ask(self) -> None:
        try:
            await self._look()
        finally:
            self._asking = None

    async def _look(self) -> None:
        try:
            images = await self._engine.images()
        except Unavailable as error:
            self.found, self.note = [], error.message
            return
        self.found, self.note = [_found(image) for image in images if _has_python(image)], ""

    def command(self, tag: str, argv: Sequence[str], job: ContainedJob) -> list[str]:
        """The argument vector that runs a command in a container. Raises Unavailable."""
        program = self._engine.program
        if program is None:
            raise Unavailable(self.note or "Neither docker nor podman is on PATH.")
        name = f"crispdm-{job.directory.name}"
        options = [*_options(program, job), f"--name={name}"]
        return [sys.executable, "-I", container.__file__, program, name, *options, tag, *argv]


def _options(program: str, job: ContainedJob) -> list[str]:
    alone = ["--userns=keep-id"] if os.path.basename(program) == "podman" else []
    mounts = [f"--volume={path}:{path}" for path in dict.fromkeys([job.directory, *job.writing])]
    mounts += [f"--volume={path}:{path}:ro" for path in job.reading]
    limits = [f"--memory={job.memory}"] if job.memory else []
    devices = ["--gpus=all", "--env=CUDA_VISIBLE_DEVICES"] if job.gpus else []
    return [
        "--rm", "--init", "--interactive", f"--user={os.getuid()}:{os.getgid()}", *alone,
        f"--label={LABEL}={job.directory}", f"--workdir={job.cwd}", *mounts, *limits, *devices,
        "--env=HOME=/tmp", *(f"--env={name}" for name in job.variables),
    ]  # fmt: skip


def _has_python(image: Image) -> bool:
    return PYTHON_LABEL in image.labels or any(sign in image.environ for sign in _SIGNS)


def _found(image: Image) -> FoundEnvironment:
    python = image.labels.get(PYTHON_LABEL, "python")
    version = image.environ.get("PYTHON_VERSION", "")
    name = image.tag.removeprefix("docker.io/library/")
    return FoundEnvironment(EnvironmentKind.docker, image.tag, python, version, name)
