"""Notebooks as jobs, with real kernels."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import nbformat
import pytest

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from jupyter_crispdm.jobs.types import Job, JobState
from tests.support import eventually
from tests.unit.jobs.fakes import House


@pytest.fixture
def house(
    tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    house = jp_asyncio_loop.run_until_complete(House(tmp_path, LocalExecutor(Watcher())).open())
    yield house
    jp_asyncio_loop.run_until_complete(house.close())


def write(house: House, *cells: Any) -> None:
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), house.root / "work.ipynb")  # type: ignore[no-untyped-call]


def code(source: str, *tags: str) -> Any:
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})  # type: ignore[no-untyped-call]


def result(house: House, job: Job) -> Any:
    return nbformat.read(house.jobs.directory(job.id) / "artifacts" / "work.ipynb", as_version=4)  # type: ignore[no-untyped-call]


def log(house: House, job: Job) -> str:
    return (house.jobs.directory(job.id) / "output.log").read_text()


async def submit(house: House, **fields: Any) -> Job:
    return await house.submit(command=None, notebook="work.ipynb", env={"PYTHONPATH": ":".join(sys.path)}, **fields)


@pytest.mark.proves("http.jobs-submit", "jobs.notebooks")
async def test_parameters_outputs_progress_and_metrics(house: House) -> None:
    write(
        house,
        nbformat.v4.new_markdown_cell("# Work"),  # type: ignore[no-untyped-call]
        code("rate = 1\nname = 'a'", "parameters"),
        code("import crispdm, os\ncrispdm.log(loss=rate, step=0)\nprint('rate', rate, name, os.getcwd())"),
        code("rate * 2"),
    )
    job = await submit(house, parameters={"rate": 0.5})
    ended = await house.reaches(job.id, JobState.succeeded)
    shown = [line for line in log(house, job).splitlines() if not line.startswith("[crispdm]")]
    assert shown == [f"rate 0.5 a {house.root}", "1.0"]
    assert ended.progress is not None
    assert (ended.progress.done, ended.progress.total) == (4, 4)
    notebook = result(house, job)
    assert [cell.metadata.get("tags", []) for cell in notebook.cells[1:3]] == [
        ["parameters"],
        ["injected-parameters"],
    ]
    assert notebook.cells[-1].outputs[0].data["text/plain"] == "1.0"
    assert list((house.jobs.directory(job.id) / "metrics").glob("*.bin"))


@pytest.mark.proves("jobs.notebooks")
async def test_an_error_fails_the_job_and_what_ran_is_kept(house: House) -> None:
    write(house, code("print('before')"), code("1 / 0"), code("print('never')"))
    job = await submit(house)
    ended = await house.reaches(job.id, JobState.failed)
    assert ended.exit_code == 1
    assert "before" in log(house, job)
    assert "ZeroDivisionError" in log(house, job)
    notebook = result(house, job)
    assert notebook.cells[0].outputs[0].text == "before\n"
    assert notebook.cells[1].outputs[0].ename == "ZeroDivisionError"
    assert notebook.cells[2].outputs == []


async def test_a_stopped_notebook_keeps_what_ran(house: House) -> None:
    write(house, code("print('one')"), code("import time\nprint('two', flush=True)\ntime.sleep(60)"))
    job = await submit(house)
    await eventually(lambda: "two" in log(house, job), 60)
    assert result(house, job).cells[0].outputs[0].text == "one\n"
    await house.jobs.stop(job.id, (10, 1))
    await house.reaches(job.id, JobState.stopped)
    assert result(house, job).cells[0].outputs[0].text == "one\n"


async def test_the_reason_names_the_cell_that_failed(house: House) -> None:
    write(house, code("x = 1", "parameters"), code("print('before')"), code("1 / 0"))
    job = await submit(house, parameters={"x": 2})
    ended = await house.reaches(job.id, JobState.failed)
    assert ended.reason == "cell 4 of 4 failed: ZeroDivisionError: division by zero"
    assert "[crispdm] cell 3 of 4: print('before')\nbefore\n" in log(house, job)
    assert f"[crispdm] {ended.reason}\n" in log(house, job)


async def test_a_kernel_that_dies_is_told(house: House) -> None:
    write(house, code("import os\nos._exit(3)"))
    job = await submit(house)
    ended = await house.reaches(job.id, JobState.failed)
    assert ended.reason == "cell 1 of 1 failed: the kernel died with exit code 3."


async def test_a_stopped_cell_may_finish_and_what_it_printed_is_kept(house: House) -> None:
    source = """
    import time
    try:
        print('training', flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        print('checkpoint saved')
    """
    write(house, code(dedent(source)), code("print('never')"))
    job = await submit(house)
    await eventually(lambda: "training\n" in log(house, job), 60)
    await house.jobs.stop(job.id, (30, 1))
    await house.reaches(job.id, JobState.stopped)
    assert "checkpoint saved\n[crispdm] Interrupted in cell 1 of 2." in log(house, job)
    assert result(house, job).cells[0].outputs[0].text == "training\ncheckpoint saved\n"


async def test_a_stopped_cell_shows_where_it_stood(house: House) -> None:
    write(house, code("import time\nprint('two', flush=True)\ntime.sleep(60)"))
    job = await submit(house)
    await eventually(lambda: "two\n" in log(house, job), 60)
    await house.jobs.stop(job.id, (30, 1))
    await house.reaches(job.id, JobState.stopped)
    outputs = result(house, job).cells[0].outputs
    assert [output.output_type for output in outputs] == ["stream", "error"]
    assert outputs[1].ename == "KeyboardInterrupt"


async def test_a_bar_within_a_cell_is_progress(house: House) -> None:
    bar = "print(' 50%|#####     | 5/10 [00:10<00:10, 4.2it/s]', end='', flush=True)"
    write(house, code("x = 1"), code(f"{bar}\nimport time\ntime.sleep(60)"))
    job = await submit(house)

    async def halfway() -> bool:
        seen = (await house.jobs.get(job.id)).progress
        return seen is not None and (seen.done, seen.total) == (1.5, 2)

    await eventually(halfway, 60)
    await house.jobs.stop(job.id, (0.5, 0.5))
    await house.reaches(job.id, JobState.stopped)


@pytest.mark.proves("jobs.cells")
async def test_chosen_cells_run_in_place_of_the_notebook_s_own(house: House) -> None:
    write(house, code("print('its own')"))
    job = await submit(house, cells=["y = 20", "print('sent', y + 1)"])
    await house.reaches(job.id, JobState.succeeded)
    notebook = result(house, job)
    assert [cell.source for cell in notebook.cells] == ["y = 20", "print('sent', y + 1)"]
    assert notebook.cells[1].outputs[0].text == "sent 21\n"
    assert "its own" not in log(house, job)


@pytest.mark.proves("jobs.cells")
async def test_from_a_cell_on(house: House) -> None:
    write(house, code("import os", "setup"), code("print('slow')"), code("print('on', os.sep)"))
    job = await submit(house, from_cell=2)
    ended = await house.reaches(job.id, JobState.succeeded)
    assert ended.progress is not None
    assert (ended.progress.done, ended.progress.total) == (2, 2)
    assert "slow" not in log(house, job).replace("print('slow')", "")
    assert result(house, job).cells[2].outputs[0].text == "on /\n"


async def test_a_cell_that_is_not_there_is_refused(house: House) -> None:
    write(house, code("x = 1"))
    with pytest.raises(Unprocessable):
        await submit(house, from_cell=1)


async def test_another_language_runs_in_the_kernel_that_the_notebook_names(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernels = tmp_path / "jupyter"
    (kernels / "kernels" / "shell").mkdir(parents=True)
    argv = [sys.executable, str(Path(__file__).with_name("shell_kernel.py")), "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Shell", "language": "bash"}
    (kernels / "kernels" / "shell" / "kernel.json").write_text(json.dumps(spec))
    metadata = {"kernelspec": {"name": "shell", "language": "bash", "display_name": "Shell"}}
    cells = [code("who=nobody", "parameters"), code('echo "hello $who"'), code("exit 3")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), house.root / "work.ipynb")  # type: ignore[no-untyped-call]
    variables = {"PYTHONPATH": ":".join(sys.path), "JUPYTER_PATH": str(kernels)}
    job = await house.submit(command=None, notebook="work.ipynb", parameters={"who": "A $B"}, env=variables)
    ended = await house.reaches(job.id, JobState.failed)
    assert ended.reason == "cell 4 of 4 failed: Exit: 3"
    assert "hello A $B\n" in log(house, job)


async def test_a_language_without_kernel_is_told(house: House) -> None:
    metadata = {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[code("x")], metadata=metadata), house.root / "work.ipynb")  # type: ignore[no-untyped-call]
    job = await submit(house)
    ended = await house.reaches(job.id, JobState.failed)
    assert ended.reason == "The notebook is in R and needs the kernel 'ir', which is not installed."
