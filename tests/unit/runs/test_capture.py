"""Noting what runs are made of: each folder is looked at once for all who wait, and nothing stops it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.environments.types import Environment, EnvironmentKind, KernelInfo, Lock
from jupyter_crispdm.jobs.types import Job, JobKind, JobState, Submission
from jupyter_crispdm.runs.inputs import capture as module
from jupyter_crispdm.runs.inputs.capture import Bounds, Capture
from jupyter_crispdm.runs.inputs.code import Captured, capture_code
from jupyter_crispdm.runs.inputs.kept import CODE_FILES, read_inputs
from jupyter_crispdm.runs.inputs.restore import kept_contents
from jupyter_crispdm.runs.made.types import Code
from jupyter_crispdm.runs.records import INPUTS
from tests.support import eventually

from .making import NOON


class FakeEnvironments:
    """Two environments; counts how often one is looked into."""

    def __init__(self) -> None:
        self.looks = 0
        self.versions = {"numpy": "1.26.4"}

    async def get(self, id: str) -> Environment:
        if id not in ("server", "torch"):
            raise NotFound("gone")
        return Environment(
            id=id, name=id, kind=EnvironmentKind.venv, prefix="/x", python="/x/bin/python", version="3.12.1",
            kernel=KernelInfo("x", True),
        )  # fmt: skip

    async def lock(self, id: str) -> Lock:
        self.looks += 1
        packages = [f"{name}=={version}" for name, version in self.versions.items()]
        return Lock("venv", "3.12.1", packages, origins=["net @ https://example.org/net.whl"])


class Place:
    """A capture on a folder, and the jobs' directories."""

    def __init__(self, root: Path, bounds: Bounds) -> None:
        self.root = root / "files"
        self.jobs = root / "jobs"
        (self.root / "p").mkdir(parents=True, exist_ok=True)
        self.environments = FakeEnvironments()
        self.done: list[str] = []
        self.capture = Capture(
            self.environments, self.root, bounds, self.jobs.joinpath, self.done.append  # type: ignore[arg-type]
        )

    def submit(self, id: str, environment: str = "server", **fields: Any) -> Path:
        """A job was submitted; answers its directory."""
        directory = self.jobs / id
        directory.mkdir(parents=True)
        job = Job(
            id=id, name=id, kind=JobKind.script, state=JobState.queued, owner="ada", environment=environment,
            command=["python", "train.py"], cwd=str(self.root / "p"), created=utc(NOON), source="p/train.py",
        )  # fmt: skip
        self.capture.submitted(job, Submission(script="p/train.py", **fields))
        return directory

    async def noted(self, count: int) -> None:
        """Wait until so many jobs were looked at."""
        await eventually(lambda: len(self.done) >= count)


@asynccontextmanager
async def place(tmp_path: Path, bounds: Bounds = Bounds(10_000, 10_000)) -> AsyncIterator[Place]:  # noqa: B008
    made = Place(tmp_path, bounds)
    (made.root / "p" / "train.py").write_text("print('train')\n")
    (made.root / "p" / "digits.csv").write_text("0123")
    made.capture.start()
    try:
        yield made
    finally:
        await made.capture.close()


@pytest.mark.proves("runs.inputs")
async def test_code_environment_and_data_are_noted_in_the_jobs_directory(tmp_path: Path) -> None:
    async with place(tmp_path) as made:
        directory = made.submit("a", parameters={"table": "digits.csv"}, args=["--lr", "0.1"])
        await made.noted(1)
        found = read_inputs(directory)
        assert found.code is not None
        assert [one.path for one in found.code.files] == ["train.py"]
        assert found.environment is not None
        assert (found.environment.python, found.environment.packages) == ("3.12.1", ["numpy==1.26.4"])
        assert (found.environment.kind, found.environment.origins) == ("venv", ["net @ https://example.org/net.whl"])
        assert [(one.name, one.path) for one in found.data] == [("table", "p/digits.csv")]
        assert kept_contents(directory) == {"train.py": b"print('train')\n"}
        made.environments.versions["numpy"] = "2.0.1"
        other = made.submit("b")
        await made.noted(2)
        environment = read_inputs(other).environment
        assert environment is not None
        assert environment.digest != found.environment.digest


@pytest.mark.proves("runs.inputs")
async def test_a_sweep_is_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Path] = []

    def counted(folder: Path, script: Path | None, limit: int) -> Captured:
        looks.append(folder)
        return capture_code(folder, script, limit)

    monkeypatch.setattr(module, "capture_code", counted)
    async with place(tmp_path) as made:
        directories = [made.submit(f"a{n}") for n in range(50)]
        await made.noted(50)
        assert len(looks) == 1
        assert made.environments.looks == 1
        assert all(read_inputs(one).code is not None for one in directories)


@pytest.mark.proves("runs.inputs")
async def test_one_that_cannot_be_noted_costs_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with place(tmp_path) as made:
        gone = made.submit("gone")
        gone.rmdir()
        linked = made.submit("linked")
        linked.rmdir()
        (tmp_path / "elsewhere").mkdir()
        linked.symlink_to(tmp_path / "elsewhere")
        locked = made.submit("locked")
        (locked / INPUTS).mkdir()
        good = made.submit("good", environment="gone")
        await made.noted(4)
        assert not gone.exists()
        assert list((tmp_path / "elsewhere").iterdir()) == []
        found = read_inputs(good)
        assert found.code is not None
        assert found.environment is None
        assert "locked" in caplog.text


@pytest.mark.proves("runs.inputs")
async def test_an_operator_can_have_nothing_looked_at(tmp_path: Path) -> None:
    async with place(tmp_path, Bounds(None, None)) as made:
        directory = made.submit("a", parameters={"table": "digits.csv"})
        await made.noted(1)
        found = read_inputs(directory)
        assert (found.code, found.data) == (None, [])
        assert not (directory / CODE_FILES).exists()


@pytest.mark.proves("runs.again")
async def test_a_run_that_is_repeated_has_the_code_that_it_was_given(tmp_path: Path) -> None:
    async with place(tmp_path) as made:
        given = Captured(Code("given", "/then", "1" * 40), {"a.py": b"then"})
        made.capture.give("a", given)
        directory = made.submit("a")
        await made.noted(1)
        assert read_inputs(directory).code == given.code
        assert kept_contents(directory) == {"a.py": b"then"}


@pytest.mark.proves("runs.inputs")
def test_what_a_job_wrote_over_its_inputs_is_told(tmp_path: Path) -> None:
    assert "Nothing was noted" in read_inputs(tmp_path).trouble
    for text in (b"{", b"[]", b'{"inputs": {"code": 3}}', b"\xff"):
        (tmp_path / INPUTS).write_bytes(text)
        assert "cannot be read" in read_inputs(tmp_path).trouble
    (tmp_path / INPUTS).unlink()
    (tmp_path / INPUTS).symlink_to("/dev/zero")
    assert "cannot be read" in read_inputs(tmp_path).trouble
