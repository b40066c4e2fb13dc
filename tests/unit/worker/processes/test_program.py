"""A command is the first program of its name, or none: never another environment's."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.worker.processes.program import dead_interpreter, program
from tests.unit.worker.conftest import StartJob


def script(path: Path, text: str, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.proves("environments.moved")
@pytest.mark.parametrize("name", ["pip", "pytest", "train"])
def test_a_script_of_a_moved_environment_does_not_become_the_next_ones(
    name: str, start_job: StartJob, tmp_path: Path
) -> None:
    script(tmp_path / "moved/bin" / name, f"#!{tmp_path}/before/bin/python\n")
    script(tmp_path / "other/bin" / name, "#!/bin/sh\necho the wrong one\n")
    job = start_job([name, "install", "x"], env={"PATH": f"{tmp_path}/moved/bin:{tmp_path}/other/bin:/usr/bin:/bin"})
    record = job.exit()
    assert record["state"] == "failed"
    assert f"{tmp_path}/moved/bin/{name}: its interpreter is gone: {tmp_path}/before/bin/python" in record["reason"]
    assert "the wrong one" not in job.log()


def test_what_cannot_be_executed_is_passed_over_as_a_shell_does(tmp_path: Path) -> None:
    script(tmp_path / "one/tool", "#!/bin/sh\n", mode=0o644)
    (tmp_path / "two/tool").mkdir(parents=True)
    wanted = script(tmp_path / "three/tool", "#!/bin/sh\n")
    path = ":".join(str(tmp_path / folder) for folder in ("one", "two", "three"))
    assert program("tool", {"PATH": path}, "/") == str(wanted)


def test_relative_folders_of_the_path_start_at_the_working_directory(tmp_path: Path) -> None:
    wanted = script(tmp_path / "bin/tool", "#!/bin/sh\n")
    assert program("tool", {"PATH": ":bin"}, str(tmp_path)) == str(wanted)
    assert program("./tool", {"PATH": "/nowhere"}, str(tmp_path)) == "./tool"


def test_a_program_that_is_nowhere_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no-such-tool"):
        program("no-such-tool", {"PATH": str(tmp_path)}, "/")


def test_a_dead_interpreter_is_told_from_other_faults(tmp_path: Path) -> None:
    assert dead_interpreter(str(script(tmp_path / "a", "#!/gone/python -E\n")), "/") == "/gone/python"
    assert dead_interpreter(str(script(tmp_path / "b", "#! /bin/sh\n")), "/") is None
    assert dead_interpreter(str(script(tmp_path / "c", "no script")), "/") is None
    assert dead_interpreter(str(tmp_path / "gone"), "/") is None
