"""`models ACTION`: one model of the registry, on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.cli import main
from tests.unit.cli.conftest import ScriptedServer, refusal

from .test_models import VERSION

Out = pytest.CaptureFixture[str]
MODEL = {"name": "unet_digits", "latest": 2, "aliases": {"champion": 1},
         "versions": [VERSION, {**VERSION, "version": 1}]}  # fmt: skip
SPAN = {"alias": "champion", "version": 1, "since": "2026-11-21T12:00:00Z", "by": "ada", "how": "set"}


@pytest.mark.proves("cli.models-actions")
def test_the_history_is_a_table(server: ScriptedServer, capsys: Out) -> None:
    told = {"name": "unet_digits", "history": [SPAN], "back": {}}
    server.put("GET", "models/unet_digits/history", told)
    assert main(["models", "history", "unet_digits"]) == 0
    assert "champion" in capsys.readouterr().out
    assert main(["models", "history", "unet_digits", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["history"][0]["by"] == "ada"


@pytest.mark.proves("cli.models-actions")
def test_a_roll_back_says_where_it_led(server: ScriptedServer, capsys: Out) -> None:
    server.put("POST", "models/unet_digits/aliases/champion/rollback", httpx.Response(200, json=VERSION))
    assert main(["models", "rollback", "unet_digits", "champion"]) == 0
    assert capsys.readouterr().out == "champion points to version 2\n"
    none = refusal(409, "conflict", "There is no version before this one.")
    server.put("POST", "models/unet_digits/aliases/old/rollback", none)
    assert main(["models", "rollback", "unet_digits", "old"]) == 1
    assert "no version before" in capsys.readouterr().err


@pytest.mark.proves("cli.models-actions")
def test_only_what_differs_is_shown_unless_all_is_asked_for(server: ScriptedServer, capsys: Out) -> None:
    rows = [{"group": "metrics", "field": "loss", "values": [1, 0.5], "differs": True},
            {"group": "model", "field": "task", "values": ["x", "x"], "differs": False}]  # fmt: skip
    server.put("GET", "models/unet_digits/compare", {"name": "unet_digits", "versions": [1, 2], "rows": rows})
    assert main(["models", "compare", "unet_digits", "1", "2"]) == 0
    out = capsys.readouterr().out
    assert ("loss" in out, "task" in out) == (True, False)
    assert main(["models", "compare", "unet_digits", "1", "2", "--all"]) == 0
    assert "task" in capsys.readouterr().out


@pytest.mark.proves("cli.models-actions")
def test_types_are_shown_and_trusted_for_a_reason(server: ScriptedServer, capsys: Out) -> None:
    report: dict[str, Any] = {"types": ["a.B"], "untrusted": ["a.B"], "imports": [], "trust": None}
    server.put("GET", "models/unet_digits", MODEL)
    server.put("GET", "models/unet_digits/versions/1/trust", report)
    assert main(["models", "trust", "unet_digits@champion"]) == 0
    assert "a.B" in capsys.readouterr().out
    assert main(["models", "trust", "unet_digits/1", "a.B"]) == 2
    assert "--reason" in capsys.readouterr().err
    decided = {"types": ["a.B"], "by": "root", "when": "2026-11-21T12:00:00Z", "reason": "ours"}
    server.put("POST", "models/unet_digits/versions/1/trust",
               httpx.Response(200, json={**report, "untrusted": [], "trust": decided}))  # fmt: skip
    assert main(["models", "trust", "unet_digits/1", "a.B", "--reason", "ours"]) == 0
    assert "root" in capsys.readouterr().out


@pytest.mark.proves("cli.models-actions")
def test_a_version_that_is_not_there_is_said(server: ScriptedServer) -> None:
    server.put("GET", "models/unet_digits", MODEL)
    for text in ("unet_digits/9", "unet_digits@nobody"):
        with pytest.raises(SystemExit, match="There is no"):
            main(["models", "trust", text])


@pytest.mark.proves("cli.models-actions")
def test_a_version_leaves_and_comes(server: ScriptedServer, capsys: Out, tmp_path: Path) -> None:
    server.put("GET", "models/unet_digits", MODEL)
    server.put("GET", "models/unet_digits/versions/2/export", httpx.Response(200, content=b"PK zip"))
    assert main(["models", "export", "unet_digits", str(tmp_path)]) == 0
    file = tmp_path / "unet_digits-2.zip"
    assert (capsys.readouterr().out.strip(), file.read_bytes()) == (str(file), b"PK zip")
    server.put("POST", "models/import", httpx.Response(201, json=VERSION))
    assert main(["models", "import", str(file), "--name", "other"]) == 0
    assert capsys.readouterr().out == "unet_digits version 2\n"
    assert main(["models", "import", str(tmp_path / "gone.zip")]) == 2
