"""What is made by a call belongs to a person: `Request.owner`, never `Request.username`, which may be a program's."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.source import PACKAGE, calls, dotted, modules

#: Who a caller is technically may be handed on only as this, or to this.
ALLOWED = {
    "by": "who did it, for the audit log",
    "self._turn_of": "each caller waits in a line of their own",
    "quote": "what the prediction service calls its caller",
}


@pytest.mark.proves("jobs.owner")
def test_nothing_is_made_in_the_name_of_a_program() -> None:
    """Issue 7: jobs, schedules, environments and deployments were `token:server`'s."""
    given = [
        (path, argument.arg if argument.arg else name)
        for path, module in modules(PACKAGE)
        if path.endswith("handlers.py") or path == "serving/passing.py"
        for name, call in calls(module)
        for argument in [*call.keywords, *(_unnamed(value) for value in call.args)]
        if dotted(argument.value) == "request.username"
    ]
    assert {how for _, how in given} == set(ALLOWED), given


def _unnamed(value: ast.expr) -> ast.keyword:
    return ast.keyword(arg=None, value=value)
