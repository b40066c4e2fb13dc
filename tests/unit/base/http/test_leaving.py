"""A caller who left before the answer."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tornado.iostream import StreamClosedError

from jupyter_crispdm.base.http.gateway import GatewayHandler


class Called:
    """As much of a handler as its log asks for."""

    request = SimpleNamespace(method="DELETE", path="/a", uri="/a?token=secret")


@pytest.mark.parametrize(("error", "level"), [(StreamClosedError(), logging.INFO), (ValueError(), logging.ERROR)])
def test_it_is_no_fault_of_ours(error: Exception, level: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    GatewayHandler.log_exception(cast(Any, Called()), type(error), error, None)
    [record] = caplog.records
    assert record.levelno == level
    assert "secret" not in record.getMessage()
