from __future__ import annotations

import re

import pytest

from jupyter_crispdm.environments.discovery import Search
from jupyter_crispdm.environments.discovery.naming import environment_id, unique_names
from tests.unit.environments.machine import Machine, make_venv


def test_an_id_depends_on_the_place_alone(machine: Machine) -> None:
    prefix = make_venv(machine.root / "Deep Work!" / ".venv", "3.10.1")
    first = environment_id(machine.only())
    assert re.fullmatch(r"deep-work-[0-9a-f]{8}", first)
    (prefix / "pyvenv.cfg").write_text("version = 3.12.0\nuv = 1\n")
    assert environment_id(machine.only()) == first


def test_the_servers_id_is_server(machine: Machine) -> None:
    assert environment_id(Search(machine.around()).find()[0]) == "server"


@pytest.mark.proves("environments.odd-names")
def test_odd_names_make_plain_ids_and_single_line_names(machine: Machine) -> None:
    make_venv(machine.root / ("\u5b66\u7fd2\n'; rm -rf /".replace("/", "_")))
    found = machine.only()
    assert re.fullmatch(r"[a-z0-9.-]+", environment_id(found))
    assert "\n" not in unique_names([found])[0]
    make_venv(machine.root / ("x" * 200))
    assert all(len(environment_id(item)) <= 50 for item in machine.find())


def test_equal_names_are_told_apart(machine: Machine) -> None:
    make_venv(machine.root / "alice" / "torch")
    make_venv(machine.root / "bob" / "torch")
    make_venv(machine.root / "plain")
    assert sorted(unique_names(machine.find())) == ["plain", "torch (alice)", "torch (bob)"]


def test_names_that_stay_equal_become_ids(machine: Machine) -> None:
    make_venv(machine.root / "work" / "team" / ".venv")
    machine.paths = (str(machine.folder / "other" / "work"),)
    make_venv(machine.folder / "other" / "work" / "team" / ".venv")
    found = machine.find()
    assert unique_names(found) == [environment_id(item) for item in found]
