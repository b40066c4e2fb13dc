"""`jupyter crispdm envs` against a real server: from making an environment to deleting it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.server.cli.conftest import Lab
from tests.server.cli.test_commands import Out, call
from tests.wheels import make_wheel


def listed(capsys: Out, *options: str) -> dict[str, dict[str, Any]]:
    found = json.loads(call(capsys, "envs", "--refresh", "--json", *options)[1])["environments"]
    return {one["name"]: one for one in found}


@pytest.mark.proves("cli.envs-look", "cli.envs-make", "cli.envs-packages")
def test_an_environment_from_making_to_deletion(lab: Lab, capsys: Out) -> None:
    one, two = (f"greeting @ {make_wheel(lab.root, version=version).as_uri()}" for version in ("1.0", "2.0"))
    code, log, err = call(capsys, "envs", "create", "first", one, "--kind", "uv", "--follow")
    assert code == 0, (log, err)
    assert "is ready" in log
    assert call(capsys, "envs", "clone", "first", "second", "-f")[0] == 0
    assert call(capsys, "envs", "packages", "second", "--search", "greet")[1].split()[-2:] == ["greeting", "1.0"]
    assert "No difference" in call(capsys, "envs", "diff", "first", "second")[1]
    assert call(capsys, "envs", "install", "second", two, "-f")[0] == 0
    assert json.loads(call(capsys, "envs", "diff", "--json", "first", "second")[1])["different"] == [
        {"name": "greeting", "here": "1.0", "there": "2.0"}
    ]
    assert "greeting" in call(capsys, "envs", "diff", "first", "second")[1]
    assert one in call(capsys, "envs", "export", "first")[1]
    assert "dependencies:" in call(capsys, "envs", "export", "first", "--format", "conda")[1]
    assert set(listed(capsys, "--package", "greeting<2")) == {"first"}
    assert call(capsys, "envs", "refresh")[0] == 0
    for name in ("first", "second"):
        assert call(capsys, "envs", "delete", name, "-f")[0] == 0
    assert not {"first", "second"} & set(listed(capsys))


def test_what_is_refused_is_one_line(lab: Lab, capsys: Out) -> None:
    code, out, err = call(capsys, "envs", "create", "../out")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "'name'" in err
    code, _, err = call(capsys, "envs", "delete", "server")
    assert code == 1
    assert "The server itself runs in it" in err
