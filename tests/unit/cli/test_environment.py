"""Which environment is meant."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.errors import NotFound, Unprocessable
from jupyter_crispdm.cli.environment import chosen, prefix_of
from jupyter_crispdm.environments.types import Environment, EnvironmentKind, KernelInfo


def environment(id: str, name: str, prefix: str, **more: Any) -> Environment:
    fields: dict[str, Any] = {
        "kind": EnvironmentKind.venv, "python": f"{prefix}/bin/python", "version": "3.11.4",
        "usable": True, "reason": "", "kernel": KernelInfo(name="k", ready=True, reason=""),
    }  # fmt: skip
    return Environment(id=id, name=name, prefix=prefix, **{**fields, **more})


class Client:
    """A server with some environments; more are found when it looks anew."""

    def __init__(self, *known: Environment, hidden: tuple[Environment, ...] = ()) -> None:
        self.environments = self
        self._known, self._hidden = known, hidden

    def list(self, refresh: bool = False) -> list[Environment]:
        return [*self._known, *(self._hidden if refresh else ())]


VISION = environment("vision-1", "vision", "/opt/vision")
SERVER = environment("server", "server", "/opt/server")


def pick(client: Any, wish: str | None) -> str | None:
    return chosen(client, wish)


@pytest.mark.proves("cli.run-env")
@pytest.mark.parametrize("wish", ["vision-1", "vision", "/opt/vision", "/opt/vision/", "/opt/vision/bin/python"])
def test_an_environment_answers_to_all_that_one_knows_of_it(wish: str) -> None:
    assert pick(Client(SERVER, VISION), wish) == "vision-1"


def test_nothing_asked_for_is_nothing() -> None:
    assert pick(Client(), None) is None


def test_a_folder_or_its_python_however_it_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "env/bin").mkdir(parents=True)
    (tmp_path / "env/bin/python").symlink_to("/bin/sh")
    (tmp_path / "link").symlink_to(tmp_path / "env")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    client = Client(SERVER, hidden=(environment("e", "env-e", str(tmp_path / "env")),))
    for wish in ("env", "./env", "link", "~/env", "env/bin/python", str(tmp_path / "link/bin/python")):
        assert pick(client, wish) == "e", wish
    assert prefix_of(os.path.join("nowhere", "bin", "python")) == "nowhere/bin/python"


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("visoin", "Did you mean vision"),
        ("VISION", "Did you mean vision"),
        ("zzz", "There are server, vision: see 'jupyter crispdm envs'"),
        ("", "There are server, vision"),
        ("/", "finds no environment at '/'"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(wish: str, words: str) -> None:
    with pytest.raises(NotFound, match=words):
        pick(Client(SERVER, VISION), wish)


def test_two_of_one_name_are_asked_for_by_id() -> None:
    with pytest.raises(NotFound, match="use an id: vision-1, vision-2"):
        pick(Client(VISION, environment("vision-2", "vision", "/srv/vision")), "vision")


def test_one_that_cannot_be_used_is_told_before_anything_is_sent() -> None:
    with pytest.raises(Unprocessable, match="Its Python is gone"):
        pick(Client(environment("v", "v", "/v", usable=False, reason="Its Python is gone.")), "v")
