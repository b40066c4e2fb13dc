"""Notebooks as jobs, with real kernels."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_crispdm.base.watch import Watcher
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from jupyter_crispdm.jobs.notebook import inject
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
    assert log(house, job) == f"rate 0.5 a {house.root}\n1.0\n"
    assert ended.progress is not None
    assert (ended.progress.done, ended.progress.total) == (4, 4)
    notebook = result(house, job)
    assert [cell.metadata.get("tags", []) for cell in notebook.cells[1:3]] == [
        ["parameters"],
        ["injected-parameters"],
    ]
    assert notebook.cells[-1].outputs[0].data["text/plain"] == "1.0"
    assert list((house.jobs.directory(job.id) / "metrics").glob("*.bin"))


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


def test_parameters_replace_those_of_an_earlier_run() -> None:
    notebook = nbformat.v4.new_notebook(cells=[code("x = 1", "parameters"), code("y = 1")])  # type: ignore[no-untyped-call]
    inject(notebook, {"x": 2})
    inject(notebook, {"x": 3, "on": True, "none": None, "text": "a'b", "list": [1, {"k": 2.5}]})
    assert len(notebook.cells) == 3
    values: dict[str, Any] = {}
    exec(notebook.cells[1].source, values)
    assert (values["x"], values["on"], values["none"], values["text"]) == (3, True, None, "a'b")
    assert values["list"] == [1, {"k": 2.5}]


def test_without_a_tagged_cell_parameters_come_first() -> None:
    notebook = nbformat.v4.new_notebook(cells=[code("y = 1")])  # type: ignore[no-untyped-call]
    inject(notebook, {"x": 2})
    assert "x = 2" in notebook.cells[0].source
    inject(notebook, {})
    assert len(notebook.cells) == 1
