"""`jupyter crispdm top`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.cli.jobs import top
from jupyter_crispdm.cli.main import main
from jupyter_crispdm.cli.output import UsageError
from tests.unit.cli.jobs.live.jobs import a_job, with_curves

_PATIENCE = 60.0


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a project's data in it, in which we stand."""
    (tmp_path / ".crispdm" / "jobs").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def overfits(project: Path, id: str = "j1", **fields: object) -> Path:
    job = a_job(project / ".crispdm" / "jobs", id, **fields)  # type: ignore[arg-type]
    held = [1 + abs(step - 10) / 20 for step in range(40)]
    return with_curves(job, train_loss=[2 * 0.9**step for step in range(40)], val_loss=held)


@pytest.mark.proves("cli.top")
def test_off_a_terminal_it_prints_one_frame(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overfits(project, name="fit the net")
    assert main(["top"]) == 0
    text = capsys.readouterr().out
    for part in ("fit the net", "running", "━ train/loss", "Over-fitted", "val/loss was best at step 10", "epoch 2"):
        assert part in text, part


def test_one_run_can_be_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overfits(project, "j1", name="one")
    overfits(project, "j2", name="other")
    with_curves(project / "crispdm-runs" / "r1", loss=[1.0, 0.5])
    assert main(["top", "j2", "--once"]) == 0
    text = capsys.readouterr().out
    assert "other" in text
    assert "one" not in text.split()
    assert main(["top", "r1"]) == 0
    assert "━ loss 0.5" in capsys.readouterr().out
    assert main(["top", "nobody"]) == 2
    assert "There is no job or run 'nobody'" in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["0", "-1", "x", "1e9", "nan"])
def test_a_pause_that_is_none_is_refused(project: Path, seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["top", "--interval", seconds])
    assert ended.value.code == 2
    assert "--interval" in capsys.readouterr().err


def test_the_data_are_those_of_the_project_or_as_given_or_as_set(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert top.jobs_directory(None, project) == project / ".crispdm" / "jobs"
    assert top.jobs_directory(str(tmp_path / "d"), project) == tmp_path / "d" / "jobs"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    assert top.jobs_directory(None, elsewhere) == tmp_path / "data" / "crispdm" / "jobs"
    (tmp_path / "config").mkdir()
    setting = f"c.CrispdmApp.data_dir = {str(tmp_path / 'mine')!r}\n"
    (tmp_path / "config" / "jupyter_server_config.py").write_text(setting)
    assert top.jobs_directory(None, elsewhere) == tmp_path / "mine" / "jobs"


def test_another_run_is_chosen_and_stays_chosen_when_others_come(project: Path) -> None:
    overfits(project, "j1", changed=3000.0)
    overfits(project, "j2", changed=2000.0)
    watch = top.Watch(project / ".crispdm" / "jobs", project, None)
    watch.look()
    assert watch.view(thinking=False).verdict is None
    watch.move(1)
    assert watch.runs[watch.chosen].id == "j2"
    overfits(project, "j3", changed=9000.0)
    watch.look()
    assert (len(watch.runs), watch.runs[watch.chosen].id) == (3, "j2")
    watch.move(9)
    watch.move(-9)
    assert watch.chosen == 0
    verdict = watch.view(thinking=True).verdict
    assert verdict is not None
    assert verdict[0] == "overfit"


def test_no_runs_at_all(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["top"]) == 0
    assert "No runs yet" in capsys.readouterr().out
    with pytest.raises(UsageError):
        top.Watch(project, project, "x")


@pytest.mark.proves("cli.top")
def test_the_first_frame_needs_none_of_what_is_slow_to_import(project: Path) -> None:
    overfits(project)
    program = (
        "import sys; from jupyter_crispdm.cli.main import build_parser\n"
        "arguments = build_parser('top')[0].parse_args(['top'])\n"
        "from jupyter_crispdm.cli.jobs import top; from pathlib import Path\n"
        "watch = top.Watch(Path('.crispdm/jobs').resolve(), Path.cwd(), None); watch.look()\n"
        "top.Console().print(top.frame(watch.view(thinking=False), 100, 40))\n"
        "print(sorted({'numpy', 'httpx', 'sqlalchemy', 'traitlets', 'psutil', 'asyncio'} & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=True)
    assert done.stdout.rstrip().endswith("[]"), done.stdout[-200:]
    assert "train/loss" in done.stdout
