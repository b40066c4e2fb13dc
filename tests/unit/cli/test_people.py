"""Users and tokens from the command line, on a database without a server."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from jupyter_crispdm.auth.manager import opened_users
from jupyter_crispdm.base.account import account
from jupyter_crispdm.base.errors import BadRequest, Forbidden
from jupyter_crispdm.cli import main
from jupyter_crispdm.cli.demonstration import people
from jupyter_crispdm.cli.people import user
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


@pytest.mark.proves("cli.user-password")
@pytest.mark.parametrize("stdin", [b"caf\xe9 caf\xe9\n", b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\n"])
@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
def test_a_password_that_is_no_text_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stdin: bytes, errors: str
) -> None:
    """It was a traceback, from here or, where no language is set, from the hashing."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8", errors))
    assert main(["user", "add", "ada", "--password-stdin"]) == 2
    assert capsys.readouterr().err == "jupyter crispdm: The password is not text in UTF-8; nothing was changed.\n"
    assert call(monkeypatch, "user", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"users": []}


@pytest.mark.proves("cli.user-password")
@pytest.mark.parametrize(("stdin", "password"), [("a b c d e \r\n", "a b c d e "), ("no newline", "no newline")])
def test_a_password_is_one_line_as_it_stands(
    monkeypatch: pytest.MonkeyPatch, stdin: str, password: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(stdin + "\nsecond line\n" * stdin.endswith("\n")))
    assert user.password(stdin=True) == password


@pytest.mark.proves("cli.user-password")
def test_a_password_that_was_typed_in_two_ways_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["correct horse", "correct house", "correct horse", "correct horse"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    with pytest.raises(BadRequest, match="differ; nothing was changed"):
        user.password(stdin=False)
    assert user.password(stdin=False) == "correct horse"


@pytest.mark.proves("cli.user")
def test_a_list_for_people_says_when_each_was_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "user", "list") == 0
    assert capsys.readouterr().out == "No users yet. Add one: jupyter crispdm user add NAME --role admin\n"
    assert call(monkeypatch, "user", "add", "ada", "--password-stdin", stdin="correct horse\n") == 0
    assert call(monkeypatch, "user", "list") == 0
    heading, _, row = [line for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert heading.split() == ["NAME", "ROLE", "ADDED", "LAST", "LOGIN"]
    assert row.split()[:2] == ["ada", "viewer"]


@pytest.mark.proves("cli.token")
@pytest.mark.parametrize("days", ["0", "-1", "36501", "soon", "1e400", "nan"])
def test_days_that_are_none_make_no_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], days: str
) -> None:
    try:
        code = call(monkeypatch, "token", "create", "bot", "--days", days)
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 2
    assert capsys.readouterr().out == ""
    assert call(monkeypatch, "token", "list") == 0
    assert capsys.readouterr().out == "No tokens yet. Create one: jupyter crispdm token create NAME\n"


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
