"""Where a kernel finds its server, and for whom it is started."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from jupyter_server.auth.identity import User

from jupyter_crispdm.auth.jupyter.kernels.life import address_of, starter_of
from jupyter_crispdm.auth.programs.starters import Starter
from jupyter_crispdm.auth.roles import CrispdmUser, Role


@pytest.mark.proves("kernels.know-their-user")
@pytest.mark.parametrize(
    ("facts", "address"),
    [
        ({}, "http://127.0.0.1:8888/"),
        ({"ip": ""}, "http://127.0.0.1:8888/"),
        ({"ip": "0.0.0.0", "base_url": "/team/lab/"}, "http://127.0.0.1:8888/team/lab/"),
        ({"ip": "::"}, "http://[::1]:8888/"),
        ({"ip": "::1"}, "http://[::1]:8888/"),
        ({"ip": "192.0.2.7", "certfile": "/etc/cert.pem"}, "https://192.0.2.7:8888/"),
        ({"ip": "lab.example.org"}, "http://lab.example.org:8888/"),
        ({"sock": "/run/lab.sock"}, ""),
    ],
)
def test_the_address_is_one_of_this_machine(facts: dict[str, str], address: str) -> None:
    server = {"sock": "", "ip": "localhost", "port": 8888, "certfile": "", "base_url": "/", **facts}
    assert address_of(SimpleNamespace(**server)) == address


@pytest.mark.parametrize(
    ("user", "starter"),
    [
        (CrispdmUser("ada", role="analyst"), Starter("ada", Role.ANALYST)),
        (CrispdmUser("token:nightly", role="viewer", person="ada", program="nightly"),
         Starter("ada", Role.VIEWER, "nightly")),
        (CrispdmUser("token:server", role="admin", person="os", program="the server's token"),
         Starter("os", Role.ADMIN)),
        (CrispdmUser("kernel:ada", role="analyst", person="ada", program="a kernel", person_role="admin"),
         Starter("ada", Role.ANALYST)),
        (User("somebody of JupyterHub"), None),
        (None, None),
    ],
)  # fmt: skip
def test_a_kernel_is_started_for_a_person(user: User | None, starter: Starter | None) -> None:
    assert starter_of(user) == starter
