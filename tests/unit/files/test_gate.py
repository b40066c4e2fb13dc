"""What the gate asks about each request for a file, and what it lets pass."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_server.base.handlers import AuthenticatedFileHandler
from jupyter_server.services.contents.handlers import (
    CheckpointsHandler,
    ContentsHandler,
    ModifyCheckpointsHandler,
    TrustNotebooksHandler,
)
from tornado import web

from jupyter_crispdm.auth.roles import CrispdmUser
from jupyter_crispdm.files.folders import Folders
from jupyter_crispdm.files.jupyter.contents import FileDownloadHandler
from jupyter_crispdm.files.jupyter.gate import FileGate

ANNA = CrispdmUser("anna", role="viewer")
HOME = "/people/anna"


@pytest.fixture
def gate(tmp_path: Path) -> FileGate:
    return FileGate(Folders(tmp_path, "people/{user}", {"data": "read", "team": "write"}))


def request(kind: type[Any], method: str, path: str, body: Any = None) -> Any:
    """A handler as the gate sees it, before it does anything."""
    handler = object.__new__(kind)
    handler.path_args, handler.path_kwargs = [], {"path": path}
    raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.request = SimpleNamespace(method=method, body=raw)
    return handler


def refused(gate: FileGate, handler: Any, user: CrispdmUser = ANNA) -> int:
    with pytest.raises(web.HTTPError) as error:
        gate.check(handler, user)
    return error.value.status_code


@pytest.mark.parametrize(
    ("kind", "method", "path", "body"),
    [
        (ContentsHandler, "GET", "", None),
        (ContentsHandler, "GET", "/", None),
        (ContentsHandler, "GET", "/people", None),
        (ContentsHandler, "GET", HOME, None),
        (ContentsHandler, "GET", "/data/a.csv", None),
        (ContentsHandler, "HEAD", "/data/a.csv", None),
        (ContentsHandler, "PUT", f"{HOME}/a", {"type": "file"}),
        (ContentsHandler, "PUT", f"{HOME}/a", {"path": "people/anna/a", "name": "a"}),
        (ContentsHandler, "PUT", "/team/a", None),
        (ContentsHandler, "POST", HOME, {"copy_from": "data/a.csv"}),
        (ContentsHandler, "POST", HOME, {"ext": ".txt"}),
        (ContentsHandler, "POST", HOME, None),
        (ContentsHandler, "PATCH", f"{HOME}/a", {"path": "team/a"}),
        (ContentsHandler, "DELETE", f"{HOME}/a", None),
        (CheckpointsHandler, "GET", "/data/a.csv", None),
        (CheckpointsHandler, "POST", f"{HOME}/a", None),
        (ModifyCheckpointsHandler, "POST", f"{HOME}/a", None),
        (ModifyCheckpointsHandler, "DELETE", f"{HOME}/a", None),
        (FileDownloadHandler, "GET", "people/anna/a", None),
        (FileDownloadHandler, "HEAD", "data/a.csv", None),
    ],
)
def test_what_lies_in_ones_folders_passes(
    gate: FileGate, kind: type[Any], method: str, path: str, body: Any
) -> None:
    gate.check(request(kind, method, path, body), ANNA)


@pytest.mark.proves("files.walk")
@pytest.mark.parametrize(
    ("kind", "method", "path", "body"),
    [
        (ContentsHandler, "GET", "/private", None),
        (ContentsHandler, "GET", "/people/ben", None),
        (ContentsHandler, "GET", f"{HOME}/../ben", None),
        (ContentsHandler, "PUT", "/data/a", {}),
        (ContentsHandler, "PUT", HOME, {}),
        (ContentsHandler, "PUT", "/people", None),
        (ContentsHandler, "PUT", f"{HOME}/a", {"path": "private/a"}),
        (ContentsHandler, "PUT", f"{HOME}/a", {"name": "../a"}),
        (ContentsHandler, "POST", "", {}),
        (ContentsHandler, "POST", "/data", {}),
        (ContentsHandler, "POST", HOME, {"copy_from": "private/a"}),
        (ContentsHandler, "POST", HOME, {"copy_from": "people/anna/../ben/a"}),
        (ContentsHandler, "POST", HOME, {"ext": "/../../x"}),
        (ContentsHandler, "PATCH", f"{HOME}/a", {"path": "data/a"}),
        (ContentsHandler, "PATCH", f"{HOME}/a", {"path": "people/anna"}),
        (ContentsHandler, "PATCH", HOME, {"path": "team/anna"}),
        (ContentsHandler, "PATCH", "/data/a", {"path": "team/a"}),
        (ContentsHandler, "DELETE", HOME, None),
        (ContentsHandler, "DELETE", "/data/a", None),
        (ContentsHandler, "OPTIONS", HOME, None),
        (CheckpointsHandler, "POST", "/data/a.csv", None),
        (CheckpointsHandler, "GET", "/private/a", None),
        (ModifyCheckpointsHandler, "DELETE", "/data/a.csv", None),
        (FileDownloadHandler, "GET", "private/a", None),
        (FileDownloadHandler, "GET", "/../etc/passwd", None),
        (AuthenticatedFileHandler, "GET", "people/anna/a", None),
        (TrustNotebooksHandler, "POST", f"{HOME}/a.ipynb", None),
    ],
)
def test_everything_else_is_refused(gate: FileGate, kind: type[Any], method: str, path: str, body: Any) -> None:
    assert refused(gate, request(kind, method, path, body)) == 403


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"{", b"\xff", b"1", b"[" * 100_000, {"path": 1}, {"path": ["a"]}])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_body_that_is_none_is_a_bad_request(gate: FileGate, method: str, body: Any) -> None:
    assert refused(gate, request(ContentsHandler, method, f"{HOME}/a", body)) == 400


@pytest.mark.parametrize("body", [None, {}, {"path": None}, {"path": ""}, {"path": "/"}])
def test_a_rename_to_nothing_is_a_bad_request(gate: FileGate, body: Any) -> None:
    assert refused(gate, request(ContentsHandler, "PATCH", f"{HOME}/a", body)) == 400


def test_a_program_of_a_person_reaches_their_folders(gate: FileGate) -> None:
    kernel = CrispdmUser("kernel:anna", role="viewer", person="anna", program="a kernel")
    gate.check(request(ContentsHandler, "PUT", f"{HOME}/a", {}), kernel)
    assert refused(gate, request(ContentsHandler, "GET", "/people/kernel:anna"), kernel) == 403


def test_the_reason_names_the_role(gate: FileGate) -> None:
    with pytest.raises(web.HTTPError, match="viewer"):
        gate.check(request(ContentsHandler, "GET", "/private"), ANNA)
