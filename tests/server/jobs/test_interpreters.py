"""Jobs in environments of other Python versions, none of which has our package: all of it works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from traitlets.config import Config

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.jobs.room import JobsRoom
from jupyter_crispdm.jobs.types import Input, JobState, Progress, Submission
from jupyter_crispdm.tracking import read_run
from tests.support import eventually, runnable

PROGRAM = """\
import sys
import crispdm
crispdm.params({"rate": 0.1})
for step in range(5):
    crispdm.log({"loss": 1 / (step + 1)}, step=step)
    crispdm.progress(step + 1, 5, "epoch " + str(step))
print("version {}.{}".format(*sys.version_info))
print("prefix", sys.prefix)
print("line", input())
print("rest", sys.stdin.read())
try:
    import jupyter_crispdm
except ImportError:
    sys.exit(9)
"""
WANTED = ("3.8", "3.10", "3.12", "3.13")


def _interpreters() -> dict[str, str]:
    """This interpreter, and of the wanted versions those that pyenv or the path has."""
    found = {"{}.{}".format(*sys.version_info): sys.executable}
    for version in WANTED:
        name = f"python{version}"
        candidates = [*map(str, Path.home().glob(f".pyenv/versions/*/bin/{name}")), runnable(name)]
        usable = next(filter(None, candidates), None)
        if usable is not None:
            found[version] = usable
    return found


INTERPRETERS = _interpreters()


@pytest.fixture(params=INTERPRETERS)
def version(request: pytest.FixtureRequest) -> str:
    """Each version that is there."""
    return str(request.param)


@pytest.fixture
def prefix(tmp_path: Path, version: str) -> Path:
    """A fresh virtual environment of that version."""
    prefix = tmp_path / "envs" / f"python {version}"
    subprocess.run([INTERPRETERS[version], "-I", "-m", "venv", "--without-pip", str(prefix)], check=True)
    return prefix


@pytest.fixture
def jp_server_config(
    jp_environ: None, jp_server_config: Config, prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> Config:
    """A server that looks for environments there, and has not set PYTHONPATH for all of them, as the fixtures do."""
    monkeypatch.delenv("PYTHONPATH")
    jp_server_config.CrispdmApp.environment_paths = [str(prefix.parent)]
    return jp_server_config


@pytest.mark.proves("crispdm.anywhere", "environments.versions")
async def test_log_metrics_progress_and_input_work(
    crispdm: CrispdmApp, jp_root_dir: Path, prefix: Path, version: str
) -> None:
    jobs = crispdm.room(JobsRoom).manager
    (jp_root_dir / "train.py").write_text(PROGRAM)
    job, _ = await jobs.submit(Submission(script="train.py", environment=str(prefix)), owner="ada")

    async def state() -> JobState:
        return (await jobs.get(job.id)).state

    async def running() -> bool:
        return await state() is JobState.running

    async def over() -> bool:
        return (await state()).final

    await eventually(running)
    await jobs.send_input(job.id, Input(text="hällo\nwörld"))
    await jobs.send_input(job.id, Input(eof=True))
    await eventually(over)
    ended = await jobs.get(job.id)
    log = (jobs.directory(job.id) / "output.log").read_text()
    assert log == f"version {version}\nprefix {prefix}\nline hällo\nrest wörld\n"
    assert (ended.state, ended.exit_code) == (JobState.failed, 9)
    assert ended.progress == Progress(5, 5, "epoch 4")
    assert ended.parameters == {"rate": 0.1}
    series = read_run(jobs.directory(job.id))["loss"]
    assert series.step.tolist() == list(range(5))
    assert series.value.tolist() == [1 / n for n in range(1, 6)]
