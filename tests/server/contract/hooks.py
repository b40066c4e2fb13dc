"""What schemathesis is told before it calls a route, and what it looks at in each answer.

Loaded by schemathesis in its own process (SCHEMATHESIS_HOOKS).
"""

from __future__ import annotations

import json
import os
from typing import Any

import schemathesis

# The values of placeholders that stand for something that is there: {"GET /jobs/{id}": {"id": "…"}}.
THERE: dict[str, dict[str, str]] = json.loads(os.environ.get("CRISPDM_CONTRACT_THERE", "{}"))
_NOWHERE = "not-there"
_turns: dict[str, int] = {}


def _no_program(body: dict[str, Any]) -> None:
    """A job would run whatever was made up: in an environment that is not there, it is decoded, judged and refused."""
    body["environment"] = _NOWHERE


def _no_program_later(body: dict[str, Any]) -> None:
    """A schedule would run it later."""
    if isinstance(body.get("submission"), dict):
        _no_program(body["submission"])


def _no_other_host(body: dict[str, Any]) -> None:
    """A source may name any host, which would be called; what is simulated is made here."""
    if isinstance(body.get("source"), dict) and body["source"].get("kind") in ("mqtt", "http", "serving"):
        body["source"] = {"kind": "simulated", "rate": 10}


def _no_installation(body: dict[str, Any]) -> None:
    """An environment is made by pip, uv or conda, which load packages: a name that is refused makes none."""
    body["name"] = "../" + str(body.get("name"))


HARMLESS = {
    "POST /crispdm/api/jobs": _no_program,
    "POST /crispdm/api/schedules": _no_program_later,
    "PATCH /crispdm/api/schedules/{id}": _no_program_later,
    "POST /crispdm/api/streams": _no_other_host,
    "PATCH /crispdm/api/streams/{id}": _no_other_host,
    "POST /crispdm/api/streams/test": _no_other_host,
    "POST /crispdm/api/environments": _no_installation,
}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Make the call harmless, and every second one of those with placeholders ask for what is there."""
    label = case.operation.label
    if isinstance(case.body, dict) and label in HARMLESS:
        HARMLESS[label](case.body)
    turn = _turns[label] = _turns.get(label, 0) + 1
    if turn % 2 and label in THERE:
        case.path_parameters.update(THERE[label])


@schemathesis.check
def no_failure_of_ours(context: Any, response: Any, case: Any) -> None:
    """No 5xx, but what says that it will be there: 503, with the time to wait."""
    waits = response.status_code == 503 and "retry-after" in response.headers
    if response.status_code >= 500 and not waits:
        raise AssertionError(f"{response.status_code}: {response.text[:500]}")


@schemathesis.serializer("application/offset+octet-stream")
def as_it_is(context: Any, value: Any) -> Any:
    """A piece of an upload is the bytes themselves."""
    return getattr(value, "data", value)
