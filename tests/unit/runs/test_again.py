"""Running a run again: where, with which code, and what is said of inputs that are others now."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.errors import Conflict, Unprocessable
from jupyter_crispdm.environments.types import Accepted, Lock
from jupyter_crispdm.jobs.types import Job, JobKind, JobState, Rerun, Submission
from jupyter_crispdm.runs.again import Repeater
from jupyter_crispdm.runs.inputs.capture import Asked
from jupyter_crispdm.runs.inputs.code import AGAIN, Captured, capture_code
from jupyter_crispdm.runs.inputs.environment import OldEnvironments, name_of
from jupyter_crispdm.runs.made.types import Changed, Code, DataInput, EnvironmentLock, Inputs
from jupyter_crispdm.runs.records import INPUTS, InputsFile
from jupyter_crispdm.runs.types import Again, RunEnvironment
from tests.support import FakeClock

from .making import NOON

LOCK = EnvironmentLock("e1", "server", "server", "3.12.1", ["numpy==1.26.4"], "venv")
LATER = msgspec.structs.replace(LOCK, digest="e2", packages=["numpy==2.0.1"])
DATA = [DataInput("data", "digits.csv", "d1")]


class FakeCapture:
    """Says what a test wants of environment and data; looks at code as ever."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.looks_at_code = True
        self.lock: EnvironmentLock | None = LOCK
        self.built: dict[str, EnvironmentLock] = {}
        self.data = DATA
        self.given: dict[str, Captured] = {}

    def give(self, id: str, captured: Captured) -> None:
        self.given[id] = captured

    async def code(self, folder: Path, script: Path | None) -> Captured | None:
        return capture_code(folder, script, 100_000) if self.looks_at_code else None

    async def environment(self, id: str) -> EnvironmentLock | None:
        return self.lock if id == "server" else self.built.get(id)

    async def inputs(self, asked: Asked, code: Code | None, environment: EnvironmentLock | None) -> Inputs:
        return Inputs(code, environment, self.data)

    def script(self, job: Job) -> Path | None:
        return None if job.source is None else self._root / job.source


class FakeBuilder:
    """Makes an environment when it is told to; keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Lock, str]] = []
        self.obstacle = ""

    def id(self, name: str) -> str:
        return f"{name}-id"

    async def why_not(self, name: str, lock: Lock) -> str:
        return self.obstacle

    async def rebuild(self, name: str, lock: Lock, owner: str, via: str) -> Accepted:
        if self.obstacle:
            raise Unprocessable(self.obstacle)
        self.asked.append((name, lock, owner))
        return Accepted(job="b1", id=self.id(name), environment=name, prefix=f"/made/{name}")


class FakeJobs:
    """One job that is over; keeps what it is rerun with."""

    def __init__(self, root: Path, jobs: Path, **fields: Any) -> None:
        self.jobs = jobs
        self.changes: dict[str, Any] = {}
        self.job = Job(
            id="a", name="a", kind=JobKind.script, state=JobState.succeeded, owner="ada", environment="server",
            command=["python", "train.py"], created=utc(NOON), cwd=str(root / "p"), source="p/train.py",
        )
        self.job = msgspec.structs.replace(self.job, **fields)

    async def get(self, id: str) -> Job:
        return self.job

    async def submission(self, id: str) -> Submission:
        return Submission(script=self.job.source)

    def directory(self, id: str) -> Path:
        return self.jobs / id

    async def rerun(self, id: str, request: Rerun, owner: str, via: str) -> tuple[Job, bool]:
        self.changes = request.changes
        return msgspec.structs.replace(self.job, id=str(request.changes["id"]), rerun_of=id), True


class Place:
    """A run of a script in a folder, and what was noted of it."""

    def __init__(self, tmp_path: Path, **fields: Any) -> None:
        self.root = tmp_path / "root"
        self.folder = self.root / "p"
        (self.folder / "net").mkdir(parents=True)
        self.write("train.py", "then")
        self.write("net/unet.py", "then")
        self.jobs = FakeJobs(self.root, tmp_path / "jobs", **fields)
        self.capture = FakeCapture(self.root)
        directory = self.jobs.directory("a")
        directory.mkdir(parents=True)
        self.captured = capture_code(self.folder, None, 100_000)
        self.note(Inputs(self.captured.code, LOCK, DATA))
        self.builder = FakeBuilder()
        old = OldEnvironments(self.builder, self.capture)  # type: ignore[arg-type]
        self.repeater = Repeater(self.jobs, self.capture, old, FakeClock(NOON), self.root)  # type: ignore[arg-type]

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text)

    def note(self, inputs: Inputs, *, keeps: bool = True) -> None:
        directory = self.jobs.directory("a")
        (directory / INPUTS).write_bytes(msgspec.json.encode(InputsFile(inputs=inputs)))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for path, data in self.captured.contents.items():
                archive.writestr(path, data)
        if keeps:
            (directory / "inputs-code.zip").write_bytes(packed.getvalue())
        else:
            (directory / "inputs-code.zip").unlink(missing_ok=True)

    async def again(self, **wanted: Any) -> dict[str, Changed]:
        """Run it again; answers what is said of each input."""
        made = await self.repeater.again("a", Again(**wanted), "ben", "")
        assert made.job.id == self.jobs.changes["id"]
        return {one.input: one for one in made.inputs}


@pytest.mark.proves("runs.again")
async def test_where_nothing_changed_it_runs_where_it_ran(tmp_path: Path) -> None:
    place = Place(tmp_path)
    found = await place.again(exact=True, name="once more")
    assert {one.state for one in found.values()} == {"same"}
    assert place.jobs.changes.keys() == {"id", "name"}
    assert place.capture.given == {}
    assert not (place.root / AGAIN).exists()


@pytest.mark.proves("runs.again")
async def test_other_code_is_made_again_and_run_there(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.write("net/unet.py", "now")
    found = await place.again(exact=True)
    assert found["code"].state == "restored"
    assert found["code"].details == ["net/unet.py"]
    home = f"{AGAIN}/{place.captured.code.digest}"
    assert (place.jobs.changes["cwd"], place.jobs.changes["script"]) == (home, f"{home}/train.py")
    assert (place.root / home / "net" / "unet.py").read_text() == "then"
    given = place.capture.given[place.jobs.changes["id"]]
    assert given.code == place.captured.code


@pytest.mark.proves("runs.again")
async def test_a_notebook_and_a_command_run_in_the_folder_made_again(tmp_path: Path) -> None:
    place = Place(tmp_path / "notebook", source="p/a.ipynb", kind=JobKind.notebook)
    place.write("train.py", "now")
    await place.again()
    assert place.jobs.changes["notebook"].endswith("/a.ipynb")
    place = Place(tmp_path / "command", source=None, kind=JobKind.command)
    place.write("train.py", "now")
    await place.again()
    assert place.jobs.changes.keys() == {"id", "cwd"}


@pytest.mark.proves("runs.again")
async def test_the_code_of_now_is_run_where_that_is_wanted(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.write("train.py", "now")
    found = await place.again(code="now")
    assert (found["code"].state, found["code"].details) == ("changed", ["train.py"])
    assert place.jobs.changes.keys() == {"id"}
    with pytest.raises(Conflict) as refused:
        await place.again(code="now", exact=True)
    assert refused.value.details["input"] == "code"


@pytest.mark.proves("runs.again")
async def test_code_that_is_not_kept_is_told_or_refused(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.note(Inputs(place.captured.code, LOCK, DATA), keeps=False)
    place.write("train.py", "now")
    found = await place.again()
    assert found["code"].state == "changed"
    assert "cannot be made again" in found["code"].reason
    assert place.jobs.changes.keys() == {"id"}
    with pytest.raises(Conflict):
        await place.again(exact=True)


@pytest.mark.proves("runs.again")
async def test_a_run_of_which_nothing_was_noted_is_run_as_it_stands(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (place.jobs.directory("a") / INPUTS).unlink()
    found = await place.again()
    assert (found["code"].state, found["environment"].state) == ("unknown", "unknown")
    with pytest.raises(Conflict, match="not noted"):
        await place.again(exact=True)
    place = Place(tmp_path / "blind")
    place.capture.looks_at_code = False
    assert (await place.again())["code"].state == "unknown"


@pytest.mark.proves("runs.again")
@pytest.mark.parametrize("input", ["environment", "data"])
async def test_inputs_that_nobody_can_bring_back_are_told_or_refused(tmp_path: Path, input: str) -> None:
    place = Place(tmp_path)
    if input == "environment":
        place.capture.lock = LATER
    else:
        place.capture.data = [msgspec.structs.replace(DATA[0], digest="d2")]
    found = await place.again()
    assert {name for name, one in found.items() if one.state == "changed"} == {input}
    with pytest.raises(Conflict) as refused:
        await place.again(exact=True)
    assert refused.value.details["input"] == input


@pytest.mark.proves("runs.again")
async def test_a_run_without_data_can_be_exact(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.note(Inputs(place.captured.code, LOCK))
    place.capture.data = []
    assert (await place.again(exact=True))["data"].state == "unknown"


@pytest.mark.proves("runs.again")
async def test_a_run_that_ran_elsewhere_than_its_code_is_left_there(tmp_path: Path) -> None:
    place = Place(tmp_path, cwd=str(tmp_path / "root"))
    place.write("train.py", "now")
    found = await place.again()
    assert found["code"].state == "changed"
    assert "outside of its code's folder" in found["code"].reason


NAME = "server-e1"


@pytest.mark.proves("runs.again-environment")
async def test_an_environment_that_changed_is_built_from_its_lock_and_the_run_goes_there(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.capture.lock = LATER
    with pytest.raises(Conflict, match=r"numpy 1\.26\.4 → 2\.0\.1\. It is not built yet: POST runs/a/environment"):
        await place.again(environment="then")
    building = await place.repeater.environment("a", "ben", "")
    assert building == RunEnvironment(f"{NAME}-id", NAME, ready=False, job="b1")
    [(name, lock, owner)] = place.builder.asked
    assert (name, owner) == (NAME, "ben")
    assert lock == Lock("venv", "3.12.1", ["numpy==1.26.4"])
    place.capture.built[f"{NAME}-id"] = msgspec.structs.replace(LOCK, id=f"{NAME}-id", name=NAME)
    assert (await place.repeater.environment("a", "ben", "")).ready
    assert len(place.builder.asked) == 1
    found = await place.again(environment="then")
    assert (found["environment"].state, found["environment"].details) == ("restored", ["numpy 1.26.4 → 2.0.1"])
    assert found["environment"].reason.endswith(f"It runs as it was then, in '{NAME}'.")
    assert place.jobs.changes["environment"] == f"{NAME}-id"
    assert (await place.again(exact=True))["environment"].state == "restored"


@pytest.mark.proves("runs.again-environment")
async def test_an_environment_that_is_gone_is_built_again_too(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.capture.lock = None
    assert (await place.repeater.environment("a", "ben", "")).job == "b1"
    place.capture.built[f"{NAME}-id"] = msgspec.structs.replace(LOCK, id=f"{NAME}-id", name=NAME)
    assert (await place.again(environment="then"))["environment"].state == "restored"


@pytest.mark.proves("runs.again-environment")
async def test_an_environment_that_did_not_change_is_built_by_nobody(tmp_path: Path) -> None:
    place = Place(tmp_path)
    assert await place.repeater.environment("a", "ben", "") == RunEnvironment("server", "server", ready=True)
    assert (await place.again(environment="then"))["environment"].state == "same"
    assert "environment" not in place.jobs.changes


@pytest.mark.proves("runs.again-environment")
async def test_why_an_environment_cannot_be_built_again_is_said_both_ways(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.capture.lock = LATER
    place.builder.obstacle = "There is no Python 3.12.1 on this machine."
    words = r"numpy 1\.26\.4 → 2\.0\.1\. It cannot be built again: There is no Python 3\.12\.1 on this machine\."
    with pytest.raises(Conflict, match=words) as refused:
        await place.again(exact=True)
    assert refused.value.details["input"] == "environment"
    with pytest.raises(Unprocessable, match=words):
        await place.repeater.environment("a", "ben", "")
    place.note(Inputs(place.captured.code, None, DATA))
    with pytest.raises(Conflict, match="were not noted"):
        await place.again(environment="then")
    with pytest.raises(Unprocessable, match="were not noted"):
        await place.repeater.environment("a", "ben", "")


@pytest.mark.proves("runs.again-environment")
async def test_what_was_built_and_changed_since_is_not_taken_for_it(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.capture.lock = LATER
    place.capture.built[f"{NAME}-id"] = msgspec.structs.replace(LATER, id=f"{NAME}-id", name=NAME)
    with pytest.raises(Conflict, match=r"changed since: numpy 1\.26\.4 → 2\.0\.1"):
        await place.again(environment="then")


@pytest.mark.parametrize(
    ("name", "made"),
    [("torch 2 (lab)", "torch-2-lab-012"), ("…", "environment-012"), ("x" * 90, f"{'x' * 40}-012")],
)
def test_it_bears_its_old_name_and_what_it_holds(name: str, made: str) -> None:
    lock = msgspec.structs.replace(LOCK, name=name, digest="012")
    assert name_of(lock) == made
