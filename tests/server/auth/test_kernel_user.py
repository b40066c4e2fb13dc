"""A kernel knows its user: what it is told, what its token opens, and when that ends."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_crispdm.auth.jupyter.kernels.frames import PROTOCOL_V1
from jupyter_crispdm.auth.jupyter.kernels.manager import CrispdmKernelManager
from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.types import NewToken, Scope, UserChange, UserRole
from tests.server.auth.test_kernels import start, talk
from tests.server.auth.visitors import SERVER_TOKEN, Browser, OpenAs, OpenBrowser
from tests.support import eventually, files_below, is_over, words_of

ME = "crispdm/api/users/me"
CONNECT = "from jupyter_crispdm import connect; me = connect().me(); print(f'{me.name} {me.role.value}')"


@pytest.fixture
def manager(crispdm: Any, jp_serverapp: Any) -> Any:
    return jp_serverapp.kernel_manager


def environ(manager: CrispdmKernelManager, kernel_id: str) -> dict[str, str]:
    """What the kernel's process was given."""
    provisioner = manager.get_kernel(kernel_id).provisioner
    assert provisioner is not None
    return psutil.Process(provisioner.pid).environ()  # type: ignore[attr-defined]


def holds(directory: Path, text: str) -> bool:
    """Whether any file below the directory holds the text."""
    return any(text.encode() in content_of(file) for file in files_below(directory) if file.is_file())


def content_of(file: Path) -> bytes:
    """The bytes of a file; none of one that whoever wrote it has taken away meanwhile."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


async def says(browser: Browser, kernel_id: str, code: str) -> str:
    """What the code prints in a kernel."""
    conversation = await talk(browser, kernel_id, PROTOCOL_V1)
    options = {"silent": False, "user_expressions": {}, "allow_stdin": False, "store_history": False}
    asked = await conversation.send("execute_request", {"code": code, **options})
    text = await conversation.printed(asked)
    conversation.close()
    return text


async def shows(browser: Browser, token: str, path: str = ME, method: str = "GET", body: Any = None) -> tuple[int, Any]:
    """What whoever shows the token is answered."""
    answer = await browser.fetch(path, method, body, {"Authorization": f"token {token}"})
    return answer.code, json.loads(answer.body or b"null")


@pytest.mark.proves("kernels.know-their-user", "client.me")
async def test_a_notebook_connects_as_its_user_without_a_word(
    as_user: OpenAs, manager: CrispdmKernelManager, jp_base_url: str, jp_http_port: int
) -> None:
    analyst = await as_user("analyst")
    kernel_id = await start(analyst)
    told = environ(manager, kernel_id)
    assert told["CRISPDM_URL"] == f"http://127.0.0.1:{jp_http_port}{jp_base_url}"
    assert told["CRISPDM_USER"] == "analyst"
    assert await says(analyst, kernel_id, CONNECT) == "analyst analyst\n"


@pytest.mark.proves("kernels.know-their-user")
async def test_a_dashboard_connects_as_its_visitor_with_a_viewers_rights(
    as_user: OpenAs, manager: CrispdmKernelManager, root: Path, browser: OpenBrowser
) -> None:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "source": CONNECT,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (root / "dashboards/me.ipynb").write_text(json.dumps(notebook))
    viewer = await as_user("viewer")
    page = await viewer.fetch("voila/render/dashboards/me.ipynb")
    assert b"viewer viewer" in page.body
    (kernel_id,) = manager.list_kernel_ids()
    token = environ(manager, kernel_id)["CRISPDM_TOKEN"]
    assert (await shows(browser(), token, "crispdm/api/jobs", "POST", {"command": ["true"]}))[0] == 403
    assert token.encode() not in page.body


@pytest.mark.proves("kernels.know-their-user")
async def test_nobody_else_on_the_machine_sees_the_token(as_user: OpenAs, manager: CrispdmKernelManager) -> None:
    kernel_id = await start(await as_user("analyst"))
    token = environ(manager, kernel_id)["CRISPDM_TOKEN"]
    process = psutil.Process(manager.get_kernel(kernel_id).provisioner.pid)  # type: ignore[union-attr]
    assert os.stat(f"/proc/{process.pid}/environ").st_mode & 0o077 == 0
    assert token not in " ".join(words_of(process))
    assert not any(token in " ".join(words_of(child)) for child in process.children(recursive=True))


@pytest.mark.proves("kernels.know-their-user", "kernels.token-in-memory")
async def test_the_token_is_in_no_list_and_in_no_file_but_in_the_audit_log(
    as_user: OpenAs, manager: CrispdmKernelManager, people: UserManager, data_dir: Path
) -> None:
    kernel_id = await start(await as_user("analyst"))
    token = environ(manager, kernel_id)["CRISPDM_TOKEN"]
    assert await people.tokens() == []
    entry = next(entry for entry in await people.audit() if entry.event == "kernel token")
    assert (entry.user, kernel_id in entry.detail, token in entry.detail) == ("analyst", True, False)
    assert not holds(data_dir, token)


@pytest.mark.proves("kernels.know-their-user", "kernels.token-role")
async def test_the_token_opens_no_more_than_its_owner_may_at_that_moment(
    as_user: OpenAs, manager: CrispdmKernelManager, people: UserManager, browser: OpenBrowser
) -> None:
    token = environ(manager, await start(await as_user("analyst")))["CRISPDM_TOKEN"]
    job = ("crispdm/api/jobs", "POST", {"command": ["true"]})
    code, made = await shows(browser(), token, *job)
    assert (code, made["owner"], made["via"]) == (201, "analyst", "a kernel")
    await people.change("analyst", UserChange(role=UserRole.VIEWER))
    assert (await shows(browser(), token, *job))[0] == 403
    assert (await shows(browser(), token))[1]["role"] == "viewer"
    await people.change("analyst", UserChange(role=UserRole.ADMIN))
    assert (await shows(browser(), token, "crispdm/api/users"))[0] == 403
    await people.remove("analyst")
    assert (await shows(browser(), token))[0] == 403


@pytest.mark.proves("kernels.token-role")
async def test_a_changed_password_ends_it_at_once(
    as_user: OpenAs, manager: CrispdmKernelManager, people: UserManager, browser: OpenBrowser
) -> None:
    kernel_id = await start(await as_user("analyst"))
    token = environ(manager, kernel_id)["CRISPDM_TOKEN"]
    assert (await shows(browser(), token))[0] == 200
    await people.change("analyst", UserChange(password="another horse"))
    assert (await shows(browser(), token))[0] == 403
    assert kernel_id in manager, "the work goes on"


@pytest.mark.proves("kernels.token-role")
async def test_the_kernel_of_an_admin_opens_what_an_analyst_may(
    as_user: OpenAs, manager: CrispdmKernelManager, browser: OpenBrowser
) -> None:
    """Analysts' code runs under the same account, and could read its environment."""
    token = environ(manager, await start(await as_user("admin")))["CRISPDM_TOKEN"]
    assert (await shows(browser(), token))[1] == {"name": "admin", "display_name": "admin", "role": "admin"}
    assert (await shows(browser(), token, "crispdm/api/users"))[0] == 403
    assert (await shows(browser(), token, "crispdm/api/jobs"))[0] == 200


@pytest.mark.proves("kernels.know-their-user", "kernels.token-ends")
async def test_the_token_ends_with_the_kernel(
    as_user: OpenAs, manager: CrispdmKernelManager, browser: OpenBrowser
) -> None:
    analyst = await as_user("analyst")
    kernel_id = await start(analyst)
    token = environ(manager, kernel_id)["CRISPDM_TOKEN"]
    assert (await analyst.fetch(f"api/kernels/{kernel_id}/restart", "POST", {})).code == 200
    assert (await shows(browser(), token))[0] == 403
    second = environ(manager, kernel_id)["CRISPDM_TOKEN"]
    assert (await shows(browser(), second))[1]["name"] == "analyst"
    assert (await analyst.fetch(f"api/kernels/{kernel_id}", "DELETE")).code == 204
    assert (await shows(browser(), second))[0] == 403


@pytest.mark.proves("kernels.token-ends")
async def test_a_killed_kernel_comes_back_with_another_token(
    as_user: OpenAs, manager: CrispdmKernelManager, browser: OpenBrowser
) -> None:
    kernel_id = await start(await as_user("analyst"))
    kernel = manager.get_kernel(kernel_id)
    pid, token = kernel.provisioner.pid, environ(manager, kernel_id)["CRISPDM_TOKEN"]  # type: ignore[union-attr]
    process = psutil.Process(pid)
    os.kill(pid, signal.SIGKILL)
    await eventually(lambda: is_over(process))
    assert (await shows(browser(), token))[0] == 403, "before anybody has looked after the kernel"
    await eventually(lambda: kernel.provisioner.pid not in (None, pid))  # type: ignore[union-attr]
    second = environ(manager, kernel_id)["CRISPDM_TOKEN"]
    assert second != token
    assert (await shows(browser(), second))[0] == 200


@pytest.mark.proves("kernels.token-role")
async def test_the_kernel_of_a_program_opens_no_more_than_its_token_and_ends_with_it(
    as_user: OpenAs, manager: CrispdmKernelManager, people: UserManager, browser: OpenBrowser
) -> None:
    await as_user("analyst")
    issued = await people.create_token(NewToken(name="nightly", scope=Scope.WRITE, owner="analyst"))
    code, started = await shows(browser(), issued.token, "api/kernels", "POST", {"name": "python3"})
    assert code == 201
    token = environ(manager, started["id"])["CRISPDM_TOKEN"]
    assert (await shows(browser(), token))[1]["name"] == "analyst"
    await people.revoke_token("nightly")
    await people.create_token(NewToken(name="nightly", scope=Scope.WRITE, owner="analyst"))
    assert (await shows(browser(), token))[0] == 403


async def test_the_operators_token_starts_kernels_of_the_account(
    manager: CrispdmKernelManager, browser: OpenBrowser
) -> None:
    _, started = await shows(browser(), SERVER_TOKEN, "api/kernels", "POST", {"name": "python3"})
    token = environ(manager, started["id"])["CRISPDM_TOKEN"]
    assert (await shows(browser(), token, "crispdm/api/users"))[0] == 403
    assert (await shows(browser(), token))[1]["role"] == "admin"


@pytest.mark.proves("kernels.know-their-user")
async def test_a_kernel_without_an_owner_is_told_nothing(
    manager: CrispdmKernelManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CRISPDM_URL", "CRISPDM_TOKEN", "CRISPDM_USER"):
        monkeypatch.setenv(name, "of the server's own start")
    kernel_id = await manager.start_kernel(kernel_name="python3")
    assert not {name for name in environ(manager, kernel_id) if name.startswith(("CRISPDM_U", "CRISPDM_TOKEN"))}


@pytest.mark.proves("kernels.know-their-user")
async def test_kernels_of_other_environments_are_told_as_well(
    as_user: OpenAs, manager: CrispdmKernelManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever program a kernelspec names, also one that knows nothing of us."""
    spec = tmp_path / "share/kernels/foreign"
    spec.mkdir(parents=True)
    argv = [sys.executable, "-I", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Foreign", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", f"{tmp_path / 'share'}:{sys.prefix}/share/jupyter")
    assert manager.kernel_spec_manager is not None
    manager.kernel_spec_manager.kernel_dirs.insert(0, str(spec.parent))
    analyst = await as_user("analyst")
    answer = await analyst.fetch("api/kernels", "POST", {"name": "foreign"})
    told = environ(manager, json.loads(answer.body)["id"])
    assert (told["CRISPDM_USER"], "CRISPDM_TOKEN" in told) == ("analyst", True)


@pytest.mark.proves("http.users-me")
async def test_everybody_may_ask_who_they_are(
    crispdm: Any, as_user: OpenAs, people: UserManager, browser: OpenBrowser
) -> None:
    for name in ("viewer", "analyst", "admin"):
        answer = await (await as_user(name)).fetch(ME)
        assert json.loads(answer.body) == {"name": name, "display_name": name, "role": name}
    for scope, role in ((Scope.PREDICT, "predict"), (Scope.READ, "viewer")):
        issued = await people.create_token(NewToken(name=scope.value, scope=scope, owner="admin"))
        expected = {"name": "admin", "display_name": "admin", "role": role}
        assert await shows(browser(), issued.token) == (200, expected)
    assert (await browser().fetch(ME)).code == 403


async def test_nobody_is_called_me(crispdm: Any, as_user: OpenAs) -> None:
    answer = await (await as_user("admin")).fetch("crispdm/api/users", "POST", {"name": "me", "password": "a long one"})
    assert (answer.code, json.loads(answer.body)["details"]) == (400, {"field": "name"})
