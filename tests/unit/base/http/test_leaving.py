"""A caller who left before the answer."""

from __future__ import annotations

import logging
from typing import Any, cast

import pytest
from tornado.httputil import HTTPServerRequest, RequestStartLine
from tornado.iostream import StreamClosedError

from jupyter_crispdm.base.http.gateway import GatewayHandler


class Called:
    """As much of a handler as its log asks for."""

    request = HTTPServerRequest(
        start_line=RequestStartLine("DELETE", "/crispdm/api/presence/a?token=secret", "HTTP/1.1"),
        connection=cast(Any, None),
    )


@pytest.mark.parametrize(("error", "level"), [(StreamClosedError(), logging.INFO), (ValueError(), logging.ERROR)])
def test_it_is_no_fault_of_ours(error: Exception, level: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    GatewayHandler.log_exception(cast(Any, Called()), type(error), error, None)
    [record] = caplog.records
    assert record.levelno == level
    assert "secret" not in record.getMessage()
