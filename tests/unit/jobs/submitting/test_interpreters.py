from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.jobs.submitting.interpreters import interpreter, is_runnable
from jupyter_crispdm.jobs.types import JobState
from tests.unit.jobs.fakes import House


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of programs, as on an environment's PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("Rscript", "sh", "julia", "node"):
        (folder / name).touch(mode=0o755)
    return folder


def script(folder: Path, name: str, content: str = "", mode: int = 0o644) -> Path:
    path = folder / name
    path.write_text(content)
    path.chmod(mode)
    return path


@pytest.mark.proves("jobs.languages")
@pytest.mark.parametrize(
    ("name", "program"),
    [("x.R", "Rscript"), ("x.r", "Rscript"), ("x.sh", "sh"), ("x.jl", "julia"), ("x.js", "node"), ("x.mjs", "node")],
)
def test_by_the_end_of_its_name(tmp_path: Path, programs: Path, name: str, program: str) -> None:
    file = script(tmp_path, name)
    assert is_runnable(file)
    assert interpreter(file, "/python", str(programs)) == [str(programs / program)]


def test_python_is_that_of_the_environment(tmp_path: Path) -> None:
    assert interpreter(script(tmp_path, "x.py"), "/python", "/nowhere") == ["/python"]


def test_bash_is_preferred(tmp_path: Path, programs: Path) -> None:
    (programs / "bash").touch(mode=0o755)
    assert interpreter(script(tmp_path, "x.sh"), "/python", str(programs)) == [str(programs / "bash")]


@pytest.mark.parametrize(("name", "program"), [("x.R", "Rscript"), ("x.jl", "julia")])
def test_a_missing_program_is_named(tmp_path: Path, name: str, program: str) -> None:
    with pytest.raises(Unprocessable, match=f"needs the program '{program}'"):
        interpreter(script(tmp_path, name), "/python", str(tmp_path))


def test_an_executable_that_says_by_what_runs_by_itself(tmp_path: Path, programs: Path) -> None:
    own = script(tmp_path, "x.sh", "#!/usr/bin/env zsh\n", 0o755)
    assert interpreter(own, "/python", str(programs)) == []
    mute = script(tmp_path, "y.sh", "echo\n", 0o755)
    assert interpreter(mute, "/python", str(programs)) == [str(programs / "sh")]
    assert interpreter(script(tmp_path, "program", "\x7fELF", 0o755), "/python", str(programs)) == []


def test_data_is_no_script(tmp_path: Path) -> None:
    assert not is_runnable(script(tmp_path, "data.csv"))


async def test_a_shell_script_without_execute_bit_is_a_job(house: House) -> None:
    script(house.root, "work.sh", "echo hello\n")
    job = await house.submit(command=None, script="work.sh", args=["-x"])
    assert job.command == [shutil.which("bash"), str(house.root / "work.sh"), "-x"]
    await house.reaches(job.id, JobState.running)


async def test_a_program_is_looked_for_on_the_path_of_the_submission(house: House, programs: Path) -> None:
    script(house.root, "work.jl")
    job = await house.submit(command=None, script="work.jl", env={"PATH": str(programs)})
    assert job.command[0] == str(programs / "julia")
    with pytest.raises(Unprocessable, match="julia"):
        await house.submit(command=None, script="work.jl", env={"PATH": "/nowhere"})
