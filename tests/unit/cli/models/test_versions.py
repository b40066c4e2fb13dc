"""Which version a command means, and that it does nothing where it means none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.cli import main
from tests.unit.cli.conftest import ScriptedServer, refusal

from .test_models import VERSION

Out = pytest.CaptureFixture[str]
MODEL = {
    "name": "unet_digits", "latest": 5, "aliases": {"champion": 1, "lost": 4},
    "versions": [{**VERSION, "version": number} for number in (5, 2, 1)],
}  # fmt: skip
REPORT: dict[str, Any] = {"types": ["a.B"], "untrusted": ["a.B"], "imports": [], "trust": None}


@pytest.fixture
def registry(server: ScriptedServer) -> ScriptedServer:
    """A server with a model of three versions, of which each is exported and may be trusted."""
    server.put("GET", "models/unet_digits", MODEL)
    for number in (5, 2, 1):
        where = f"models/unet_digits/versions/{number}"
        server.put("GET", f"{where}/export", httpx.Response(200, content=b"PK%d" % number))
        server.put("GET", f"{where}/trust", REPORT)
        server.put("POST", f"{where}/trust", {**REPORT, "untrusted": []})
    return server


@pytest.mark.proves("cli.models-actions")
@pytest.mark.parametrize(
    ("text", "number"),
    [("unet_digits", 5), ("unet_digits@latest", 5), ("unet_digits/5", 5), ("unet_digits/2", 2),
     ("unet_digits/002", 2), ("unet_digits@champion", 1)],
)  # fmt: skip
def test_each_way_to_write_a_version_means_that_one(
    registry: ScriptedServer, capsys: Out, tmp_path: Path, text: str, number: int
) -> None:
    assert main(["models", "export", text, str(tmp_path)]) == 0
    file = tmp_path / f"unet_digits-{number}.zip"
    assert (capsys.readouterr().out, file.read_bytes()) == (f"{file}\n", b"PK%d" % number)


@pytest.mark.proves("cli.models-actions")
@pytest.mark.parametrize(
    "text", ["unet_digits/0", "unet_digits/3", "unet_digits/00", "unet_digits@lost", "unet_digits@Champion"]
)
def test_a_version_that_is_not_there_is_not_another_one(
    registry: ScriptedServer, tmp_path: Path, text: str
) -> None:
    """Version 0 was taken for the newest, which then was trusted."""
    with pytest.raises(SystemExit, match=f"There is no '{text}'"):
        main(["models", "trust", text, "a.B", "--reason", "ours"])
    with pytest.raises(SystemExit, match=f"There is no '{text}'"):
        main(["models", "export", text, str(tmp_path)])
    assert (registry.sent("POST"), list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize("text", ["", "../x", "unet_digits/x", "unet_digits/-1", "unet_digits@", "a/b/c", "import"])
def test_what_means_no_version_is_asked_of_nobody(registry: ScriptedServer, capsys: Out, text: str) -> None:
    assert main(["models", "trust", text]) != 0
    assert capsys.readouterr().err.startswith("jupyter crispdm: ")
    assert registry.asked == []


@pytest.mark.proves("cli.models-actions")
def test_a_model_whose_versions_are_all_gone_has_none(server: ScriptedServer) -> None:
    server.put("GET", "models/unet_digits", {**MODEL, "versions": [], "aliases": {}})
    for text in ("unet_digits", "unet_digits@latest"):
        with pytest.raises(SystemExit, match="There is no"):
            main(["models", "trust", text])


@pytest.mark.proves("cli.models-actions")
def test_a_reason_alone_takes_trust_back(registry: ScriptedServer) -> None:
    assert main(["models", "trust", "unet_digits/2", "--reason", "a fault was found"]) == 0
    assert registry.sent("POST") == [
        ("models/unet_digits/versions/2/trust", {"types": [], "reason": "a fault was found"})
    ]


@pytest.mark.proves("cli.models-actions")
def test_what_may_not_be_trusted_is_one_line(registry: ScriptedServer, capsys: Out) -> None:
    refused = refusal(403, "forbidden", "Only an admin decides.", role="admin")
    registry.put("POST", "models/unet_digits/versions/5/trust", refused)
    assert main(["models", "trust", "unet_digits", "a.B", "--reason", "ours"]) == 1
    assert capsys.readouterr() == ("", "jupyter crispdm: Only an admin decides.\n")


def test_types_stand_beside_who_trusts_them(registry: ScriptedServer, capsys: Out) -> None:
    trust = {"types": ["a.B"], "by": "root", "when": "2026-11-21T12:00:00Z", "reason": "ours"}
    half = {"types": ["a.B", "c.D"], "untrusted": ["c.D"], "imports": [], "trust": trust}
    registry.put("GET", "models/unet_digits/versions/5/trust", half)
    assert main(["models", "trust", "unet_digits"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert (["a.B", "root"] in rows, ["c.D"] in rows) == (True, True)
    registry.put("GET", "models/unet_digits/versions/5/trust", {**REPORT, "types": [], "untrusted": []})
    assert main(["models", "trust", "unet_digits"]) == 0
    assert capsys.readouterr().out == "It builds nothing that would have to be trusted.\n"


SPAN = {"alias": "best", "version": 1, "since": "2026-11-21T12:00:00Z", "by": "ada", "how": "rollback"}
OVER = {**SPAN, "how": "set", "until": "2026-11-21T13:00:00Z", "ended_by": "bob", "ending": "removed"}


@pytest.mark.proves("cli.models-actions")
def test_a_span_says_how_it_ended_or_else_how_it_began(registry: ScriptedServer, capsys: Out) -> None:
    told = {"name": "unet_digits", "history": [SPAN, OVER], "back": {}}
    registry.put("GET", "models/unet_digits/history", told)
    assert main(["models", "history", "unet_digits"]) == 0
    _, _, goes_on, over = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert (goes_on[0], goes_on[-1], "bob" in goes_on) == ("best", "rollback", False)
    assert (over[0], over[-2:]) == ("best", ["bob", "removed"])


def test_a_model_without_aliases_says_so(registry: ScriptedServer, capsys: Out) -> None:
    registry.put("GET", "models/unet_digits/history", {"name": "unet_digits", "history": [], "back": {}})
    assert main(["models", "history", "unet_digits"]) == 0
    assert capsys.readouterr().out == "No alias of 'unet_digits' yet.\n"


def test_a_cell_of_a_stranger_moves_no_cursor(registry: ScriptedServer, capsys: Out) -> None:
    rows = [{"group": "details", "field": "\x1b[2Jx", "values": ["a\nb", "\x1b]0;t\x07"], "differs": True}]
    registry.put("GET", "models/unet_digits/compare", {"name": "unet_digits", "versions": [1, 2], "rows": rows})
    assert main(["models", "compare", "unet_digits", "1", "2"]) == 0
    out = capsys.readouterr().out
    assert ("\x1b" in out, "\x07" in out, len([line for line in out.splitlines() if line.strip()])) == (False, False, 3)


@pytest.mark.parametrize(
    "words", [["compare", "unet_digits"], ["compare", "unet_digits", "x"], ["rollback", "unet_digits"], ["burn"]]
)
def test_words_that_are_missing_or_none_are_usage_errors(
    registry: ScriptedServer, capsys: Out, words: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["models", *words])
    assert (ended.value.code, registry.asked) == (2, [])
    assert "--help" in capsys.readouterr().err


def test_versions_that_are_the_same_differ_in_nothing(registry: ScriptedServer, capsys: Out) -> None:
    rows = [{"group": "model", "field": "task", "values": ["x", "x"], "differs": False}]
    registry.put("GET", "models/unet_digits/compare", {"name": "unet_digits", "versions": [1, 2], "rows": rows})
    assert main(["models", "compare", "unet_digits", "1", "2"]) == 0
    assert capsys.readouterr().out == "Nothing differs.\n"
