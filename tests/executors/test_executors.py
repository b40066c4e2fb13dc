"""What a job can count on wherever it runs. Every executor passes these; see places.py."""

from __future__ import annotations

import asyncio
import fcntl
import json
import sys
import venv
from pathlib import Path

import nbformat
import pytest

from jupyter_crispdm.jobs.executors.port import Ended, NotStarted, Running
from jupyter_crispdm.jobs.types import Input, JobState, StopMany, Submission
from jupyter_crispdm.tracking import read_run
from tests.executors.conftest import Reopen
from tests.executors.house import House
from tests.executors.places import Place
from tests.support import eventually

TRAINING = """\
import pathlib, sys, time
import crispdm
for step in range(50):
    print("step", step, flush=True)
    crispdm.log({"loss": 1 / (step + 1)}, step=step)
    crispdm.progress(step + 1, 50)
while not pathlib.Path("go").exists():
    time.sleep(0.02)
print("end")
sys.exit(5)
"""
#: Ignores every polite signal, and so does a grandchild in a session of its own. Both hold a lock while they live.
STUBBORN = """\
import fcntl, os, signal, sys, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
mine = open(sys.argv[1], "w")
fcntl.flock(mine, fcntl.LOCK_SH)
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    print("grandchild", flush=True)
print("ready", flush=True)
time.sleep(600)
"""


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


@pytest.mark.proves("jobs.more-machines", "executors.ray", "executors.slurm")
@pytest.mark.parametrize(
    ("script", "state", "code", "signal", "reason"),
    [
        ("exit 0", JobState.succeeded, 0, None, ""),
        ("exit 3", JobState.failed, 3, None, "exited with code 3"),
        ("exit 137", JobState.failed, 137, None, "exited with code 137: killed by SIGKILL"),
        ("kill -KILL $$", JobState.failed, None, "SIGKILL", "killed by SIGKILL"),
        ("kill -SEGV $$", JobState.failed, None, "SIGSEGV", "killed by SIGSEGV (segmentation fault)"),
    ],
)
async def test_how_a_program_ends(
    house: House, script: str, state: JobState, code: int | None, signal: str | None, reason: str
) -> None:
    ended = await house.ends(await house.submit(command=["sh", "-c", script]))
    assert (ended.state, ended.exit_code, ended.signal, ended.reason) == (state, code, signal, reason)
    assert ended.started is not None
    assert ended.ended is not None
    assert ended.created <= ended.started <= ended.ended


@pytest.mark.proves("environments.log-captured")
async def test_the_log_is_whole_and_in_order(house: House) -> None:
    code = "import os\nfor i in range(20000): os.write(1 + i % 2, b'line %d \\xc3\\xbc\\n' % i)"
    job = await house.submit(command=python(code))
    assert (await house.ends(job)).state is JobState.succeeded
    assert house.log(job) == "".join(f"line {number} ü\n" for number in range(20000))


async def test_a_program_that_does_not_exist_is_named(house: House) -> None:
    ended = await house.ends(await house.submit(command=["no-such-program"]))
    assert (ended.state, ended.exit_code) == (JobState.failed, None)
    assert "no-such-program" in ended.reason


async def test_log_metrics_and_progress_arrive_while_it_runs(house: House) -> None:
    (house.root / "train.py").write_text(TRAINING)
    job = await house.submit(script="train.py")
    await house.says(job, "step 49\n")
    directory = house.jobs.directory(job.id)
    await eventually(lambda: len(read_run(directory).get("loss", ()).step) == 50)  # type: ignore[union-attr]

    async def progress() -> bool:
        now = await house.jobs.get(job.id)
        return now.state is JobState.running and now.progress is not None and now.progress.done == 50

    await eventually(progress)
    (house.root / "go").touch()
    assert (await house.ends(job)).exit_code == 5


@pytest.mark.proves("jobs.stdin")
async def test_lines_and_the_end_of_input_reach_the_program(house: House) -> None:
    code = "import sys\nprint('first', input(), flush=True)\nprint('rest', len(sys.stdin.read()))"
    job = await house.submit(command=python(code))
    await house.reaches(job, JobState.running)
    await house.jobs.send_input(job.id, Input(text="größer\n"))
    await house.says(job, "first größer\n")
    await house.jobs.send_input(job.id, Input(text="x" * 50_000))
    await house.jobs.send_input(job.id, Input(eof=True))
    assert (await house.ends(job)).state is JobState.succeeded
    assert house.log(job) == "first größer\nrest 50000\n"


async def test_an_interrupted_program_may_finish_its_work(house: House) -> None:
    code = (
        "import time\ntry:\n print('ready', flush=True)\n time.sleep(600)\n"
        "except KeyboardInterrupt:\n time.sleep(1)\n print('saved')"
    )
    job = await house.submit(command=python(code))
    await house.says(job, "ready")
    await house.jobs.stop(job.id, (60.0, 1.0))
    ended = await house.ends(job)
    assert (ended.state, ended.exit_code, ended.reason) == (JobState.stopped, 0, "stopped")
    assert house.log(job) == "ready\nsaved\n"


@pytest.mark.proves("machine.stubborn-jobs")
async def test_stop_ends_a_program_that_ignores_it_and_its_daemons(house: House) -> None:
    lock = house.root / "lock"
    job = await house.submit(command=python(STUBBORN, str(lock)))
    await house.says(job, "ready")
    await house.says(job, "grandchild")
    await house.reaches(job, JobState.running)
    await house.jobs.stop(job.id, (0.2, 0.2))
    assert (await house.ends(job)).state is JobState.stopped
    with lock.open("r") as mine:
        fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)  # nobody holds it any more


@pytest.mark.proves("http.jobs-timeout")
async def test_a_timeout_ends_it(house: House) -> None:
    job = await house.submit(command=["sleep", "600"], timeout=0.5)
    ended = await house.ends(job)
    assert (ended.state, ended.reason) == (JobState.failed, "timed out after 0.5 s")


async def test_it_is_tried_again(house: House) -> None:
    script = 'echo attempt; if [ -e "$1" ]; then exit 0; fi; touch "$1"; exit 9'
    job = await house.submit(command=["sh", "-c", script, "sh", str(house.root / "been here")], retries=3)
    ended = await house.ends(job)
    assert (ended.state, ended.attempt) == (JobState.succeeded, 2)
    assert house.log(job) == "attempt\nattempt\n"


@pytest.mark.proves("environments.chosen")
async def test_it_runs_in_its_environment_and_folder(house: House, tmp_path: Path) -> None:
    prefix = tmp_path / "environments" / "own one"
    await asyncio.to_thread(venv.EnvBuilder(symlinks=True).create, prefix)
    (house.root / "a folder").mkdir()
    code = "import json, os, sys; print(json.dumps([sys.prefix, os.getcwd(), os.environ['VIRTUAL_ENV'], sys.argv[1:]]))"
    arguments = ["two words", "'", '"', "$HOME", "a\nb", ""]
    job = await house.submit(
        command=["python", "-c", code, *arguments], environment=str(prefix), cwd="a folder", parameters={"rate": 0.1}
    )
    assert (await house.ends(job)).state is JobState.succeeded, house.log(job)
    assert json.loads(house.log(job)) == [str(prefix), str(house.root / "a folder"), str(prefix), arguments]


@pytest.mark.proves("jobs.notebooks")
async def test_a_notebook_is_run_and_kept(house: House) -> None:
    cells = [
        nbformat.v4.new_code_cell("rate = 1", metadata={"tags": ["parameters"]}),  # type: ignore[no-untyped-call]
        nbformat.v4.new_code_cell("print('rate', rate)"),  # type: ignore[no-untyped-call]
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), house.root / "work.ipynb")  # type: ignore[no-untyped-call]
    job = await house.submit(notebook="work.ipynb", parameters={"rate": 2})
    ended = await house.ends(job)
    assert ended.state is JobState.succeeded, house.log(job)
    assert "rate 2\n" in house.log(job)
    assert (house.jobs.directory(job.id) / "artifacts" / "work.ipynb").exists()


async def test_variables_and_parameters_arrive_and_the_servers_secrets_do_not(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_TOKEN", "a secret")
    script = 'echo "$OWN|$CRISPDM_JOB_ID|$CRISPDM_PARAMETERS|$JUPYTER_TOKEN|"'
    job = await house.submit(command=["sh", "-c", script], env={"OWN": "a\tvalue"}, parameters={"rate": 1})
    await house.ends(job)
    assert house.log(job) == f'a\tvalue|{job.id}|{{"rate":1}}||\n'


async def test_what_it_uses_is_told_to_who_looks(house: House) -> None:
    program = "kept = bytearray(64 << 20)\nwhile True: pass"
    with house.jobs.viewing():
        job = await house.submit(command=python(program))

        async def busy() -> bool:
            used = (await house.jobs.get(job.id)).resources
            return used is not None and used.cpu_percent > 5 and used.memory_bytes > 64 << 20

        await eventually(busy)
    await house.jobs.stop(job.id)
    await house.ends(job)


async def test_many_at_once(house: House, place: Place) -> None:
    script = 'while [ ! -e "$1" ]; do sleep 0.2; done; echo "$2"; exit $(($2 % 3))'
    go = house.root / "go"
    numbers = range(place.many)
    jobs = [await house.submit(command=["sh", "-c", script, "sh", str(go), str(number)]) for number in numbers]
    await asyncio.gather(*(house.reaches(job, JobState.running) for job in jobs))
    go.touch()
    ended = await asyncio.gather(*(house.ends(job) for job in jobs))
    assert [job.exit_code for job in ended] == [number % 3 for number in numbers]
    assert [house.log(job) for job in jobs] == [f"{number}\n" for number in numbers]


async def test_another_server_goes_on_with_what_runs(reopen: Reopen) -> None:
    house = await reopen()
    (house.root / "train.py").write_text(TRAINING)
    job = await house.submit(script="train.py", name="night run")
    over = await house.submit(command=["sh", "-c", 'while [ ! -e go ]; do sleep 0.05; done; exit 7'])
    talking = await house.submit(command=["cat"])
    before = {one.id: await house.reaches(one, JobState.running) for one in (job, over, talking)}
    await house.says(job, "step 49\n")
    await house.close()
    (house.root / "go").touch()
    await eventually((house.jobs.directory(over.id) / "exit.json").exists)  # while nobody is there
    house = await reopen()
    assert (await house.ends(over)).exit_code == 7
    after = await house.ends(job)
    assert (after.exit_code, after.name, after.started) == (5, "night run", before[job.id].started)
    assert house.log(job) == "".join(f"step {step}\n" for step in range(50)) + "end\n"
    assert read_run(house.jobs.directory(job.id))["loss"].step.tolist() == list(range(50))
    adopted = await house.jobs.get(talking.id)
    assert (adopted.state, adopted.pid) == (JobState.running, before[talking.id].pid)
    await house.jobs.send_input(talking.id, Input(text="still here\n"))
    await house.says(talking, "still here\n")
    await house.jobs.stop_many(StopMany(all=True))
    assert (await house.ends(talking)).state is JobState.stopped


async def test_one_whose_machine_dies_is_lost_for_a_reason(house: House, place: Place) -> None:
    job = await house.submit(command=["sleep", "600"], retries=3)
    await house.reaches(job, JobState.running)
    await place.lose(house.jobs.directory(job.id))
    ended = await house.ends(job)
    assert (ended.state, ended.exit_code) == (JobState.lost, None)
    assert ended.reason


async def test_the_port_tells_each_step_of_a_job(house: House) -> None:
    executor = house.executor
    prepared = await house.jobs._preparation.prepare(Submission(command=["sh", "-c", "read line"]), "ada")
    directory = house.jobs._directories.create(prepared.record.job.id, prepared.spec).path
    assert await executor.observe(directory) == NotStarted()
    await executor.start(directory)
    seen = await executor.observe(directory)
    while not isinstance(seen, Running):
        assert seen != NotStarted()
        await executor.changed(directory, seen)
        seen = await executor.observe(directory)
    await executor.send(directory, None)
    await executor.changed(directory, seen)
    ended = await executor.observe(directory)
    assert isinstance(ended, Ended)
    assert ended.exit_code == 1
