from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import NotFound, Unprocessable
from tests.unit.environments.machine import Machine, make_conda, make_venv


async def test_an_environment_answers_to_id_name_and_prefix(machine: Machine, tmp_path: Path) -> None:
    prefix = make_venv(machine.root / "work" / ".venv")
    (tmp_path / "link").symlink_to(prefix)
    manager = machine.manager()
    environment = await manager.get("work")
    for key in (environment.id, str(prefix), f"{prefix}/", str(tmp_path / "link")):
        assert await manager.get(key) == environment
    assert (await manager.server()).id == "server"


async def test_a_name_that_several_have_is_refused_with_their_ids(machine: Machine) -> None:
    make_venv(machine.root / "server")
    make_venv(machine.root / "a" / "torch")
    make_venv(machine.root / "b" / "torch")
    manager = machine.manager()
    assert (await manager.get("server")).kind.value == "server"
    with pytest.raises(NotFound, match=r"Did you mean torch \([ab]\)"):
        await manager.get("torch")


@pytest.mark.proves("environments.odd-names")
@pytest.mark.parametrize(
    "key",
    [
        "",
        ".",
        "..",
        "/",
        "/tmp",
        "../../etc",
        "a\0b",
        "/a\0b",
        "x" * 10_000,
        "'; DROP TABLE jobs; --",
        'work"\n$(id)',
        "\ud800",
        "<script>",
        "%2e%2e",
    ],
)
async def test_a_name_that_was_not_found_is_never_trusted(machine: Machine, key: str) -> None:
    make_venv(machine.root / "work")
    with pytest.raises(NotFound) as caught:
        await machine.manager().get(key)
    assert len(caught.value.message) < 900
    assert "\n" not in caught.value.message


@pytest.mark.proves("environments.proposed")
async def test_the_environment_of_a_files_own_project_comes_first(machine: Machine, tmp_path: Path) -> None:
    make_venv(machine.root / ".venv")
    make_venv(machine.root / "outer" / ".venv")
    make_conda(machine.root / "outer" / "inner" / ".pixi" / "envs" / "default")
    make_venv(machine.root / "outer-two" / ".venv")
    make_venv(machine.home / ".virtualenvs" / "other")
    manager = machine.manager()

    async def first(path: str, count: int) -> list[str]:
        return [environment.name for environment in (await manager.near(path))[:count]]

    assert await first("outer/inner/note.ipynb", 3) == ["inner", "outer", "root"]
    assert await first("outer/train.py", 2) == ["outer", "root"]
    assert await first(str(machine.root / "outer-two" / "x.py"), 1) == ["outer-two"]
    assert await first("../../etc/passwd", 1) == ["server"]
    assert len(await manager.near("outer/x.py")) == 6


async def test_a_near_miss_is_helped(machine: Machine) -> None:
    make_venv(machine.root / "digits")
    with pytest.raises(NotFound, match="Did you mean digits"):
        await machine.manager().get("digit")


@pytest.mark.proves("machine.environment-gone")
async def test_environment_deleted_while_in_use_is_named(machine: Machine) -> None:
    prefix = make_venv(machine.root / "work")
    manager = machine.manager()
    environment = await manager.get("work")
    (prefix / "bin" / "python").unlink()
    with pytest.raises(Unprocessable, match=r"'work' cannot be used. .*interpreter") as caught:
        await manager.activation(environment)
    assert caught.value.details == {"environment": environment.id}
    (prefix / "pyvenv.cfg").unlink()
    await manager.all(refresh=True)
    with pytest.raises(NotFound):
        await manager.activation(environment)


async def test_a_broken_environment_is_listed_with_the_reason(machine: Machine) -> None:
    prefix = make_venv(machine.root / "work")
    (prefix / "bin" / "python").unlink()
    environment = await machine.manager().get("work")
    assert (environment.usable, environment.kernel.ready) == (False, False)
    assert environment.reason == environment.kernel.reason != ""
