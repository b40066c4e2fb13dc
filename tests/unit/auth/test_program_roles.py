"""What a program may do depends on its token's scope, on its person's role, and on whether it changes anything."""

from __future__ import annotations

import pytest

from jupyter_crispdm.auth.types import Program, Role


@pytest.mark.proves("desk.reading-tokens")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND", ""])
def test_one_that_reads_may_only_ask_models_where_something_is_changed(method: str) -> None:
    program = Program("report", "ada", Role.VIEWER, reads_only=True)
    assert program.role_for(method) is Role.PREDICT
    assert Program("report", "ada", Role.VIEWER).role_for(method) is Role.VIEWER


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_needs_no_more_than_its_role(method: str) -> None:
    assert Program("report", "ada", Role.VIEWER, reads_only=True).role_for(method) is Role.VIEWER
    assert Program("report", "ada", Role.ANALYST).role_for(method) is Role.ANALYST
