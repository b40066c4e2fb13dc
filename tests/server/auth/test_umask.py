"""What the server writes is private; kernels, jobs and saved files have the umask of who started it."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.auth.jupyter.kernels.frames import PROTOCOL_V1
from jupyter_crispdm.base.files import modes
from tests.server.auth.test_kernels import start, talk
from tests.server.auth.visitors import OpenAs
from tests.support import eventually, files_below

_API = "crispdm/api/"


@pytest.fixture(autouse=True)
def launched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As `jupyter crispdm lab` starts under umask 027."""
    monkeypatch.setattr(modes, "_theirs", 0o027)
    before = os.umask(0o077)
    yield
    os.umask(before)


def open_files(directory: Path) -> list[Path]:
    return [path for path in files_below(directory) if is_open(path)]


def is_open(path: Path) -> bool:
    """Whether others may do something with it; not where it was taken away meanwhile."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return False
    return bool(mode & 0o077) and not stat.S_ISLNK(mode)


@pytest.mark.proves("files.modes")
async def test_a_job_has_the_users_umask_and_its_records_are_private(
    crispdm: Any, as_user: OpenAs, data_dir: Path
) -> None:
    analyst = await as_user("analyst")
    answer = await analyst.fetch(f"{_API}jobs", "POST", {"command": ["sh", "-c", "umask"]})
    id = json.loads(answer.body)["id"]

    async def is_over() -> bool:
        return bool(json.loads((await analyst.fetch(f"{_API}jobs/{id}")).body)["state"] == "succeeded")

    await eventually(is_over)
    assert (await analyst.fetch(f"{_API}jobs/{id}/log")).body == b"0027\n"
    assert modes.open_to_others(data_dir) == []
    assert open_files(data_dir) == []


@pytest.mark.proves("files.modes")
async def test_a_kernel_and_a_saved_file_have_the_users_umask(as_user: OpenAs, root: Path) -> None:
    analyst = await as_user("analyst")
    content = {"type": "file", "format": "text", "content": "x"}
    assert (await analyst.fetch("api/contents/new.txt", "PUT", content)).code == 201
    assert (await analyst.fetch("api/contents/folder", "PUT", {"type": "directory"})).code == 201
    assert (root / "new.txt").stat().st_mode & 0o777 == 0o640
    assert (root / "folder").stat().st_mode & 0o777 == 0o750
    (root / "new.txt").chmod(0o600)
    assert (await analyst.fetch("api/contents/new.txt", "PUT", content)).code == 200
    assert (root / "new.txt").stat().st_mode & 0o777 == 0o600, "what its owner closed stays closed"
    conversation = await talk(analyst, await start(analyst), PROTOCOL_V1)
    asked = await conversation.send("execute_request", {
        "code": "import os; print(oct(os.umask(0)))", "silent": False, "user_expressions": {}, "allow_stdin": False,
        "store_history": False,
    })
    assert await conversation.printed(asked) == "0o27\n"
    conversation.close()
