"""The registry, as a program sees it: history, trust, comparing, and versions that come and go as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.base import errors
from jupyter_crispdm.client.models import Models
from jupyter_crispdm.models.types import SpanEnd
from tests.unit.client.fake_server import FakeServer, error
from tests.unit.client.test_nouns import VERSION


def asked(*answers: httpx.Response) -> tuple[FakeServer, Models]:
    server = FakeServer(*answers)
    return server, Models(server.transport())


def path_of(server: FakeServer, number: int = 0) -> str:
    return server.requests[number].url.raw_path.decode().partition("/crispdm/api/")[2]


@pytest.mark.proves("client.models")
def test_the_history_comes_as_spans() -> None:
    span = {"alias": "best", "version": 1, "since": "2026-11-21T12:00:00Z", "by": "ada", "how": "set",
            "until": "2026-11-22T12:00:00Z", "ended_by": "bob", "ending": "rollback"}  # fmt: skip
    _, models = asked(httpx.Response(200, json={"name": "m", "history": [span], "back": {"best": 2}}))
    told = models.history("m")
    assert (told.history[0].ending, told.back) == (SpanEnd.rollback, {"best": 2})
    assert told.history[0].since.utcoffset() is not None


@pytest.mark.proves("client.models")
def test_a_roll_back_says_from_where() -> None:
    server, models = asked(httpx.Response(200, json=VERSION), error(409, "conflict", "It has moved."))
    assert models.roll_back("m", "best", if_version=3).version == 1
    assert (path_of(server), server.body()) == ("models/m/aliases/best/rollback", {"if_version": 3})
    with pytest.raises(errors.Conflict, match="moved"):
        models.roll_back("m", "best")


@pytest.mark.proves("client.models")
def test_trust_is_asked_for_and_given() -> None:
    report: dict[str, Any] = {"types": ["a.B"], "untrusted": ["a.B"], "imports": [], "trust": None}
    server, models = asked(httpx.Response(200, json=report), httpx.Response(200, json={**report, "untrusted": []}))
    assert models.trust_report("m", 2).untrusted == ["a.B"]
    assert models.trust("m", 2, ["a.B"], "ours").untrusted == []
    assert server.body(1) == {"types": ["a.B"], "reason": "ours"}


@pytest.mark.proves("client.models")
def test_versions_are_compared_in_the_order_asked_for() -> None:
    row = {"group": "metrics", "field": "loss", "values": [1, None], "differs": True}
    server, models = asked(httpx.Response(200, json={"name": "m", "versions": [2, 1], "rows": [row]}))
    assert models.compare("m", [2, 1]).rows[0].values == [1, None]
    assert dict(server.requests[0].url.params) == {"versions": "2,1"}


@pytest.mark.proves("client.models")
def test_what_is_known_of_a_model_is_sent_with_it() -> None:
    server, models = asked(httpx.Response(201, json=VERSION))
    models.register("m", path="m.pkl", format="pickle", metrics={"f1": 0.5}, note="n", script="s.py", reason="ours")
    body = server.body()
    assert (body["metrics"], body["note"], body["script"], body["reason"]) == ({"f1": 0.5}, "n", "s.py", "ours")


@pytest.mark.proves("client.models")
def test_an_export_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    server, models = asked(httpx.Response(200, content=b"PK" * 1000), error(404, "not_found", "No such version."))
    file = models.export("m", 1, tmp_path)
    assert (file, file.read_bytes()) == (tmp_path / "m-1.zip", b"PK" * 1000)
    assert path_of(server) == "models/m/versions/1/export"
    with pytest.raises(errors.NotFound):
        models.export("m", 9, tmp_path / "other.zip")
    assert [item.name for item in tmp_path.iterdir()] == ["m-1.zip"]


@pytest.mark.proves("client.models")
def test_a_file_is_fetched_under_the_name_that_is_wanted(tmp_path: Path) -> None:
    _, models = asked(httpx.Response(200, content=b"weights"))
    assert models.download("m", 1, tmp_path / "mine.pt").read_bytes() == b"weights"


@pytest.mark.proves("client.models")
def test_an_import_is_sent_piece_by_piece(tmp_path: Path) -> None:
    (tmp_path / "m.zip").write_bytes(b"z" * 3_000_000)
    server, models = asked(httpx.Response(201, json=VERSION), error(422, "unprocessable", "no export"))
    assert models.import_(tmp_path / "m.zip", name="other name").version == 1
    request = server.requests[0]
    assert (path_of(server), request.headers["Content-Type"]) == ("models/import?name=other%20name", "application/zip")
    with pytest.raises(errors.Unprocessable, match="no export"):
        models.import_(tmp_path / "m.zip")
