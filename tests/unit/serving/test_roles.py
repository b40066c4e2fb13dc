from __future__ import annotations

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.serving.handlers import DeploymentRoutes
from jupyter_crispdm.serving.passing import ServingRoutes
from jupyter_crispdm.serving.room import ServingRoom


def test_whoever_may_predict_may_make_every_call_but_configure_and_read_the_numbers() -> None:
    table = ServingRoutes.table()
    roles = {(entry.method, entry.path): ServingRoom.roles[entry.resource, entry.action] for entry in table}
    assert roles.pop(("POST", "configs")) is roles.pop(("GET", "metrics")) is Role.ANALYST
    assert set(roles.values()) == {Role.PREDICT}


def test_deploying_is_for_analysts() -> None:
    roles = {entry.method: ServingRoom.roles[entry.resource, entry.action] for entry in DeploymentRoutes.table()}
    assert roles == {"GET": Role.VIEWER, "POST": Role.ANALYST, "DELETE": Role.ANALYST}
