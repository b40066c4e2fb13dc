"""Users and tokens from the command line, on a database without a server."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from jupyter_crispdm.auth.manager import opened_users
from jupyter_crispdm.base.account import account
from jupyter_crispdm.base.errors import Forbidden
from jupyter_crispdm.cli import main
from jupyter_crispdm.cli.demonstration import people
from jupyter_crispdm.cli.settings import PROJECT_DATA


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with its own data, and an empty Jupyter."""
    for name in ("DATA", "CONFIG", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(tmp_path / name.lower()))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    folder = tmp_path / "project"
    data = folder / PROJECT_DATA
    data.mkdir(parents=True)
    settings = {"CrispdmApp": {"data_dir": str(data)}}
    (data / "jupyter_server_config.json").write_text(json.dumps(settings))
    monkeypatch.chdir(folder)
    return folder


def call(monkeypatch: pytest.MonkeyPatch, *words: str, stdin: str = "") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    return main(list(words))


@pytest.mark.proves("cli.user", "cli.user-password")
def test_a_users_life(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], project: Path) -> None:
    add = ("user", "add", "ada", "--role", "admin", "--password-stdin")
    assert call(monkeypatch, *add, stdin="correct horse\n") == 0
    assert call(monkeypatch, *add, stdin="correct horse\n") == 1
    assert call(monkeypatch, "user", "add", "vi", "--password-stdin", stdin="another horse\n") == 0
    assert call(monkeypatch, "user", "role", "vi", "--role", "analyst") == 0
    assert call(monkeypatch, "user", "passwd", "vi", "--password-stdin", stdin="a third horse\n") == 0
    capsys.readouterr()
    assert call(monkeypatch, "user", "list", "--json") == 0
    listed = json.loads(capsys.readouterr().out)["users"]
    assert [(user["name"], user["role"]) for user in listed] == [("ada", "admin"), ("vi", "analyst")]
    assert call(monkeypatch, "user", "remove", "ada") == 1
    assert "only admin" in capsys.readouterr().err
    assert call(monkeypatch, "user", "remove", "vi") == 0
    assert (project / PROJECT_DATA / "crispdm.db").exists()


@pytest.mark.proves("cli.user-password")
def test_a_password_is_not_asked_for_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "user", "add", "ada") == 2
    assert "--password-stdin" in capsys.readouterr().err


@pytest.mark.proves("cli.token")
def test_a_tokens_life(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(monkeypatch, "token", "create", "bot", "--scope", "write", "--days", "7") == 0
    secret = capsys.readouterr().out.strip()
    assert call(monkeypatch, "token", "list") == 0
    listed = capsys.readouterr().out
    assert "bot" in listed
    assert secret not in listed
    assert call(monkeypatch, "token", "revoke", "bot") == 0
    assert call(monkeypatch, "token", "revoke", "bot") == 1


@pytest.mark.proves("cli.token")
def test_a_token_is_made_for_a_person(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Issue 7: whose a program's job is was told nowhere."""
    add = ("user", "add", "ada", "--role", "admin", "--password-stdin")
    assert call(monkeypatch, *add, stdin="correct horse\n") == 0
    assert call(monkeypatch, "token", "create", "nightly", "--for", "ada") == 0
    assert call(monkeypatch, "token", "create", "mine") == 0
    capsys.readouterr()
    assert call(monkeypatch, "token", "list", "--json") == 0
    listed = json.loads(capsys.readouterr().out)["tokens"]
    assert {token["name"]: token["owner"] for token in listed} == {"nightly": "ada", "mine": account()}
    assert call(monkeypatch, "token", "list") == 0
    assert "ada" in capsys.readouterr().out
    assert call(monkeypatch, "token", "create", "weekly", "--for", "adda") == 2
    assert "There is no user 'adda'. Did you mean ada?" in capsys.readouterr().err


@pytest.mark.proves("cli.demo-users")
async def test_the_demos_users_are_made_once_and_their_passwords_told_once(tmp_path: Path) -> None:
    made = await people.ensure(tmp_path / "d", None)
    assert sorted(made) == ["admin", "analyst", "viewer"]
    assert all(password in people.told(made, given=False) for password in made.values())
    assert await people.ensure(tmp_path / "d", None) == {}


@pytest.mark.proves("cli.demo-users")
async def test_a_given_password_replaces_another_one_and_ends_no_session(tmp_path: Path) -> None:
    await people.ensure(tmp_path / "d", None)
    assert await people.ensure(tmp_path / "d", "given password") == {}
    async with opened_users(tmp_path / "d") as users:
        login = await users.login("admin", "given password")
    await people.ensure(tmp_path / "d", "given password")
    async with opened_users(tmp_path / "d") as users:
        assert await users.session(login.secret) is not None
        with pytest.raises(Forbidden):
            await users.login("viewer", "not the password")
