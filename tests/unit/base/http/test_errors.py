"""The one shape of every error, whoever raised it."""

from __future__ import annotations

import pytest
from tornado import web

from jupyter_crispdm.base.errors import Conflict, CrispdmError, ErrorBody
from jupyter_crispdm.base.http.gateway import error_body


def told(status: int, error: BaseException | None) -> tuple[str, str, str]:
    body = error_body(status, error)
    return body.message, body.reason, body.code


@pytest.mark.proves("http.errors")
def test_an_error_of_ours_is_told_as_it_is() -> None:
    error = Conflict("It runs.", field="id", state="running")
    assert error_body(500, error) == ErrorBody("It runs.", "Conflict", "conflict", {"field": "id", "state": "running"})


@pytest.mark.parametrize("error", [ZeroDivisionError("secret"), KeyError("secret"), CrispdmError, None])
def test_what_went_wrong_inside_is_not_told(error: BaseException | None) -> None:
    assert told(500, error) == ("Internal Server Error.", "Internal Server Error", "internal_server_error")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (web.HTTPError(404), "Not Found."),
        (web.HTTPError(404, "There is none."), "There is none."),
        (web.HTTPError(404, "There is no %s of %d", "page", 3), "There is no page of 3"),
        (web.HTTPError(404, "100% gone"), "100% gone"),
        (web.HTTPError(404, "%s %d %"), "%s %d %"),
    ],
)
def test_an_error_of_tornados_is_told_in_its_own_words(error: web.HTTPError, message: str) -> None:
    """Its arguments were left out, and of a percent sign it made two."""
    assert told(404, error) == (message, "Not Found", "not_found")


def test_a_reason_of_its_own_is_told_beside_the_code_of_the_status() -> None:
    assert told(403, web.HTTPError(403, reason="Too early")) == ("Forbidden.", "Too early", "forbidden")


@pytest.mark.parametrize(("status", "code"), [(418, "i_m_a_teapot"), (405, "method_not_allowed"), (299, "error")])
def test_each_status_has_a_code(status: int, code: str) -> None:
    assert told(status, None)[2] == code
