"""A viewer's role, walked over every road to a file with every spelling: nothing outside is seen, written or listed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPResponse

from jupyter_crispdm.app import CrispdmApp
from tests.server.auth.visitors import Browser, OpenAs
from tests.server.files.conftest import SECRET

#: Paths that a viewer does not reach, as they are written in an address.
OUTSIDE = [
    "top.txt",
    "private/secret.txt",
    "private",
    "people/viewer2/theirs.txt",
    "people/viewer2",
    "people/viewer/../viewer2/theirs.txt",
    "people/viewer/..%2fviewer2/theirs.txt",
    "people/viewer/..%2Fviewer2%2Ftheirs.txt",
    "people/viewer/%2e%2e/viewer2/theirs.txt",
    "people/viewer/%2e%2e%2fviewer2%2ftheirs.txt",
    "people/viewer/..%252fviewer2/theirs.txt",
    "people/viewer/%252e%252e/viewer2/theirs.txt",
    "people/viewer/..%5cviewer2%5ctheirs.txt",
    "people/viewer/..%c0%afviewer2/theirs.txt",
    "people/viewer/sub/..%2f..%2f..%2ftop.txt",
    "people%2f..%2ftop.txt",
    "people/viewer/.%2f..%2f..%2ftop.txt",
    "people/viewer//..//..//top.txt",
    "people/viewer/%2f..%2f..%2ftop.txt",
    "%2e%2e%2ftop.txt",
    "%2ftop.txt",
    "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2fetc%2fpasswd",
    "PEOPLE/viewer/mine.txt",
    "people/Viewer/mine.txt",
    "people/VIEWER/mine.txt",
    "people/viewer./mine.txt",
    "people/viewer%20/mine.txt",
    "people/viewer%00/../viewer2/theirs.txt",
    "people/viewer/mine.txt%00.png",
    "people/viewer%0a/mine.txt",
    "people/vi%C4%B1ewer/mine.txt",
    "people/%EF%BD%96iewer/mine.txt",
    "people/viewer/.hidden",
    "people/viewer/.ipynb_checkpoints/x",
    "people/viewer/link/secret.txt",
    "people/viewer/link",
    "people/viewer/filelink.txt",
    "data/link/secret.txt",
    "data/link",
    "DATA/table.csv",
    "data2/x",
    "data/..%2ftop.txt",
]

REFUSED = {400, 403, 404, 405, 301, 302, 409}


def bodies(target: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Each verb with a body for which it would do something."""
    yield "GET", None
    yield "HEAD", None
    yield "PUT", {"type": "file", "format": "text", "content": "written"}
    yield "PUT", {"type": "directory"}
    yield "PUT", {"type": "file", "format": "text", "content": "written", "chunk": 1}
    yield "POST", {"type": "file"}
    yield "POST", {"copy_from": "people/viewer/mine.txt"}
    yield "PATCH", {"path": "people/viewer/got.txt"}
    yield "DELETE", None


def stock_bodies(path: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield "POST", "api/contents/people/viewer", {"copy_from": path}
    yield "PUT", "api/contents/people/viewer/new.txt", {"path": path, "type": "directory"}


def snapshot(root: Path) -> dict[str, str]:
    """All that is on the disk outside the viewer's home, with its content."""
    found = {}
    for folder, folders, files in os.walk(root):
        at = Path(folder)
        for name in [*folders, *files]:
            path = at / name
            if not path.is_relative_to(root / "people/viewer"):
                found[str(path.relative_to(root))] = path.read_text() if path.is_file() else "folder"
    return found


def tells(answer: HTTPResponse, asked: str = "") -> bool:
    """Whether an answer holds what nobody may see, or a name that whoever asked did not know."""
    told = (answer.body or b"").decode("utf-8", "replace")
    names = [name for name in ("theirs.txt", "secret.txt", "root:") if name not in asked]
    return any(secret in told for secret in (SECRET, *names))


@pytest.mark.proves("files.walk", "files.shared")
@pytest.mark.parametrize("road", ["api/contents/", "files/"])
async def test_no_spelling_leads_out_by_an_address(crispdm: CrispdmApp, root: Path, as_user: OpenAs, road: str) -> None:
    visitor, wrong, before = await as_user("viewer"), [], snapshot(root)
    for path in OUTSIDE:
        for method, body in bodies(path):
            answer = await visitor.fetch(road + path, method, body)
            if answer.code not in REFUSED or tells(answer, path):
                wrong.append((method, path, answer.code, answer.body[:80] if answer.body else b""))
    assert wrong == []
    assert snapshot(root) == before
    assert not (root / "people/viewer/got.txt").exists()


@pytest.mark.proves("files.walk")
async def test_no_spelling_leads_out_by_a_checkpoint(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    visitor, wrong, before = await as_user("viewer"), [], snapshot(root)
    for path in OUTSIDE:
        for method, end in (
            ("GET", "checkpoints"), ("POST", "checkpoints"), ("POST", "checkpoints/checkpoint"),
            ("DELETE", "checkpoints/checkpoint"),
        ):  # fmt: skip
            answer = await visitor.fetch(f"api/contents/{path}/{end}", method, {} if method == "POST" else None)
            if answer.code not in REFUSED or tells(answer, path):
                wrong.append((method, path, end, answer.code))
    assert wrong == []
    assert snapshot(root) == before


@pytest.mark.proves("files.walk")
async def test_no_spelling_leads_out_by_a_path_in_a_body(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    visitor, wrong, before = await as_user("viewer"), [], snapshot(root)
    for path in spelled():
        for method, address, body in (
            *(stock_bodies(path) if path else ()),  # an empty one says nothing to Jupyter
            ("PATCH", "api/contents/people/viewer/mine.txt", {"path": path}),
            ("POST", "crispdm/api/files/copy", {"paths": [path], "to": "people/viewer", "conflict": "rename"}),
            ("POST", "crispdm/api/files/copy", {"paths": ["people/viewer/mine.txt"], "to": path, "conflict": "rename"}),
            ("POST", "crispdm/api/files/move", {"paths": [path], "to": "people/viewer", "conflict": "rename"}),
            ("POST", "crispdm/api/files/move", {"paths": ["people/viewer/mine.txt"], "to": path, "conflict": "rename"}),
            ("POST", "crispdm/api/files/trash", {"paths": [path]}),
            ("POST", "crispdm/api/files/trash", {"paths": [path], "forever": True}),
        ):
            answer = await visitor.fetch(address, method, body)
            items = json.loads(answer.body).get("items", []) if answer.code == 200 else []
            done = [item for item in items if item["status"] < 400]
            if (answer.code not in REFUSED and not items) or done or tells(answer, path):
                wrong.append((method, address, body, answer.code))
    assert wrong == []
    assert snapshot(root) == before
    assert (root / "people/viewer/mine.txt").read_text() == "mine"


@pytest.mark.proves("files.walk")
async def test_no_spelling_leads_out_by_a_query(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    visitor, wrong, before = await as_user("viewer"), [], snapshot(root)
    for path in OUTSIDE:
        for road in ("list", "preview", "archive", "content"):
            answer = await visitor.fetch(f"crispdm/api/files/{road}?path={path}")
            if answer.code not in REFUSED or tells(answer, path):
                wrong.append((road, path, answer.code))
    assert wrong == []
    for path in OUTSIDE:
        await visitor.fetch(f"crispdm/api/files/content?path={path}", "PUT", b"written")
    assert snapshot(root) == before


async def test_the_walk_itself_sees_what_is_there(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    """The same requests of an analyst find what the viewer does not: so a refusal above means something."""
    analyst = await as_user("analyst")
    for path in ("top.txt", "people/viewer/..%2fviewer2/theirs.txt", "people/viewer/link/secret.txt"):
        assert tells(await analyst.fetch(f"api/contents/{path}")), path


def spelled() -> list[str]:
    """The paths of a body: nothing decodes them, so they are given as they would come out."""
    return [
        "top.txt", "private/secret.txt", "private", "people/viewer2/theirs.txt", "people/viewer2", "people", "", "/",
        "people/viewer/../viewer2/theirs.txt", "people/viewer/../../top.txt", "../top.txt", "..", "/etc/passwd",
        "people/viewer/..\\viewer2\\theirs.txt", "people\\viewer2\\theirs.txt", "people/viewer\x00/x", "./top.txt",
        "people/viewer//../viewer2", "PEOPLE/viewer/mine.txt", "people/Viewer/x", "people/viewer./x",
        "people/viewer/.hidden", "people/viewer/link/secret.txt", "people/viewer/filelink.txt", "data/link/secret.txt",
        "people/ｖiewer/x", "people/viewer/\u2028x", "people/viewer/..%2fviewer2", "dashboards/new.ipynb",
        "file:///etc/passwd", "~/x", "C:\\x", "people/viewer/sub/../../viewer2/theirs.txt",
    ]  # fmt: skip


async def names(visitor: Browser, path: str) -> list[str]:
    answer = await visitor.fetch(f"api/contents/{path}")
    assert answer.code == 200, (path, answer.code, answer.body)
    return sorted(entry["name"] for entry in json.loads(answer.body)["content"])


@pytest.mark.proves("files.walk", "files.home")
async def test_a_viewer_sees_only_the_way_to_their_folders(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    visitor = await as_user("viewer")
    assert await names(visitor, "") == ["data", "people"]
    assert await names(visitor, "people") == ["viewer"]
    assert await names(visitor, "people/viewer") == ["mine.txt", "sub"]
    assert await names(visitor, "data") == ["scans", "table.csv"]


async def test_a_home_is_made_at_first_need(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    shutil.rmtree(root / "people")
    shutil.rmtree(root / "data")
    visitor = await as_user("viewer")
    assert await names(visitor, "") == ["people"]
    assert (root / "people/viewer").is_dir()
    assert await names(visitor, "people/viewer") == []
