"""Ports that tests tell servers of: no other server of the tests can have taken one meanwhile."""

from __future__ import annotations

import ast
import socket
from itertools import islice

import pytest

from tests import ports
from tests.architecture.source import ROOT, calls, modules
from tests.ports import _of_this_process, free_port


def test_no_port_is_told_twice() -> None:
    assert len({free_port() for _ in range(50)}) == 50


def test_none_is_told_at_which_somebody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    first, busy, last = [free_port() for _ in range(3)]
    monkeypatch.setattr(ports, "_ports", iter([first, busy, last]))
    with socket.create_server(("127.0.0.1", busy)):
        assert [free_port(), free_port()] == [first, last]


def test_workers_tell_different_ports_which_no_kernel_chooses_unless_it_is_told_to() -> None:
    told = [set(islice(_of_this_process(worker, 4711), 500)) for worker in ("gw0", "gw1", "gw23")]
    assert len(set().union(*told)) == 1500
    assert all(1024 < port < 32_768 for ports in told for port in ports)


def test_nobody_asks_the_kernel_for_a_port_and_lets_it_go() -> None:
    """What listens at port 0 and is told which it got, is safe; a number that is kept without the socket is not."""
    asking = {
        path
        for path, module in modules(ROOT / "tests")
        for name, call in calls(module)
        if name.endswith(".bind") and "('127.0.0.1', 0)" in ast.unparse(call)
    }
    assert asking == {"unit/cli/server/test_doctor.py", "unit/cli/server/test_doors.py"}, "they listen there themselves"
