"""The job directory: the truth about a job, of which the database row is a copy.

spec.json      what to run (read by the supervisor); below "submission" the submission as it came, and below
               "job" the record that was made of it
parameters.json  the parameters, for a program to read: those of a notebook or script may be too many for a variable
control        FIFO: lines for the supervisor; making it is the supervisor's claim on the directory
control.jsonl  the same for a supervisor on a cluster, whose claim is the file `claim`
usage.json     what it uses, where a cluster runs it and the server cannot look
cluster.json   the job's name and id in the cluster; cluster.log: what went wrong before the supervisor ran
grant.json     the GPUs it was given, variables that show them to it, and its token; nobody else may read it
state.json     the supervisor and the process it started
exit.json      how it ended; written last, never replaced
output.log     stdout and stderr; output.log.cuts: its size counts how often its bytes got other numbers;
               output.log.times: when what stands from which byte on was printed
waiting        there while the program waits for input
events.jsonl   progress, parameters, artifacts, models, as the program reports them
metrics/       one file a writing process
artifacts/     files to keep
diagnosis.json the alerts that are watched for, those that were raised, and whether the best is kept; the server's own
attempts/<n>/  state.json and exit.json of earlier attempts
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.files.atomic import storage_errors, sync_directory, write_atomic
from jupyter_crispdm.base.files.regular import RECORD_BYTES, read_regular, regular_files, stat_regular
from jupyter_crispdm.base.files.removal import remove

from .rerun import read_submission
from .store import JobRecord
from .types import JobState, Submission

PARAMETERS = "parameters.json"
_T = TypeVar("_T")
_NEW = ".new-"
_GONE = ".gone-"
_SPEC_BYTES = 64 << 20  # a submission may be of 8 MiB, and is in it as it came and as it became
_MOST_ATTEMPTS = 100_000
_OF_A_CLUSTER = ("control.jsonl", "claim", "cluster.json", "cluster.log", "usage.json")


#: Numbers of a file that its job may have scribbled over: such as can be told on.
_Time = Annotated[float, msgspec.Meta(ge=0.0, le=253_000_000_000.0)]
_Code = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31)]
_REASON_LENGTH = 500


class StateFile(msgspec.Struct, frozen=True):
    """state.json: two processes (pid, start, boot: never to be taken for another) and a time."""

    supervisor: dict[str, Any]
    process: dict[str, Any]
    started: _Time
    state: str = "running"

    @property
    def pid(self) -> int | None:
        """The number of the process, where it is one."""
        pid = self.process.get("pid")
        return pid if isinstance(pid, int) and 0 < pid < 2**31 else None


class ExitFile(msgspec.Struct, frozen=True):
    """exit.json."""

    state: JobState
    exit_code: _Code | None = None
    signal: Annotated[str, msgspec.Meta(max_length=32)] | None = None
    reason: str = ""
    started: _Time | None = None
    ended: _Time | None = None


class GrantFile(msgspec.Struct, frozen=True):
    """grant.json: variables for the program, which win over those of spec.json, and the GPUs it may use."""

    env: dict[str, str]
    devices: list[str]


class JobDirectory:
    """The files of one job. Every method touches the disk: call it by `base.files.disk.on_disk`.

    The job may have put anything in the place of each of them: they are opened below the root of all jobs, without
    following a link, and what is no file counts as not there.
    """

    def __init__(self, path: Path) -> None:
        self._root = path.parent
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

    def record(self) -> JobRecord:
        """The record as it was submitted. Raises OSError, msgspec.DecodeError."""
        return msgspec.json.decode(self.spec(), type=_SpecFile).job

    def submission(self, record: JobRecord) -> Submission:
        """What it was submitted as; of an older job, as much of it as its record holds."""
        return read_submission(self.spec, record)

    def spec(self) -> bytes:
        """All of spec.json. Raises OSError."""
        return read_regular(self._spec, _SPEC_BYTES, below=self._root)

    def state(self) -> StateFile | None:
        """Who runs it, once the supervisor has said so."""
        return self._read(self._state, StateFile)

    def exit(self) -> ExitFile | None:
        """How it ended, once it has."""
        record = self._read(self._exit, ExitFile)
        if record is None or not record.state.final:
            return None
        return msgspec.structs.replace(record, reason=record.reason[:_REASON_LENGTH])

    def devices(self) -> list[str]:
        """The GPUs it was given."""
        grant = self._read(self._grant, GrantFile)
        return [] if grant is None else grant.devices

    def granted(self, name: str) -> str:
        """A variable that it was given by a start that may have been broken off; empty where it was not."""
        grant = self._read(self._grant, GrantFile)
        return "" if grant is None else grant.env.get(name, "")

    def grant(self, grant: GrantFile | None) -> None:
        """Note what it is given at its next start; None: nothing."""
        self._check()
        if grant is None:
            remove(self._grant)
        else:
            _replace(self._grant, msgspec.json.encode(grant), mode=0o600)

    def last_attempt(self) -> ExitFile | None:
        """How the attempt before the current one ended, if there was one."""
        return self._read(self.attempts / str(self.attempt() - 1) / "exit.json", ExitFile)

    def end(self, record: ExitFile) -> None:
        """Write the exit record for a job that has no supervisor to do it."""
        if self.exit() is None:
            self._check()
            _replace(self._exit, msgspec.json.encode(record))

    def attempt(self) -> int:
        """The number of the current attempt, from 1."""
        over = 0
        while over < _MOST_ATTEMPTS and self._is_file(self.attempts / str(over + 1) / "exit.json"):
            over += 1
        return over + 1

    def begin_attempt(self) -> None:
        """Put the last attempt's records away, so that the job can be started again."""
        self._check()
        aside = self.attempts / str(self.attempt())
        with storage_errors(aside):
            for folder in (self.attempts, aside):
                if folder.is_symlink() or not folder.is_dir():
                    remove(folder)
                    folder.mkdir(mode=0o700)
            for file in (self.control, self._grant, *(self.path / name for name in _OF_A_CLUSTER)):
                remove(file)
            for file in (self._state, self._exit):  # the exit record last: until then it is the same attempt
                remove(aside / file.name)
                if self._is_file(file):
                    os.replace(file, aside / file.name)
                remove(file)
        sync_directory(self.path)

    def artifact(self, name: str) -> Path | None:
        """The file of an artifact, or None when there is none of that name."""
        file = self.artifacts / name
        return file if file.is_relative_to(self.artifacts) and self._is_file(file) else None

    def artifact_files(self) -> Iterator[tuple[str, os.stat_result]]:
        """Every regular file below artifacts/, with its path from there; links are left out."""
        return regular_files(self.artifacts, below=self._root)

    def read(self, name: str, type: type[_T]) -> _T | None:
        """A record of the directory; None when it is not there, or a program scribbled over it."""
        return self._read(self.path / name, type)

    def write(self, name: str, record: msgspec.Struct) -> None:
        """Write a record of the server's own. Raises NotFound, StorageFull, OSError."""
        self._check()
        _replace(self.path / name, msgspec.json.encode(record), mode=0o600)

    def _read(self, path: Path, type: type[_T]) -> _T | None:
        try:
            return msgspec.json.decode(read_regular(path, RECORD_BYTES, below=self._root), type=type)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None  # not there, or a program scribbled over it, which is as good

    def _is_file(self, path: Path) -> bool:
        try:
            stat_regular(path, below=self._root)
        except OSError:
            return False
        return True

    def _check(self) -> None:
        """Nothing is written behind a link. Raises NotFound."""
        if self.path.is_symlink():
            raise NotFound(f"The directory of job {self.id} was replaced by a link.", field="id")


class _SpecFile(msgspec.Struct):
    job: JobRecord


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
        with os.scandir(self.root) as entries:
            return {one.name for one in entries if one.is_dir(follow_symlinks=False) and one.name[0] != "."}

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
                submission: Submission | None = spec.get("submission")
                if submission is not None and submission.parameters:
                    (new / PARAMETERS).write_bytes(msgspec.json.encode(submission.parameters))
                new.rename(target)
            except BaseException:
                remove(new)
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

    def empty(self, id: str) -> None:
        """Remove the files of what `discard` put out of sight; the empty directory still says that it is deleted."""
        gone = self.root / f"{_GONE}{id}"
        if gone.is_symlink():
            return
        with suppress(OSError):
            for name in os.listdir(gone):
                remove(gone / name)

    def remove(self, id: str) -> None:
        """Remove what `discard` put out of sight."""
        remove(self.root / f"{_GONE}{id}")

    def sweep(self) -> None:
        """Remove everything discarded, and what interrupted submissions left. For a start only."""
        for name in os.listdir(self.root):
            if name.startswith((_NEW, _GONE)):
                remove(self.root / name)


def _replace(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a record; a directory that a program put in its place goes."""
    if path.is_dir() and not path.is_symlink():
        remove(path)
    write_atomic(path, data, mode=mode)
