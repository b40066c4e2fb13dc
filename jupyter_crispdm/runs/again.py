"""Running a run again: the same code, environment, data and parameters, and saying which of them are others now."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import Conflict, Unprocessable
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.jobs.manager import JobManager
from jupyter_crispdm.jobs.types import Job, Rerun

from .inputs.capture import Asked, Capture
from .inputs.code import Captured
from .inputs.differences import code_changed, data_changed, environment_changed
from .inputs.environment import OldEnvironments
from .inputs.kept import read_inputs
from .inputs.restore import kept_contents, made_again
from .made.types import Changed, Code, Inputs
from .types import Again, RunAgain, RunEnvironment


class Repeater:
    """Submits a job's run once more, as it was."""

    def __init__(
        self, jobs: JobManager, capture: Capture, old: OldEnvironments, clock: Clock, root: Path
    ) -> None:
        self._jobs, self._capture, self._old = jobs, capture, old
        self._clock, self._root = clock, root.resolve()

    async def again(self, id: str, wanted: Again, owner: str, via: str) -> RunAgain:
        """Run a job's run again. Raises NotFound, Unprocessable, Conflict where what is wanted of then cannot be."""
        job = await self._jobs.get(id)
        then = await self._then(id)
        now = await self._now(job)
        code = code_changed(then.code, None if now.code is None else now.code)
        changes: dict[str, Any] = {"id": self._id()}
        if wanted.code == "then" and code.state == "changed" and then.code is not None:
            code = await self._restore(job, then.code, code, changes)
        environment = environment_changed(then.environment, now.environment)
        if environment.state != "same" and (wanted.exact or wanted.environment == "then"):
            environment, changes["environment"] = await self._old.restored(id, then.environment, environment)
        inputs = [
            code,
            environment,
            data_changed(then.data, now.data),
            Changed("parameters", "same"),
        ]
        _require(inputs, wanted)
        if wanted.name is not None:
            changes["name"] = wanted.name
        again, _ = await self._jobs.rerun(id, Rerun(changes=changes), owner=owner, via=via)
        return RunAgain(again, inputs)

    async def environment(self, id: str, owner: str, via: str) -> RunEnvironment:
        """Build the environment that a job's run had, unless it is there. Raises NotFound, Conflict, Unprocessable."""
        job = await self._jobs.get(id)
        then = (await self._then(id)).environment
        now = await self._capture.environment(job.environment)
        found = environment_changed(then, now)
        if now is not None and found.state == "same":
            return RunEnvironment(now.id, now.name, ready=True)
        return await self._old.build(then, found, owner, via)

    async def _then(self, id: str) -> Inputs:
        """What was noted of a job's run."""
        directory = self._jobs.directory(id)
        return await on_disk(directory, read_inputs, directory)

    async def _now(self, job: Job) -> Inputs:
        """What the job would be made of if it were submitted now."""
        submission = await self._jobs.submission(job.id)
        captured = await self._capture.code(Path(job.cwd), self._capture.script(job))
        environment = await self._capture.environment(job.environment)
        return await self._capture.inputs(
            Asked(job, submission), None if captured is None else captured.code, environment
        )

    async def _restore(self, job: Job, code: Code, found: Changed, changes: dict[str, Any]) -> Changed:
        """Make the code again, and have the job run there; what cannot be made is left as it is now, and told."""
        directory = self._jobs.directory(job.id)
        try:
            contents = await on_disk(directory, kept_contents, directory)
            folder = await on_disk(self._root, made_again, code, contents, self._root)
            changes.update(await on_disk(self._root, self._moved, job, Path(code.root), folder))
        except Unprocessable as error:
            return Changed("code", "changed", f"{found.reason} It cannot be made again: {error.message}", found.details)
        self._capture.give(str(changes["id"]), Captured(code, contents))
        where = folder.relative_to(self._root).as_posix()
        return Changed("code", "restored", f"{found.reason} It runs as it was then, in '{where}'.", found.details)

    def _moved(self, job: Job, root: Path, folder: Path) -> dict[str, str]:
        """Where the job runs now that ran below `root`. Raises Unprocessable."""
        cwd = Path(job.cwd)
        if not cwd.is_relative_to(root):
            raise Unprocessable("it ran outside of its code's folder.")
        place = folder / cwd.relative_to(root)
        place.mkdir(parents=True, exist_ok=True)
        moved = {"cwd": place.relative_to(self._root).as_posix()}
        script = self._capture.script(job)
        if script is not None and script.is_relative_to(root):
            field = "notebook" if script.suffix == ".ipynb" else "script"
            moved[field] = (folder / script.relative_to(root)).relative_to(self._root).as_posix()
        return moved

    def _id(self) -> str:
        return f"{utc(self._clock.now()):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"


def _require(inputs: list[Changed], wanted: Again) -> None:
    """Raises Conflict where a run that must be exact would not be."""
    if not wanted.exact:
        return
    for one in inputs:
        nothing = one.input == "data" and one.state == "unknown"  # it names none
        if one.state in ("changed", "unknown") and not nothing:
            raise Conflict(f"It would not be the same run. {one.reason}", field="exact", input=one.input)
