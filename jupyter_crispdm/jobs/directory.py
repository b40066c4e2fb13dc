"""The job directory: the truth about a job, of which the database row is a copy.

spec.json      what to run (read by the supervisor); below "submission" the submission as it came, and below
               "job" the record that was made of it
control        FIFO: lines for the supervisor; making it is the supervisor's claim on the directory
control.jsonl  the same for a supervisor on a cluster, whose claim is the file `claim`
usage.json     what it uses, where a cluster runs it and the server cannot look
cluster.json   the job's name and id in the cluster; cluster.log: what went wrong before the supervisor ran
grant.json     the GPUs it was given, and the variables that show them to it
state.json     the supervisor and the process it started
exit.json      how it ended; written last, never replaced
output.log     stdout and stderr
events.jsonl   progress, parameters, artifacts, models, as the program reports them
metrics/       one file a writing process
artifacts/     files to keep
attempts/<n>/  state.json and exit.json of earlier attempts
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from jupyter_crispdm.base.atomic import read_json, storage_errors, sync_directory, write_atomic

from .rerun import read_submission
from .store import Record
from .types import JobState, Submission

_T = TypeVar("_T")
_NEW = ".new-"
_GONE = ".gone-"
_OF_A_CLUSTER = ("control.jsonl", "claim", "cluster.json", "cluster.log", "usage.json")


class StateFile(msgspec.Struct, frozen=True):
    """state.json: two processes (pid, start, boot: never to be taken for another) and a time."""

    supervisor: dict[str, Any]
    process: dict[str, Any]
    started: float
    state: str = "running"


class ExitFile(msgspec.Struct, frozen=True):
    """exit.json."""

    state: JobState
    exit_code: int | None = None
    signal: str | None = None
    reason: str = ""
    started: float | None = None
    ended: float | None = None


class GrantFile(msgspec.Struct, frozen=True):
    """grant.json: variables for the program, which win over those of spec.json, and the GPUs it may use."""

    env: dict[str, str]
    devices: list[str]


class JobDirectory:
    """The files of one job. Every method touches the disk: call it in a thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = path / "output.log"
        self.control = path / "control"
        self.events = path / "events.jsonl"
        self.artifacts = path / "artifacts"
        self.attempts = path / "attempts"
        self._spec = path / "spec.json"
        self._state = path / "state.json"
        self._exit = path / "exit.json"
        self._grant = path / "grant.json"

    @property
    def id(self) -> str:
        """The job's id."""
        return self.path.name

    def record(self) -> Record:
        """The record as it was submitted. Raises OSError, msgspec.DecodeError."""
        spec = msgspec.json.decode(self._spec.read_bytes(), type=_SpecFile)
        return spec.job

    def submission(self, record: Record) -> Submission:
        """What it was submitted as; of an older job, as much of it as its record holds."""
        return read_submission(self._spec, record)

    def state(self) -> StateFile | None:
        """Who runs it, once the supervisor has said so."""
        return _read(self._state, StateFile)

    def exit(self) -> ExitFile | None:
        """How it ended, once it has."""
        record = _read(self._exit, ExitFile)
        return record if record and record.state.final else None

    def devices(self) -> list[str]:
        """The GPUs it was given."""
        grant = _read(self._grant, GrantFile)
        return [] if grant is None else grant.devices

    def grant(self, grant: GrantFile | None) -> None:
        """Note what it is given at its next start; None: nothing."""
        if grant is None:
            self._grant.unlink(missing_ok=True)
        else:
            write_atomic(self._grant, msgspec.json.encode(grant), mode=0o600)

    def last_attempt(self) -> ExitFile | None:
        """How the attempt before the current one ended, if there was one."""
        return _read(self.attempts / str(self.attempt() - 1) / "exit.json", ExitFile)

    def end(self, record: ExitFile) -> None:
        """Write the exit record for a job that has no supervisor to do it."""
        if not self._exit.exists():
            write_atomic(self._exit, msgspec.json.encode(record))

    def attempt(self) -> int:
        """The number of the current attempt, from 1."""
        return 1 + len(list(self.attempts.glob("*/exit.json")))

    def begin_attempt(self) -> None:
        """Put the last attempt's records away, so that the job can be started again."""
        aside = self.attempts / str(self.attempt())
        with storage_errors(aside):
            aside.mkdir(parents=True, exist_ok=True)
            for file in (self.control, *(self.path / name for name in _OF_A_CLUSTER)):
                file.unlink(missing_ok=True)
            self._grant.unlink(missing_ok=True)
            for file in (self._state, self._exit):  # the exit record last: until then it is the same attempt
                if file.exists():
                    os.replace(file, aside / file.name)
        sync_directory(self.path)

    def artifact(self, name: str) -> Path | None:
        """The file of an artifact, or None when there is none of that name."""
        root = self.artifacts.resolve()
        try:
            file = (root / name).resolve()
            inside = file.is_relative_to(root) and file.is_file()
        except (OSError, ValueError):  # too long, a loop of links, a NUL
            return None
        return file if inside else None

    def artifact_files(self) -> Iterator[tuple[str, os.stat_result]]:
        """Every regular file below artifacts/, with its path from there; links are left out."""
        for folder, _, names in os.walk(self.artifacts):
            for name in sorted(names):
                file = Path(folder, name)
                if file.is_file() and not file.is_symlink():
                    yield file.relative_to(self.artifacts).as_posix(), file.stat()


class _SpecFile(msgspec.Struct):
    job: Record


class JobDirectories:
    """All job directories below one root. Every method touches the disk: call it in a thread."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def at(self, id: str) -> JobDirectory:
        """The directory of a job, whether it exists or not."""
        return JobDirectory(self.root / id)

    def ids(self) -> set[str]:
        """The jobs that have a directory."""
        self.root.mkdir(parents=True, exist_ok=True)
        return {entry.name for entry in os.scandir(self.root) if entry.is_dir() and entry.name[0] != "."}

    def create(self, id: str, spec: dict[str, Any]) -> JobDirectory:
        """Make a job's directory, whole or not at all. Raises FileExistsError, StorageFull."""
        new = self.root / f"{_NEW}{id}"
        target = self.root / id
        if target.exists():
            raise FileExistsError(target)
        with storage_errors(target):
            try:
                new.mkdir(parents=True, mode=0o700)
                (new / "artifacts").mkdir()
                (new / "metrics").mkdir()
                (new / "output.log").touch()
                write_atomic(new / "spec.json", msgspec.json.encode(spec), mode=0o600)
                new.rename(target)
            except BaseException:
                shutil.rmtree(new, ignore_errors=True)
                raise
            sync_directory(self.root)
        return JobDirectory(target)

    def discard(self, id: str) -> None:
        """Take a job's directory out of sight at once; `remove` does the rest."""
        with suppress(FileNotFoundError):
            (self.root / id).rename(self.root / f"{_GONE}{id}")

    def discarded(self) -> list[str]:
        """Jobs whose directory was discarded but not yet removed."""
        self.root.mkdir(parents=True, exist_ok=True)
        return [name[len(_GONE) :] for name in os.listdir(self.root) if name.startswith(_GONE)]

    def remove(self, id: str) -> None:
        """Remove what `discard` put out of sight."""
        shutil.rmtree(self.root / f"{_GONE}{id}", ignore_errors=True)

    def sweep(self) -> None:
        """Remove everything discarded, and what interrupted submissions left. For a start only."""
        for name in os.listdir(self.root):
            if name.startswith((_NEW, _GONE)):
                shutil.rmtree(self.root / name, ignore_errors=True)


def _read(path: Path, type: type[_T]) -> _T | None:
    try:
        content = read_json(path)
        return None if content is None else msgspec.convert(content, type)
    except msgspec.DecodeError:  # a program scribbled over it: as good as not there
        return None
