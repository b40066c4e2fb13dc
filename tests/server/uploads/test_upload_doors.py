"""Who may upload where, and that the door stands before every byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.auth.jupyter import bodies
from jupyter_crispdm.auth.types import NewToken, Scope
from jupyter_crispdm.files.uploads.manager import UploadManager
from tests.server.auth.conftest import as_user, browser, jp_server_config, people, root
from tests.server.auth.visitors import OpenAs, OpenBrowser

from .sender import MEDIA, TUS, UPLOADS, begin, create, offset, patch

__all__ = ["as_user", "browser", "jp_server_config", "people", "root"]

HOME = {"path": "people/viewer"}


@pytest.mark.proves("files.traversal", "uploads.roles")
async def test_a_viewer_fills_their_own_folders_and_no_others(
    uploads: UploadManager, as_user: OpenAs, root: Path
) -> None:
    viewer = await as_user("viewer")
    (root / "data").mkdir()
    (root / "people/other").mkdir(parents=True)
    (root / "people/viewer").mkdir()
    (root / "people/viewer/out").symlink_to(root / "private")
    for path, statuses in {
        "": {403, 404}, "private": {404}, "people": {404}, "people/other": {404}, "data": {403}, "dashboards": {404},
        "people/viewer/out": {404}, "People/Viewer": {404}, "people/viewer2": {404}, "people/viewer/none": {404},
    }.items():  # fmt: skip
        answer = await create(viewer, 1, filename="a", path=path)
        assert answer.code in statuses, (path, answer.code)
    assert (await create(viewer, 1, filename="viewer", path="people", overwrite="true")).code == 404
    analyst = await as_user("analyst")
    assert (await create(analyst, 1, b"x", filename="a", path="")).code == 201
    assert (root / "a").read_bytes() == b"x"


@pytest.mark.proves("uploads.roles")
async def test_an_upload_is_nobody_else_s(uploads: UploadManager, as_user: OpenAs, root: Path) -> None:
    viewer, admin = await as_user("viewer"), await as_user("admin")
    url = await begin(viewer, 2, **HOME)
    assert (await admin.fetch(url, "HEAD", headers=TUS)).code == 404
    assert (await patch(admin, url, 0, b"xx")).code == 404
    assert (await admin.fetch(url, "DELETE", headers=TUS)).code == 404
    assert json.loads((await admin.fetch(UPLOADS)).body) == {"uploads": []}
    assert await offset(viewer, url) == 0
    for odd in ("..", "x", "0" * 31, "0" * 33, "0" * 31 + "g", "%2e%2e%2f", "A" * 32):
        assert (await viewer.fetch(f"{UPLOADS}/{odd}", "HEAD", headers=TUS)).code == 404, odd


@pytest.mark.proves("uploads.roles", "door.xsrf")
async def test_the_door_stands_before_the_body(uploads: UploadManager, as_user: OpenAs, browser: OpenBrowser) -> None:
    viewer = await as_user("viewer")
    url = await begin(viewer, 100_000, **HOME)
    sent = {**TUS, "Content-Type": MEDIA, "Upload-Offset": "0"}
    assert (await viewer.fetch(url, "PATCH", b"x", sent, xsrf=False)).code == 403
    assert (await viewer.fetch(url, "PATCH", b"x", {**sent, "Origin": "https://elsewhere.test"})).code == 403
    assert (await viewer.fetch(url, "DELETE", b"", TUS, xsrf=False)).code == 403
    assert (await browser().fetch(url, "PATCH", b"x", sent)).code == 403
    assert (await browser().fetch(url, "PATCH", b"x" * 100_000, sent)).code == 403
    assert (await browser().fetch(url, "HEAD", headers=TUS)).code == 403
    assert await offset(viewer, url) == 0


@pytest.mark.proves("uploads.limits", "machine.disk-full")
async def test_quota_and_disk_are_asked_before_anything_is_sent(
    uploads: UploadManager, as_user: OpenAs, root: Path
) -> None:
    viewer = await as_user("viewer")
    assert (await create(viewer, 2**60, filename="huge", path="people/viewer")).code == 507
    uploads._space._quota = 20_000
    (root / "people/viewer/there").write_bytes(b"x" * 8000)
    uploads._space._homes.clear()
    url = await begin(viewer, 5, **HOME)
    over = await create(viewer, 2**20, filename="large", path="people/viewer")
    assert over.code == 413
    assert json.loads(over.body)["details"]["limit"] == 20_000
    assert (await patch(viewer, url, 0, b"01")).code == 204
    uploads._space._keep_free = 2**62
    full = await patch(viewer, url, 2, b"234")
    assert full.code == 507
    uploads._space._keep_free = 0
    assert await offset(viewer, url) == 2
    assert (await patch(viewer, url, 2, b"234")).code == 204
    assert (root / "people/viewer/a.bin").read_bytes() == b"01234"


@pytest.mark.proves("uploads.roles", "desk.reading-tokens")
async def test_a_token_that_reads_sends_nothing(
    uploads: UploadManager, as_user: OpenAs, people: Any, browser: OpenBrowser, root: Path
) -> None:
    owner = await as_user("viewer")
    url, program = await begin(owner, 3, **HOME), browser()
    token = await people.create_token(NewToken(name="reader", scope=Scope.READ, owner="viewer"))
    sent = {**TUS, "Content-Type": MEDIA, "Upload-Offset": "0", "Authorization": f"token {token.token}"}
    assert (await program.fetch(url, "PATCH", b"abc", sent)).code == 403
    assert (await program.fetch(url, "DELETE", b"", sent)).code == 403
    assert (await program.fetch(url, "HEAD", headers=sent)).headers["Upload-Offset"] == "0"
    assert (await program.fetch(UPLOADS, "OPTIONS")).code == 403, "a stranger is told nothing"


@pytest.mark.proves("uploads.memory", "uploads.roles")
async def test_a_viewer_s_large_file_is_held_by_nobody(
    uploads: UploadManager, as_user: OpenAs, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other bodies of viewers are JSON, 1 MiB at most, and are counted while they are kept."""
    monkeypatch.setattr(bodies, "HELD_BY_A_READER", 100_000)
    viewer = await as_user("viewer")
    url, content = await begin(viewer, 3 * 2**20, **HOME), b"x" * 3 * 2**20
    assert (await patch(viewer, url, 0, content)).code == 204
    assert (root / "people/viewer/a.bin").read_bytes() == content
