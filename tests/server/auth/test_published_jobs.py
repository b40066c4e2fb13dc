"""What viewers may run: published scripts with values of their own, and nothing else, by whatever way they ask."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.auth.types import NewToken, Scope
from tests.server.auth.visitors import Browser, OpenAs, OpenBrowser
from tests.support import eventually

_API = "crispdm/api/"
_PRINTS = "import json, os\nprint(json.loads(os.environ.get('CRISPDM_PARAMETERS', '{}')).get('word', 'no word'))\n"
_WAITS = "import time\ntime.sleep(600)\n"


@pytest.fixture
def jp_server_config(jp_server_config: Any) -> Any:
    jp_server_config.CrispdmApp.published_scripts = ["published/*.py", "people/**/*.py", "box/*.py"]
    jp_server_config.CrispdmApp.shared_folders = {"data": "read", "box": "write"}
    return jp_server_config


@pytest.fixture
def scripts(root: Path) -> Path:
    folder = root / "published"
    folder.mkdir()
    (folder / "say.py").write_text(_PRINTS)
    (folder / "wait.py").write_text(_WAITS)
    (root / "secret.py").write_text(_PRINTS)
    (folder / "deeper").mkdir()
    (folder / "deeper" / "say.py").write_text(_PRINTS)
    return folder


@pytest.fixture
def viewer(crispdm: Any, as_user: OpenAs, scripts: Path, jp_asyncio_loop: Any) -> Browser:
    opened: Browser = jp_asyncio_loop.run_until_complete(as_user("viewer"))
    return opened


async def post(browser: Browser, path: str, body: object) -> tuple[int, Any]:
    answer = await browser.fetch(f"{_API}{path}", "POST", body)
    return answer.code, json.loads(answer.body)


async def is_over(browser: Browser, id: str) -> bool:
    return json.loads((await browser.fetch(f"{_API}jobs/{id}")).body)["state"] in ("succeeded", "failed", "stopped")


@pytest.mark.proves("desk.published-jobs")
async def test_a_viewer_runs_a_published_script_with_a_value(viewer: Browser) -> None:
    wanted = {"script": "published/say.py", "parameters": {"word": "hello"}, "name": "my training"}
    code, job = await post(viewer, "jobs", wanted)
    assert code == 201
    assert (job["owner"], job["name"], job["tags"], job["command"]) == ("viewer", "my training", ["shared"], [])
    await eventually(lambda: is_over(viewer, job["id"]))
    assert (await viewer.fetch(f"{_API}jobs/{job['id']}/log")).body == b"hello\n"


@pytest.mark.proves("desk.published-jobs")
@pytest.mark.parametrize(
    "path",
    [
        "secret.py", "published/../secret.py", "published//say.py", "./published/say.py", "published/deeper/say.py",
        "published/say.PY", "/published/say.py", "published\\say.py", "published/say.py\n", "",
    ],
)
async def test_nothing_else_is_run(viewer: Browser, path: str) -> None:
    code, error = await post(viewer, "jobs", {"script": path})
    assert (code, error["details"]) == (403, {"field": "script"})


@pytest.mark.proves("desk.published-jobs")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("args", ["--evil"]), ("env", {"PYTHONPATH": "/tmp"}), ("cwd", "people"), ("tags", ["x"]), ("retries", 5),
        ("command", ["sh"]), ("cells", ["1"]), ("from_cell", 1), ("after", ["x"]), ("gpus", 1), ("cpus", 64),
        ("memory", 2**40), ("timeout", 1e9), ("retry_delay", 3.0),
    ],
)
async def test_no_other_field_may_be_set(viewer: Browser, field: str, value: object) -> None:
    code, error = await post(viewer, "jobs", {"script": "published/say.py", field: value})
    assert (code, error["details"]) == (403, {"field": field})
    assert error["message"] == f"'{field}' is for analysts and admins."


@pytest.mark.proves("desk.published-jobs")
async def test_a_viewer_stops_their_own_jobs_only(viewer: Browser, as_user: OpenAs) -> None:
    analyst = await as_user("analyst")
    _, own = await post(viewer, "jobs", {"script": "published/wait.py"})
    _, shown = await post(analyst, "jobs", {"script": "published/wait.py", "tags": ["shared"]})
    _, hidden = await post(analyst, "jobs", {"script": "published/wait.py"})
    assert [(await post(viewer, f"jobs/{job['id']}/stop", {}))[0] for job in (shown, hidden, own)] == [403, 404, 202]
    assert (await post(viewer, "jobs/stop", {"all": True}))[0] == 403
    assert (await post(viewer, f"jobs/{own['id']}/input", {"text": "x"}))[0] == 403
    assert (await viewer.fetch(f"{_API}jobs/{own['id']}", "DELETE")).code == 403
    await eventually(lambda: is_over(viewer, own["id"]))
    assert not await is_over(analyst, shown["id"])
    for job in (shown, hidden):
        assert (await post(analyst, f"jobs/{job['id']}/stop", {}))[0] == 202


@pytest.mark.proves("desk.published-jobs")
async def test_a_viewer_has_few_jobs_at_a_time_however_many_they_ask_for_at_once(viewer: Browser) -> None:
    asked = await asyncio.gather(*(post(viewer, "jobs", {"script": "published/wait.py"}) for _ in range(8)))
    assert sorted(code for code, _ in asked) == [201] * 3 + [429] * 5
    refused = next(error for code, error in asked if code == 429)
    assert "3 jobs that are not over" in refused["message"]
    for code, job in asked:
        if code == 201:
            assert (await post(viewer, f"jobs/{job['id']}/stop", {}))[0] == 202


@pytest.mark.proves("desk.published-jobs")
async def test_an_id_that_is_taken_tells_a_viewer_nothing_of_the_job(viewer: Browser, as_user: OpenAs) -> None:
    analyst = await as_user("analyst")
    private = {"script": "secret.py", "id": "private"}
    assert (await post(analyst, "jobs", private))[0] == 201
    code, error = await post(viewer, "jobs", {"script": "published/say.py", "id": "private"})
    assert code == 409
    assert "secret" not in json.dumps(error)
    first = await post(viewer, "jobs", {"script": "published/say.py", "id": "mine"})
    again = await post(viewer, "jobs", {"script": "published/say.py", "id": "mine"})
    assert ([first[0], again[0]], first[1]["id"]) == ([201, 200], again[1]["id"])


@pytest.mark.proves("desk.published-jobs")
async def test_what_a_viewer_may_write_is_not_run(viewer: Browser, scripts: Path) -> None:
    home = scripts.parent / "people" / "viewer"
    home.mkdir(parents=True)
    (home / "own.py").write_text(_PRINTS)
    (scripts / "linked.py").symlink_to(home / "own.py")
    (scripts.parent / "box").mkdir()
    (scripts.parent / "box" / "own.py").write_text(_PRINTS)
    for path in ("published/linked.py", "people/viewer/own.py", "box/own.py"):
        assert (await post(viewer, "jobs", {"script": path}))[0] == 403, path


@pytest.mark.proves("desk.reading-tokens")
async def test_a_token_that_reads_starts_and_stops_nothing(
    crispdm: Any, people: Any, browser: OpenBrowser, as_user: OpenAs, scripts: Path
) -> None:
    viewer = await as_user("viewer")
    _, job = await post(viewer, "jobs", {"script": "published/wait.py"})
    issued = await people.create_token(NewToken(name="reader", scope=Scope.READ, owner="viewer"))
    program, headers = browser(), {"Authorization": f"token {issued.token}"}
    assert (await program.fetch(f"{_API}jobs/{job['id']}", headers=headers)).code == 200
    for path, body in (("jobs", {"script": "published/say.py"}), (f"jobs/{job['id']}/stop", {})):
        answer = await program.fetch(f"{_API}{path}", "POST", body, headers=headers)
        assert answer.code == 403, path
    assert (await post(viewer, f"jobs/{job['id']}/stop", {}))[0] == 202


_TRAINS = "import crispdm\nfor step in range(9): crispdm.log({'loss': 1 / (step + 1)}, step=step)\n"


@pytest.mark.proves("diagnosis.verdict", "diagnosis.alerts")
async def test_a_viewer_is_told_what_the_curves_of_a_shown_job_say_and_changes_no_rules(
    viewer: Browser, as_user: OpenAs, scripts: Path
) -> None:
    (scripts / "train.py").write_text(_TRAINS)
    _, shown = await post(viewer, "jobs", {"script": "published/train.py"})
    admin = await as_user("admin")
    _, hidden = await post(admin, "jobs", {"script": "published/train.py"})
    await eventually(lambda: is_over(viewer, shown["id"]))
    said = json.loads((await viewer.fetch(f"{_API}jobs/{shown['id']}/diagnosis")).body)
    assert said["findings"][0]["train"] == "loss"
    for path in ("diagnosis", "alerts"):
        assert (await viewer.fetch(f"{_API}jobs/{hidden['id']}/{path}")).code == 404
    rules = {"alerts": [{"when": "nan", "then": "stop"}]}
    assert (await viewer.fetch(f"{_API}jobs/{shown['id']}/alerts", "PUT", rules)).code == 403
    code, error = await post(viewer, "jobs", {"script": "published/train.py", **rules})
    assert (code, error["details"]["field"]) == (403, "alerts")
    code, _ = await post(viewer, f"jobs/{hidden['id']}/stop", {"keep": "best"})
    assert code == 404
