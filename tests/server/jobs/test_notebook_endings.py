"""How notebooks end, what they ask for and what they show, with real kernels."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from textwrap import dedent
from typing import Any

import nbformat
import pytest

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from jupyter_crispdm.jobs.types import Input, Job, JobState
from tests.support import eventually
from tests.unit.jobs.fakes import House

PATIENCE = 90


@pytest.fixture
def house(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[House]:
    house = jp_asyncio_loop.run_until_complete(House(tmp_path, LocalExecutor(Watcher())).open())
    yield house
    jp_asyncio_loop.run_until_complete(house.close())


def code(source: str, *tags: str) -> Any:
    return nbformat.v4.new_code_cell(dedent(source).strip(), metadata={"tags": list(tags)})  # type: ignore[no-untyped-call]


async def submit(house: House, *sources: Any, **fields: Any) -> Job:
    cells = [code(source) if isinstance(source, str) else source for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), house.root / "work.ipynb")  # type: ignore[no-untyped-call]
    return await house.submit(command=None, notebook="work.ipynb", env={"PYTHONPATH": ":".join(sys.path)}, **fields)


def result(house: House, job: Job) -> Any:
    return nbformat.read(house.jobs.directory(job.id) / "artifacts" / "work.ipynb", as_version=4)  # type: ignore[no-untyped-call]


def log(house: House, job: Job) -> str:
    return (house.jobs.directory(job.id) / "output.log").read_text()


def texts(cell: Any) -> list[str]:
    return [output.text for output in cell.outputs if output.output_type == "stream"]


async def over(house: House, job: Job) -> Job:
    async def final() -> bool:
        return (await house.jobs.get(job.id)).state.final

    await eventually(final, 2 * PATIENCE)
    return await house.jobs.get(job.id)


def asked(house: House, job: Job) -> list[tuple[str, bool] | None]:
    """What was waited for, and None where it came."""
    lines = (house.jobs.directory(job.id) / "events.jsonl").read_text().splitlines()
    events = [event for event in map(json.loads, lines) if event["kind"] == "input"]
    return [(event["prompt"], event["secret"]) if "prompt" in event else None for event in events]


@pytest.mark.proves("notebooks.exit")
@pytest.mark.parametrize("source", ["import sys\nsys.exit(0)", "raise SystemExit", "exit()", "quit()", "exit(0)"])
async def test_a_notebook_that_exits_with_nothing_wrong_has_succeeded(house: House, source: str) -> None:
    job = await submit(house, "print('one')", source, "print('never')")
    ended = await house.reaches(job.id, JobState.succeeded)
    assert ended.exit_code == 0
    assert "never" not in log(house, job).replace("print('never')", "")
    assert "[crispdm] cell 2 of 3 ended the run.\n" in log(house, job)
    one, two, three = result(house, job).cells
    assert texts(one) == ["one\n"]
    assert [output for output in two.outputs if output.output_type == "error"] == []
    assert three.execution_count is None


@pytest.mark.proves("notebooks.exit")
@pytest.mark.parametrize(
    ("source", "status", "reason"),
    [
        ("import sys\nsys.exit(3)", 3, "cell 1 of 2 ended the run with exit code 3."),
        ("import sys\nsys.exit(-1)", 255, "cell 1 of 2 ended the run with exit code 255."),
        ("import sys\nsys.exit('no data\\nat all')", 1, "no data"),
        ("exit(4)", 4, "cell 1 of 2 ended the run with exit code 4."),
        ("exit('no model')", 1, "no model"),
        ("import os\nprint('last words', flush=True)\nos._exit(5)", 1, "cell 1 of 2 failed: the kernel died with exit"),
        ("import os\nos.kill(os.getpid(), 9)", 1, "cell 1 of 2 failed: the kernel was ended by SIGKILL."),
        ("%%bash\nexit 7", 1, "cell 1 of 2 failed: CalledProcessError: "),
    ],
)
async def test_a_notebook_that_ends_otherwise_fails_and_says_why(
    house: House, source: str, status: int, reason: str
) -> None:
    job = await submit(house, source, "print('never')")
    ended = await house.reaches(job.id, JobState.failed)
    assert ended.exit_code == status
    assert ended.reason.startswith(reason)
    assert "never" not in log(house, job).replace("print('never')", "")


async def test_an_exit_that_a_cell_may_raise_or_a_thread_raises_ends_nothing(house: House) -> None:
    thread = "import sys, threading\nt = threading.Thread(target=sys.exit, args=(3,))\nt.start(); t.join()"
    job = await submit(house, code("raise SystemExit(3)", "raises-exception"), thread, "print('on')")
    await house.reaches(job.id, JobState.succeeded)
    assert texts(result(house, job).cells[2]) == ["on\n"]


@pytest.mark.proves("notebooks.long-line")
async def test_one_long_line_is_no_work(house: House) -> None:
    job = await submit(house, "print('x' * 2_000_000)\nfor i in range(100_000): print(i % 10, end='')", "print('on')")
    await house.reaches(job.id, JobState.succeeded)
    text = texts(result(house, job).cells[0])
    assert [len(one) for one in text] == [2_100_001]


@pytest.mark.proves("notebooks.long-line")
async def test_ten_thousand_outputs_and_clears_are_all_seen_to(house: House) -> None:
    job = await submit(
        house,
        "for i in range(10_000): display({'text/plain': str(i)}, raw=True)",
        """
        from IPython.display import clear_output
        for i in range(5_000):
            clear_output(wait=True)
            print(i)
        """,
        """
        shown = display({'text/plain': 'first'}, raw=True, display_id='one')
        for i in range(2_000): display({'text/plain': str(i)}, raw=True, display_id='one', update=i % 2 == 0)
        """,
    )
    assert (await over(house, job)).state is JobState.succeeded
    many, cleared, updated = result(house, job).cells
    assert [output.data["text/plain"] for output in many.outputs] == [str(i) for i in range(10_000)]
    assert texts(cleared) == ["4999\n"]
    assert {output.data["text/plain"] for output in updated.outputs} == {"1999"}
    assert len(updated.outputs) == 1001


async def test_an_output_widget_keeps_what_is_shown_in_it(house: House) -> None:
    job = await submit(
        house,
        """
        import ipywidgets
        outer, inner = ipywidgets.Output(), ipywidgets.Output()
        display(outer)
        with outer:
            print('outside')
            with inner:
                for i in range(3000): print(i)
            display(inner)
        """,
        "print(len(inner.outputs), inner.outputs[0]['text'][-5:], outer.outputs[0]['text'])",
    )
    await house.reaches(job.id, JobState.succeeded)
    notebook = result(house, job)
    assert texts(notebook.cells[1]) == ["1 2999\n outside\n\n"]
    assert notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]


@pytest.mark.proves("notebooks.input")
async def test_input_and_passwords_come_from_the_box(house: House) -> None:
    job = await submit(
        house,
        "import getpass\nname = input('Name? ')",
        "secret = getpass.getpass('Key: ')\nprint(len(secret), name[::-1])",
        """
        try:
            input('More? ')
        except EOFError:
            print('no more')
        """,
    )
    await house.reaches(job.id, JobState.running)
    await eventually(lambda: "Name? " in log(house, job), PATIENCE)
    await house.jobs.send_input(job.id, Input(text="Ada Löw\n"))
    await eventually(lambda: "Key: " in log(house, job), PATIENCE)
    await eventually(lambda: ("Key: ", True) in asked(house, job), PATIENCE)
    await house.jobs.send_input(job.id, Input(text="open sesame\n"))
    await house.jobs.send_input(job.id, Input(eof=True))
    await house.reaches(job.id, JobState.succeeded)
    assert "Name? Ada Löw\n" in log(house, job)
    assert "11 wöL adA\n" in log(house, job)
    assert "More? \nno more\n" in log(house, job)
    directory = house.jobs.directory(job.id)
    saved = [directory / "artifacts/work.ipynb", directory / "output.log", directory / "events.jsonl"]
    assert not [file for file in saved if "sesame" in file.read_text()]
    assert asked(house, job)[-1] is None
    assert texts(result(house, job).cells[0]) == ["Name? Ada Löw\n"]


@pytest.mark.parametrize("end", ["stop", "timeout", "kill"])
async def test_what_a_cell_has_shown_is_kept_however_it_is_ended(house: House, end: str) -> None:
    cell = """
        import signal, time
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print('x' * 1_000_000)
        for i in range(100): print('row', i)
        while True: time.sleep(1)
    """
    job = await submit(house, cell, timeout=40.0 if end == "timeout" else None)

    def saved() -> bool:
        return "row 99\n" in "".join(texts(result(house, job).cells[0]))

    await eventually(lambda: "row 99\n" in log(house, job), PATIENCE)
    if end == "kill":
        await eventually(saved, PATIENCE)
    if end != "timeout":
        await house.jobs.stop(job.id, (0.2, 0.2) if end == "kill" else (0.2, 30))
    await over(house, job)
    assert saved()


@pytest.mark.parametrize(
    "content", [b"\xff\xfe{", b"", b"[]", b'{"cells": 3}', b"[" * 100_000, b'{"cells": [{}], "nbformat": 4}']
)
async def test_what_is_no_notebook_is_refused_or_fails_in_words(house: House, content: bytes) -> None:
    (house.root / "work.ipynb").write_bytes(content)
    variables = {"PYTHONPATH": ":".join(sys.path)}
    try:
        job = await house.submit(command=None, notebook="work.ipynb", env=variables)
    except Unprocessable as error:
        assert error.details["field"] == "notebook"  # noqa: PT017
        return
    await over(house, job)
    assert "Traceback" not in log(house, job)


async def test_a_notebook_that_names_no_kernel_runs_in_the_environment_s(house: House) -> None:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "source": ["print('here')"],
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    notebook = {"cells": [cell], "metadata": {"kernelspec": "strange"}, "nbformat": 4, "nbformat_minor": 2}
    (house.root / "work.ipynb").write_text(json.dumps(notebook))
    variables = {"PYTHONPATH": ":".join(sys.path)}
    job = await house.submit(command=None, notebook="work.ipynb", env=variables)
    await house.reaches(job.id, JobState.succeeded)
    assert "\nhere\n" in log(house, job)


async def waits(house: House, job: Job, expected: bool) -> bool:
    return ((await house.jobs.get(job.id)).waiting_for_input is not None) is expected


async def test_a_notebook_that_asks_is_marked_until_it_is_answered(house: House) -> None:
    job = await submit(house, "input('Go on? ')", "import time; time.sleep(600)")
    await eventually(partial(waits, house, job, True), PATIENCE)
    await house.jobs.send_input(job.id, Input(text="yes\n"))
    await eventually(partial(waits, house, job, False), PATIENCE)
    await house.jobs.stop(job.id, (1, 1))
    await house.reaches(job.id, JobState.stopped)


async def test_a_question_does_not_keep_a_notebook_from_being_stopped(house: House) -> None:
    job = await submit(house, "print('one')", "input('Go on? ')")
    await eventually(lambda: "Go on? " in log(house, job), PATIENCE)
    await house.jobs.stop(job.id, (20, 1))
    await house.reaches(job.id, JobState.stopped)
    assert texts(result(house, job).cells[0]) == ["one\n"]


async def test_large_and_strange_outputs_end_nothing(house: House) -> None:
    job = await submit(
        house,
        "display({'image/png': 'A' * 30_000_000, 'text/plain': 'large'}, raw=True)",
        """
        kernel = get_ipython().kernel
        for kind, content in (
            ('stream', {'name': 'stdout'}),
            ('display_data', {'data': 3}),
            ('execute_result', {}),
            ('error', {'ename': 1}),
            ('comm_msg', {}),
            ('comm_open', {'comm_id': 'x', 'target_name': 'jupyter.widget', 'data': {}}),
            ('update_display_data', {'transient': {'display_id': 'x'}}),
            ('clear_output', None),
            ('nonsense', {}),
        ):
            kernel.send_response(kernel.iopub_socket, kind, content)
        print('after')
        """,
        "print('on')",
    )
    ended = await over(house, job)
    assert ended.state is JobState.succeeded, log(house, job)[-3000:]
    large, strange, last = result(house, job).cells
    assert len(large.outputs[0].data["image/png"]) == 30_000_000
    assert "after\n" in texts(strange)
    assert texts(last) == ["on\n"]


async def test_a_kernel_that_cannot_be_started_is_told(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, argv in (("gone", ["/nowhere/R", "{connection_file}"]), ("ends", ["false", "{connection_file}"])):
        folder = tmp_path / "jupyter/kernels" / name
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": name, "language": "R"}))
        metadata = {"kernelspec": {"name": name, "language": "R", "display_name": name}}
        book = nbformat.v4.new_notebook(cells=[code("1")], metadata=metadata)  # type: ignore[no-untyped-call]
        nbformat.write(book, house.root / "work.ipynb")  # type: ignore[no-untyped-call]
        variables = {"PYTHONPATH": ":".join(sys.path), "JUPYTER_PATH": str(tmp_path / "jupyter")}
        job = await house.submit(command=None, notebook="work.ipynb", env=variables)
        ended = await house.reaches(job.id, JobState.failed)
        assert ended.reason.startswith("the start of the kernel failed: "), ended.reason
        assert "Traceback" not in log(house, job)
