from __future__ import annotations

from jupyter_crispdm.auth.roles import Role, least_role
from jupyter_crispdm.serving.handlers import DeploymentRoutes, ServingRoutes


def test_whoever_may_predict_may_make_every_call_but_configure() -> None:
    roles = {(entry.method, entry.path): least_role(entry.resource, entry.action) for entry in ServingRoutes.table()}
    assert roles.pop(("POST", "configs")) is Role.ANALYST
    assert set(roles.values()) == {Role.PREDICT}


def test_deploying_is_for_analysts() -> None:
    roles = {entry.method: least_role(entry.resource, entry.action) for entry in DeploymentRoutes.table()}
    assert roles == {"GET": Role.VIEWER, "POST": Role.ANALYST, "DELETE": Role.ANALYST}
