"""The commands against a real server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

from jupyter_crispdm.cli import main
from jupyter_crispdm.client import Client, connect
from jupyter_crispdm.client.errors import NotSignedIn
from jupyter_crispdm.jobs.types import JobState
from tests.server.cli.conftest import Lab
from tests.support import eventually_sync, heed_ctrl_c

Out = pytest.CaptureFixture[str]


def call(capsys: Out, *words: str) -> tuple[int, str, str]:
    """Exit code, output and error output of a command."""
    capsys.readouterr()
    code = main([*words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def submit(capsys: Out, *command: str) -> str:
    code, out, err = call(capsys, "run", "--", *command)
    assert code == 0, err
    return out.strip()


def python(code: str) -> tuple[str, str, str]:
    return ("python", "-c", code)


def state_of(client: Client, id: str) -> JobState:
    return client.jobs.get(id).state


def runs(client: Client, id: str) -> None:
    """Wait until the server knows that a job runs: what it prints may be seen before, and it is handed no line yet."""
    eventually_sync(lambda: state_of(client, id) is JobState.running)


@pytest.mark.proves("cli.lab", "cli.run-follow")
def test_run_follow_prints_the_log_and_ends_with_the_jobs_exit_code(lab: Lab, capsys: Out) -> None:
    code = "import os, sys; print('here', os.getcwd()); print('für'); sys.exit(7)"
    exit_code, out, _ = call(capsys, "run", "--follow", "--", *python(code))
    assert exit_code == 7
    assert out == f"here {lab.root}\nfür\n"


@pytest.mark.proves("cli.run", "cli.run-cwd")
def test_run_starts_where_we_stand(lab: Lab, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    (lab.root / "below").mkdir(exist_ok=True)
    monkeypatch.chdir(lab.root / "below")
    _, out, _ = call(capsys, "run", "-f", "--", *python("import os; print(os.getcwd())"))
    assert out.strip() == str(lab.root / "below")


@pytest.mark.proves("cli.run", "cli.run-name", "cli.run-param", "cli.run-timeout", "cli.jobs", "client.connect")
def test_a_job_is_listed_with_what_was_asked_for(lab: Lab, capsys: Out) -> None:
    words = ("run", "--name", "sweep", "--param", "lr=0.1", "--param", "kind=adam", "--timeout", "60", "--")
    _, out, _ = call(capsys, *words, *python("pass"))
    with connect() as client:
        assert client.jobs.wait(out.strip(), timeout=60).state is JobState.succeeded
    _, table, _ = call(capsys, "jobs")
    assert "sweep" in table
    _, listed, _ = call(capsys, "jobs", "--json", "--limit", "100")
    job = next(job for job in json.loads(listed)["jobs"] if job["id"] == out.strip())
    assert job["parameters"] == {"lr": 0.1, "kind": "adam"}


@pytest.mark.proves("cli.logs")
def test_logs_of_a_job_that_is_over(lab: Lab, capsys: Out) -> None:
    id = submit(capsys, *python("print('x' * 100_000)"))
    _, followed, _ = call(capsys, "logs", "-f", id)
    _, whole, _ = call(capsys, "logs", id)
    assert followed == whole == "x" * 100_000 + "\n"


@pytest.mark.proves("jobs.stdin", "cli.send")
def test_a_job_that_asks_gets_its_answer(lab: Lab, capsys: Out) -> None:
    id = submit(capsys, *python("import sys; print('hello', input('name? '), repr(sys.stdin.read()))"))
    with connect() as client:
        runs(client, id)
        eventually_sync(lambda: "name?" in client.jobs.log(id))
        assert call(capsys, "send", id, "ada") == (0, "", "")
        assert call(capsys, "send", "-n", id, "rest") == (0, "", "")
        assert call(capsys, "send", "--eof", id) == (0, "", "")
        assert client.jobs.wait(id, timeout=60).exit_code == 0
        assert client.jobs.log(id) == "name? hello ada 'rest'\n"


@pytest.mark.proves("cli.run-resources", "cli.run-after", "cli.rerun")
def test_what_waits_says_so_and_a_job_is_run_again_with_changes(lab: Lab, capsys: Out) -> None:
    busy = submit(capsys, *python("import time; time.sleep(600)"))
    words = ("--after", busy, "--tag", "x", "--param", "lr=1", "--param", "n=2", "--memory", "64MB")
    first = call(capsys, "run", *words, "--", *python("import os; print(os.environ['CRISPDM_PARAMETERS'])"))[1].strip()
    assert f"waits for job {busy}" in call(capsys, "jobs")[1]
    assert call(capsys, "stop", "--grace", "0", busy, first)[0] == 0
    code, out, err = call(capsys, "rerun", first, "--param", "lr=5", "--retries", "1", "--follow")
    assert (code, out) == (0, '{"lr":5,"n":2}\n'), err
    with connect() as client:
        again = client.jobs.get(err.splitlines()[0])
        assert (again.rerun_of, again.tags, again.memory) == (first, ["x"], 64_000_000)
        assert client.jobs.submission(again.id).retries == 1
    code, _, err = call(capsys, "rerun", first, "--cpus", "100000")
    assert code == 1
    assert "'cpus' may be" in err


@pytest.mark.proves("cli.stop-grace", "jobs.keep-best")
def test_keeping_the_best(lab: Lab, capsys: Out) -> None:
    program = """
import time
try:
    print("on", flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    input("saving")
"""
    id = submit(capsys, *python(program))
    with connect() as client:
        eventually_sync(lambda: "on" in client.jobs.log(id))
        assert call(capsys, "stop", "--keep-best", id)[0] == 0
        eventually_sync(lambda: "saving" in client.jobs.log(id))
        assert state_of(client, id) is JobState.stopping
        client.jobs.send(id, "\n")
        ended = client.jobs.wait(id, timeout=60)
        assert (ended.state, ended.exit_code) == (JobState.stopped, 0)


@pytest.mark.proves("jobs.stop-one", "jobs.stop-all", "cli.stop")
def test_stop_one_and_stop_all(lab: Lab, capsys: Out) -> None:
    ids = [submit(capsys, *python("import time; time.sleep(600)")) for _ in range(2)]
    with connect() as client:
        runs(client, ids[0])
        code, _, err = call(capsys, "stop", "no-such-job", ids[0])
        assert code == 1
        assert "no-such-job" in err
        assert client.jobs.wait(ids[0], timeout=60).state is JobState.stopped
        assert call(capsys, "stop", "--all")[0] == 0
        assert client.jobs.wait(ids[1], timeout=60).state is JobState.stopped


@pytest.mark.parametrize("words", [("logs", "nothing"), ("logs", "-f", "nothing"), ("send", "nothing", "x")])
def test_an_unknown_job_is_one_line(words: tuple[str, ...], lab: Lab, capsys: Out) -> None:
    code, out, err = call(capsys, *words)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "nothing" in err


def test_an_unknown_environment_is_named(lab: Lab, capsys: Out) -> None:
    code, _, err = call(capsys, "run", "--env", "no-such-env", "--", "true")
    assert code == 1
    assert "no-such-env" in err


@pytest.mark.proves("cli.envs", "cli.models")
def test_environments_and_models_are_listed(lab: Lab, capsys: Out) -> None:
    _, out, _ = call(capsys, "envs", "--json")
    assert json.loads(out)["environments"][0]["id"] == "server"
    assert "server" in call(capsys, "envs", "--refresh")[1]
    assert call(capsys, "models")[1].startswith("No models yet")
    code, _, err = call(capsys, "deploy", "nothing")
    assert code == 1
    assert "nothing" in err


@pytest.mark.proves("cli.token")
def test_a_token_made_beside_the_server_opens_it_at_once(
    lab: Lab, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, out, _ = call(capsys, "token", "create", "reader", "--scope", "read")
    monkeypatch.setenv("CRISPDM_TOKEN", out.strip())
    assert call(capsys, "jobs")[0] == 0
    code, _, err = call(capsys, "run", "--", "true")
    assert code == 1
    assert "role" in err
    call(capsys, "token", "revoke", "reader")
    code, _, err = call(capsys, "jobs")
    assert code == 1
    assert "does not accept the token" in err


def test_a_wrong_token_is_told_from_no_server(lab: Lab) -> None:
    running = lab.running()
    assert running is not None
    with pytest.raises(NotSignedIn), connect(running.url, "wrong") as client:
        client.jobs.list()


@pytest.mark.proves("cli.find-server", "cli.doctor")
def test_doctor_finds_the_server(lab: Lab, capsys: Out) -> None:
    code, out, _ = call(capsys, "doctor", "--json")
    found = {check["part"]: check for check in json.loads(out)["checks"]}
    assert code == 0, found
    assert str(lab.pid) in found["server"]["reason"]


@pytest.mark.proves("client.jobs-submit")
def test_ctrl_c_leaves_a_followed_job_running(lab: Lab, capsys: Out) -> None:
    command = [sys.executable, "-m", "jupyter_crispdm", "run", "--name", "stays", "-f", "--"]
    code = "import time\nprint('begun', flush=True)\ntime.sleep(600)"
    environ = {**os.environ, **lab.environ}
    with subprocess.Popen(
        [*command, *python(code)],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_ctrl_c,
    ) as follower:
        assert follower.stdout is not None
        assert follower.stdout.readline() == "begun\n"
        follower.send_signal(signal.SIGINT)
        _, err = follower.communicate(timeout=60)
    assert follower.returncode == 130
    assert "goes on" in err
    assert "Traceback" not in err
    with connect() as client:
        job = next(job for job in client.jobs.list() if job.name == "stays")
        assert job.state is JobState.running
        client.jobs.stop(job.id)


@pytest.mark.proves("cli.logs", "client.jobs-follow")
def test_a_followed_log_is_whole_after_the_server_was_killed(lab: Lab, capsys: Out) -> None:
    """The server dies by SIGKILL and comes back elsewhere with another token; no line is lost or doubled."""
    code = "import time\nfor i in range(400):\n    print('line', i, flush=True)\n    time.sleep(0.05)"
    id = submit(capsys, *python(code))
    read: list[str] = []

    def follow() -> None:
        with connect() as client:
            read.extend(client.jobs.follow(id))

    follower = threading.Thread(target=follow)
    follower.start()
    eventually_sync(lambda: len(read) > 3)
    lab.end(signal.SIGKILL)
    lab.start()
    follower.join(120)
    assert "".join(read) == "".join(f"line {i}\n" for i in range(400))
    with connect() as client:
        assert client.jobs.get(id).exit_code == 0


@pytest.mark.proves("cli.run-follow")
def test_what_waits_is_told_while_it_is_followed(lab: Lab, capsys: Out) -> None:
    first = submit(capsys, *python("import sys; sys.stdin.read()"))
    with connect() as client:
        runs(client, first)
    command = [
        sys.executable,
        "-m",
        "jupyter_crispdm",
        "run",
        "-f",
        "--after",
        first,
        "--",
        *python("print('at last')"),
    ]
    environ = {**os.environ, **lab.environ}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=lab.root, env=environ, stdout=pipe, stderr=pipe, text=True) as follower:
        assert follower.stderr is not None
        id = follower.stderr.readline().strip()
        assert follower.stderr.readline() == f"[crispdm] queued: waits for job {first}\n"
        assert call(capsys, "send", "--eof", first)[0] == 0
        out, err = follower.communicate(timeout=60)
    assert (follower.returncode, out) == (0, "at last\n")
    assert err.splitlines()[-1].startswith("[crispdm] started after "), err
    with connect() as client:
        assert client.jobs.get(id).name == "print('at last')"


@pytest.mark.proves("cli.run-follow", "cli.signals")
@pytest.mark.parametrize("name", ["BUS", "PIPE", "USR1", "KILL"])
def test_a_job_ended_by_a_signal_is_the_code_of_a_shell(name: str, lab: Lab, capsys: Out) -> None:
    number = signal.Signals[f"SIG{name}"]
    code = f"import os, signal; signal.signal({int(number)}, signal.SIG_DFL) if {int(number)} != 9 else 0"
    ended, _, _ = call(capsys, "run", "-f", "--", *python(f"{code}; os.kill(os.getpid(), {int(number)})"))
    assert ended == 128 + number


@pytest.mark.proves("cli.run-file")
def test_a_notebook_and_a_script_are_run_by_their_names(lab: Lab, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    (lab.root / "books").mkdir(exist_ok=True)
    cell: dict[str, Any] = {
        "cell_type": "code",
        "source": "print('in', rate)",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    (lab.root / "books/x.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}))
    (lab.root / "books/a.py").write_text("import sys; print(sys.argv[1:])")
    monkeypatch.chdir(lab.root / "books")
    code, out, err = call(capsys, "run", "-f", "x.ipynb", "--param", "rate=831877e8")
    assert (code, "in 831877e8\n" in out) == (0, True), err
    assert call(capsys, "run", "-f", "a.py", "--", "--rate", "3")[:2] == (0, "['--rate', '3']\n")
    code, _, err = call(capsys, "run", "y.ipynb")
    assert (code, err) == (2, "jupyter crispdm: There is no notebook 'y.ipynb' here.\n")
    assert call(capsys, "run", "--", "python", "a.py")[0] == 0
    _, listed, _ = call(capsys, "jobs", "--json")
    assert [job["name"] for job in json.loads(listed)["jobs"][:3]] == ["a.py", "a.py", "x.ipynb"]


@pytest.mark.proves("environments.chosen", "cli.run-env")
def test_an_environment_is_meant_by_its_folder_and_a_mistake_is_told_first(lab: Lab, capsys: Out) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(lab.root / "vision/.venv")], check=True)
    with connect() as client:
        before = len(client.jobs.list())
        code, _, err = call(capsys, "run", "--env", "visoin", "--", "true")
        assert (code, "vision" in err, err.count("\n")) == (1, True, 1)
        assert len(client.jobs.list()) == before
    code, out, err = call(
        capsys, "run", "-f", "--env", str(lab.root / "vision/.venv"), "--", *python("import sys; print(sys.prefix)")
    )
    assert (code, out) == (0, f"{lab.root}/vision/.venv\n"), err
