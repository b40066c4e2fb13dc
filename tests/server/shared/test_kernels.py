"""Values that real kernels, dashboards and jobs share, by a real server."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_crispdm.shared import ServerState
from tests.server.auth.visitors import Browser, OpenAs
from tests.server.shared.conftest import Kernel, apart
from tests.support import eventually

_SLIDER = """
import threading
from ipywidgets import IntSlider
slider = IntSlider(max=1000)
link = server_state.link("shift", (slider, "value"))
heard = []
is_main = lambda: threading.current_thread() is threading.main_thread()
server_state.observe(lambda change: heard.append([change.new, is_main()]), "shift")
"""
Start = Callable[[str], Any]


async def runs(browser: Browser, script: str) -> str:
    """What a job of a script prints, until it has succeeded."""
    answer = await browser.fetch("crispdm/api/jobs", "POST", {"script": script})
    id = json.loads(answer.body)["id"]

    async def over() -> bool:
        job = json.loads((await browser.fetch(f"crispdm/api/jobs/{id}")).body)
        assert job["state"] != "failed", (await browser.fetch(f"crispdm/api/jobs/{id}/log")).body.decode()
        return bool(job["state"] == "succeeded")

    await eventually(over, 120)
    return (await browser.fetch(f"crispdm/api/jobs/{id}/log")).body.decode()


@pytest.mark.proves("state.client-link", "state.client-main-loop")
async def test_two_kernels_move_one_slider(kernel: Start) -> None:
    ada: Kernel = await kernel("analyst")
    grace: Kernel = await kernel("admin")
    for one in (ada, grace):
        assert await one.run(_SLIDER) == ""
    await ada.run("slider.value = 42")
    await eventually(lambda: grace.shows("slider.value == 42"))
    await grace.run("for position in range(501): slider.value = position")
    await eventually(lambda: ada.shows("slider.value == 500"))
    await eventually(lambda: ada.shows("heard[-1][0] == 500"))  # it is told after the link
    heard = await ada.shows("heard")
    assert heard[-1] == [500, True], "on the kernel's own loop, where widgets are"
    assert len(heard) < 500, "what could not be seen anyway is left out"
    assert await ada.shows("42 in [value for value, _ in heard]") is False, "nobody is told of their own"


@pytest.mark.proves("state.client-observe", "state.client-main-loop")
async def test_a_dashboard_of_a_viewer_sees_what_an_analyst_changes(
    as_user: OpenAs, here: ServerState, write_notebook: Callable[[str, str], None]
) -> None:
    write_notebook(
        "dashboards/shared.ipynb",
        "from jupyter_crispdm import server_state\n"
        "server_state.observe(lambda change: server_state.set('seen', change.new), 'shown')\n"
        "print(server_state.get('shown', 'nothing yet'))",
    )
    viewer = await as_user("viewer")
    page = await viewer.fetch("voila/render/dashboards/shared.ipynb")
    assert b"nothing yet" in page.body
    await apart(here.set, "shown", "from here")
    await eventually(lambda: apart(here.get, "seen"))
    assert await apart(here.get, "seen") == "from here"
    assert (await apart(here.entry, "seen")).by == "viewer"


@pytest.mark.proves("state.client-jobs", "jobs.know-their-user")
async def test_a_job_shares_values_with_notebooks(
    kernel: Start, as_user: OpenAs, here: ServerState, root: Path
) -> None:
    (root / "job.py").write_text(
        "import threading\n"
        "import numpy as np\n"
        "from jupyter_crispdm import server_state\n"
        "server_state['weights'] = np.arange(6.0).reshape(2, 3)\n"
        "told = threading.Event()\n"
        "server_state.observe(lambda change: told.set(), 'go')\n"
        "server_state['ready'] = True\n"
        "print('told' if told.wait(60) else 'not told')\n"
        "with server_state.lock('count'):\n"
        "    server_state['count'] = server_state.get('count', 0) + 1\n"
    )
    ada: Kernel = await kernel("analyst")
    await ada.run("import threading; server_state.observe(lambda change: server_state.set('go', 1), 'ready')")
    assert await runs(await as_user("analyst"), "job.py") == "told\n"
    assert await ada.shows("[server_state['weights'].tolist(), server_state['count']]") == [
        [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], 1]  # fmt: skip


@pytest.mark.proves("state.client-lock")
async def test_a_kernel_that_is_killed_holds_nobody_up_for_longer_than_its_lease(
    kernel: Start, here: ServerState, jp_serverapp: Any
) -> None:
    ada: Kernel = await kernel("analyst")
    await ada.run("lock = server_state.lock('k', seconds=3); lock.__enter__()")
    process = jp_serverapp.kernel_manager.get_kernel(ada.id).provisioner.process

    def count() -> int:
        with here.lock("k"):
            return here.increment("count")  # type: ignore[no-any-return]

    os.kill(process.pid, signal.SIGKILL)
    assert await apart(count) == 1


@pytest.mark.proves("state.client-lock", "state.client-cas")
async def test_three_jobs_count_by_lock_by_compare_and_set_and_by_increment(
    crispdm: Any, as_user: OpenAs, here: ServerState, root: Path
) -> None:
    (root / "count.py").write_text(
        "from jupyter_crispdm import server_state\n"
        "for _ in range(20):\n"
        "    with server_state.lock('locked'):\n"
        "        server_state['locked'] = server_state.get('locked', 0) + 1\n"
        "    while not server_state.compare_and_set(\n"
        "        'compared', server_state.version('compared'), server_state.get('compared', 0) + 1):\n"
        "        pass\n"
        "    server_state.increment('added')\n"
    )
    analyst = await as_user("analyst")
    ids = []
    for _ in range(3):
        answer = await analyst.fetch("crispdm/api/jobs", "POST", {"script": "count.py"})
        ids.append(json.loads(answer.body)["id"])

    async def over(id: str) -> bool:
        job = json.loads((await analyst.fetch(f"crispdm/api/jobs/{id}")).body)
        assert job["state"] != "failed", (await analyst.fetch(f"crispdm/api/jobs/{id}/log")).body.decode()
        return bool(job["state"] == "succeeded")

    for id in ids:
        await eventually(lambda id=id: over(id), 240)  # type: ignore[misc]
    counts = [await apart(here.get, key) for key in ("locked", "compared", "added")]
    assert counts == [60, 60, 60]


@pytest.mark.proves("state.client-values")
async def test_bytes_of_every_kind_travel_by_the_server(here: ServerState) -> None:
    pd, pa, pil = (pytest.importorskip(name) for name in ("pandas", "pyarrow", "PIL.Image"))
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]}, index=["r", "s"])
    await apart(here.set, "frame", frame)
    assert (await apart(here.get, "frame")).equals(frame)
    picture = pil.new("RGB", (5, 4), (1, 2, 3))
    await apart(here.set, "picture", picture)
    assert (await apart(here.get, "picture")).tobytes() == picture.tobytes()
    await apart(here.set, "table", pa.table({"a": [1]}))
    assert (await apart(here.get, "table")).to_pydict() == {"a": [1]}
    large = np.arange(500_000, dtype="f8")
    await apart(here.set, "large", large)
    assert np.array_equal(await apart(here.get, "large"), large)
    await apart(here.set, "empty", b"")
    assert await apart(here.get, "empty") == b""


@pytest.mark.proves("state.client-values")
async def test_what_a_colleague_says_is_an_array_is_not_believed(here: ServerState) -> None:
    state = here._session.state

    def lie() -> None:
        state.put_content("k", b"\x80\x04", meta={"kind": "array", "dtype": "|O", "shape": [1]})

    await apart(lie)
    with pytest.raises(ValueError, match="no array that can be read"):
        await apart(here.get, "k")


@pytest.mark.proves("state.client-text")
async def test_two_kernels_write_one_text(kernel: Start) -> None:
    ada: Kernel = await kernel("analyst")
    grace: Kernel = await kernel("admin")
    for one in (ada, grace):
        await one.run("text = server_state.text('notes')")
    await ada.run("text.append('Grüße ')")
    await eventually(lambda: grace.shows("str(text) == 'Grüße '"))
    await grace.run("text.append('von Grace')")
    await eventually(lambda: ada.shows("str(text) == 'Grüße von Grace'"))


@pytest.mark.proves("state.client-values")
async def test_a_value_has_a_version_a_writer_a_time_to_live_and_roles(kernel: Start, here: ServerState) -> None:
    ada: Kernel = await kernel("analyst")
    await ada.run("server_state.set('k', 1, seconds=600, read='analyst', write='analyst')")
    entry = await apart(here.entry, "k")
    assert (entry.value, entry.version, entry.by) == (1, 1, "analyst")
    assert entry.expires is not None
    assert entry.updated is not None
    assert 590 < (entry.expires - entry.updated).total_seconds() < 610
    await apart(here.__delitem__, "k")
    assert await apart(here.version, "k") == 0
