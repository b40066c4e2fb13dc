from __future__ import annotations

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.serving.handlers import DeploymentRoutes
from jupyter_crispdm.serving.passing import ServingRoutes
from jupyter_crispdm.serving.room import ServingRoom

REPOSITORY = "v2/repository/models/{model}"


def test_whoever_may_predict_may_make_every_call_but_configure_load_and_read_the_numbers() -> None:
    table = ServingRoutes.table()
    roles = {(entry.method, entry.path): ServingRoom.roles[entry.resource, entry.action] for entry in table}
    loading = [("POST", f"{REPOSITORY}/{verb}") for verb in ("load", "unload")]
    not_theirs = [("POST", "configs"), ("GET", "metrics"), *loading]
    assert {roles.pop(one) for one in not_theirs} == {Role.ANALYST}
    assert set(roles.values()) == {Role.PREDICT}


def test_deploying_is_for_analysts() -> None:
    table = DeploymentRoutes.table()
    roles = {(entry.method, entry.path): ServingRoom.roles[entry.resource, entry.action] for entry in table}
    assert roles.pop(("GET", "deployments/{id}/log")) is Role.ANALYST
    by_method = {method: role for (method, _), role in roles.items()}
    assert by_method == {"GET": Role.VIEWER, "POST": Role.ANALYST, "PATCH": Role.ANALYST, "DELETE": Role.ANALYST}
