from __future__ import annotations

import pytest

from jupyter_crispdm.base.errors import TooManyRequests, Unavailable
from jupyter_crispdm.serving.inference.http.budgets import CallerBudgets
from jupyter_crispdm.serving.inference.settings import RequestLimits


def test_what_each_has_under_way_is_counted_and_given_back() -> None:
    budgets = CallerBudgets(RequestLimits(requests_each=2, in_flight=100, in_flight_each=60))
    for caller in ("a", "a", "b"):
        budgets.enter(caller)
    with pytest.raises(TooManyRequests, match="2 requests under way"):
        budgets.enter("a")
    budgets.hold("a", 60)
    with pytest.raises(TooManyRequests, match="over 60 bytes"):
        budgets.hold("a", 1)
    budgets.hold("b", 40)
    with pytest.raises(Unavailable):
        budgets.hold("b", 1)
    budgets.leave("a", 60)
    budgets.hold("b", 20)
    budgets.leave("b", 60)
    budgets.leave("a", 0)
    assert budgets.is_quiet
