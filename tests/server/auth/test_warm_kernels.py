"""Kernels that wait for a visitor: ready, told once, hidden, replaced, and nobody's twice."""

from __future__ import annotations

import asyncio
import html
import json
import logging
import os
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest
from traitlets.config import Config

from jupyter_crispdm.auth.jupyter.kernels import warm as module
from jupyter_crispdm.auth.jupyter.kernels.life import CrispdmKernel
from jupyter_crispdm.auth.jupyter.kernels.manager import CrispdmKernelManager
from jupyter_crispdm.auth.manager import UserManager
from tests.server.auth.test_kernel_user import says
from tests.server.auth.test_kernels import start
from tests.server.auth.visitors import Browser, OpenAs, OpenBrowser
from tests.support import eventually, soon, words_of

SAYS = """
import json, os, sys
from jupyter_crispdm import connect
me = connect().me()
told = {name: os.environ.get(name) for name in ("CRISPDM_USER", "QUERY_STRING", "SCRIPT_NAME", "LEFTOVER")}
facts = json.dumps({
    **told, "me": [me.name, me.role.value], "cwd": os.getcwd(), "ready": "jupyter_crispdm.widgets" in sys.modules,
    "names": sorted(name for name in globals() if name in ("name", "told_", "dropped", "folder", "MARK")),
    "history": [code for code in In if "CRISPDM" in code and "FACTS" not in code], "pid": os.getpid(),
})
print(f"FACTS {facts} END")  # in one piece: a page shows each write to an output by itself
MARK = 1
os.environ["LEFTOVER"] = "of the visitor before"
"""


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    jp_server_config.CrispdmKernelManager.warm_kernels = 1
    return jp_server_config


@pytest.fixture
def manager(crispdm: Any, jp_serverapp: Any) -> Any:
    return jp_serverapp.kernel_manager


@pytest.fixture(autouse=True)
def board(root: Path) -> None:
    cell: dict[str, Any] = {
        "cell_type": "code", "source": SAYS, "metadata": {}, "outputs": [], "execution_count": None}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (root / "dashboards/says.ipynb").write_text(json.dumps(notebook))


async def ready(manager: CrispdmKernelManager) -> str:
    """The kernel that waits."""
    await eventually(lambda: manager.warm.ready)
    return manager.warm.ready[0]


async def visit(browser: Browser, query: str = "") -> dict[str, Any]:
    """What the dashboard says of its kernel."""
    answer = await browser.fetch(f"voila/render/dashboards/says.ipynb{query}")
    assert answer.code == 200
    text = answer.body.decode()
    assert "FACTS" in text, text
    facts: dict[str, Any] = json.loads(html.unescape(text.split("FACTS ")[1].split(" END")[0]))
    return facts


async def nothing() -> None:
    """Nobody has seen yet that it is dead."""


def pid_of(manager: CrispdmKernelManager, kernel_id: str) -> int:
    provisioner: Any = manager.get_kernel(kernel_id).provisioner
    return int(provisioner.pid)


@pytest.mark.proves("warm.told")
async def test_a_dashboard_takes_a_kernel_that_is_ready_and_knows_its_visitor(
    as_user: OpenAs, manager: CrispdmKernelManager, root: Path, jp_base_url: str
) -> None:
    waiting = await ready(manager)
    pid = pid_of(manager, waiting)
    facts = await visit(await as_user("viewer"), "?page=train")
    assert facts["pid"] == pid
    assert (facts["me"], facts["CRISPDM_USER"]) == (["viewer", "viewer"], "viewer")
    assert facts["QUERY_STRING"] == "page=train"
    assert facts["SCRIPT_NAME"] == f"{jp_base_url}voila/render/dashboards/says.ipynb"
    assert Path(facts["cwd"]) == root / "dashboards"
    assert facts["ready"], "imported before the visit"
    assert (facts["names"], facts["history"]) == ([], []), "nothing of ours is left in it"
    assert manager.owner_of(waiting) == "viewer"


@pytest.mark.proves("warm.once")
async def test_no_kernel_is_used_for_a_second_visitor(as_user: OpenAs, manager: CrispdmKernelManager) -> None:
    viewer, analyst = await as_user("viewer"), await as_user("analyst")
    first = await ready(manager)
    one = await visit(viewer)
    second = await ready(manager)
    other = await visit(analyst)
    assert first != second
    assert one["pid"] != other["pid"]
    assert (other["me"][0], other["LEFTOVER"], other["names"]) == ("analyst", None, [])
    assert {manager.owner_of(first), manager.owner_of(second)} == {"viewer", "analyst"}


@pytest.mark.proves("warm.once")
async def test_many_at_once_get_a_kernel_each(as_user: OpenAs, manager: CrispdmKernelManager) -> None:
    viewer = await as_user("viewer")
    await ready(manager)
    facts = await asyncio.gather(*(visit(viewer) for _ in range(3)))
    assert len({one["pid"] for one in facts}) == 3


@pytest.mark.proves("warm.hidden")
async def test_one_that_waits_has_no_token_no_owner_and_is_in_no_list(
    as_user: OpenAs, manager: CrispdmKernelManager
) -> None:
    waiting = await ready(manager)
    analyst, viewer = await as_user("analyst"), await as_user("viewer")
    environ = psutil.Process(pid_of(manager, waiting)).environ()
    assert not {name for name in environ if name.startswith(("CRISPDM_U", "CRISPDM_TOKEN"))}
    assert manager.owner_of(waiting) is None
    assert json.loads((await analyst.fetch("api/kernels")).body) == []
    assert (await viewer.fetch(f"api/kernels/{waiting}")).code == 403


@pytest.mark.proves("warm.told")
async def test_its_token_is_written_nowhere_and_ends_with_the_kernel(
    as_user: OpenAs, manager: CrispdmKernelManager, people: UserManager, browser: OpenBrowser, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    waiting = await ready(manager)
    await visit(await as_user("viewer"))
    token = manager.get_kernel(waiting)._launch_args["env"]["CRISPDM_TOKEN"]  # type: ignore[index]
    assert token not in caplog.text
    assert token not in psutil.Process(pid_of(manager, waiting)).environ().values()
    program = await people.program(token)
    assert program is not None
    assert (program.person, program.role.value) == ("viewer", "viewer")
    await manager.shutdown_kernel(waiting, now=True)  # type: ignore[no-untyped-call]
    assert await people.program(token) is None


@pytest.mark.proves("warm.told")
async def test_after_a_restart_it_is_its_visitors_still(as_user: OpenAs, manager: CrispdmKernelManager) -> None:
    waiting = await ready(manager)
    facts = await visit(await as_user("analyst"))
    await manager.restart_kernel(waiting)  # type: ignore[no-untyped-call]
    analyst = await as_user("analyst")
    code = "import os; print(os.environ['CRISPDM_USER'], os.getcwd(), os.environ['SCRIPT_NAME'][-10:])"
    assert await says(analyst, waiting, code) == f"analyst {facts['cwd']} says.ipynb\n"


@pytest.mark.proves("warm.replaced")
async def test_a_killed_one_is_replaced(as_user: OpenAs, manager: CrispdmKernelManager) -> None:
    waiting = await ready(manager)
    os.kill(pid_of(manager, waiting), signal.SIGKILL)
    await eventually(lambda: manager.warm.ready and manager.warm.ready != [waiting])
    await eventually(lambda: waiting not in manager)
    assert (await visit(await as_user("viewer")))["me"][0] == "viewer"


@pytest.mark.proves("warm.replaced")
async def test_a_visitor_who_is_handed_a_dead_one_gets_another(
    as_user: OpenAs, manager: CrispdmKernelManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TELL_SECONDS", 1.0)
    viewer = await as_user("viewer")
    waiting = await ready(manager)
    pid = pid_of(manager, waiting)
    monkeypatch.setattr(manager.warm, "_bury", nothing)
    os.kill(pid, signal.SIGKILL)
    facts = await visit(viewer)
    assert facts["me"] == ["viewer", "viewer"]
    assert facts["pid"] != pid
    await eventually(lambda: waiting not in manager)
    assert manager.owner_of(waiting) is None


@pytest.mark.proves("warm.counted", "settings.warm-kernels")
async def test_it_counts_as_a_kernel_and_gives_way(as_user: OpenAs, manager: CrispdmKernelManager) -> None:
    waiting = await ready(manager)
    manager.max_kernels = 1
    analyst = await as_user("analyst")
    mine = await start(analyst)
    await eventually(lambda: waiting not in manager)
    await manager.warm.fill()
    assert manager.list_kernel_ids() == [mine], "there is no place for another"
    manager.max_kernels = 2
    await manager.warm.fill()
    assert len(manager.list_kernel_ids()) == 2


@pytest.mark.proves("warm.counted")
async def test_none_is_kept_where_memory_is_short(
    manager: CrispdmKernelManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = await ready(manager)
    free = [2 << 30]
    monkeypatch.setattr(manager.warm, "_free", lambda: free[0])
    free[0] = 600 << 20
    await manager.warm.fill()
    assert manager.warm.ready == [waiting], "it stays, and no other is started"
    free[0] = 100 << 20
    await manager.warm.fill()
    assert manager.warm.ready == []
    await eventually(lambda: waiting not in manager)


@pytest.mark.proves("settings.warm-kernels")
async def test_the_setting_says_how_many(as_user: OpenAs, manager: CrispdmKernelManager) -> None:
    await ready(manager)
    manager.warm_kernels = 2
    await manager.warm.fill()
    assert len(manager.warm.ready) == 2
    manager.warm_kernels = 0
    await manager.warm.fill()
    assert manager.warm.ready == []
    assert (await visit(await as_user("viewer")))["me"][0] == "viewer"


async def test_a_notebook_of_lab_never_gets_one(as_user: OpenAs, manager: CrispdmKernelManager) -> None:
    waiting = await ready(manager)
    assert await start(await as_user("analyst")) != waiting
    assert manager.warm.ready == [waiting]


def kernels_here() -> set[psutil.Process]:
    """The kernels that run below this process. One that has ended and is not asked for has no command line."""
    return {one for one in psutil.Process().children() if "ipykernel_launcher" in words_of(one)}


async def test_a_server_that_ends_while_one_starts_ends_that_one_too_and_all_others(
    manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was broken off in the middle, and what ends all kernels stumbled over it: no other was ended."""
    begun, go_on = asyncio.Event(), asyncio.Event()
    real = CrispdmKernel._async_pre_start_kernel

    async def held(self: CrispdmKernel, **options: Any) -> Any:
        begun.set()
        await go_on.wait()
        return await real(self, **options)

    others = kernels_here()
    other = await manager.start_kernel()
    await ready(manager)
    monkeypatch.setattr(CrispdmKernel, "_async_pre_start_kernel", held)
    manager.warm.give_way()
    await soon(begun.wait())
    await soon(manager.warm.close())
    ending = asyncio.ensure_future(manager.shutdown_all())
    await asyncio.sleep(0)
    go_on.set()
    await soon(ending)
    assert other not in manager
    assert manager.list_kernel_ids() == []
    await eventually(lambda: kernels_here() <= others)
