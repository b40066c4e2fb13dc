"""The verbs of rules: parse, call, answer."""

from __future__ import annotations

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Routes, route

from .manager import RulesManager
from .types import MetricRules, MetricRulesChange, RulesTried, RuleTrial


class RuleRoutes(Routes):
    """``tracking/rules``: look, change, try."""

    def __init__(self, rules: RulesManager) -> None:
        self._rules = rules

    @route("GET", "tracking/rules", answer=MetricRules, resource="tracking")
    async def show_rules(self, request: Request) -> MetricRules:
        """Show the rules by which metrics are found in logs."""
        return self._rules.show()

    @route("PUT", "tracking/rules", body=MetricRulesChange, answer=MetricRules, resource="tracking", action="write")
    async def change_rules(self, request: Request, body: MetricRulesChange) -> MetricRules:
        """Set the rules by which metrics are found in logs; logs of running jobs are read again by them."""
        return await self._rules.change(body)

    @route("POST", "tracking/rules/try", body=RuleTrial, answer=RulesTried, resource="tracking", action="write")
    async def try_rules(self, request: Request, body: RuleTrial) -> RulesTried:
        """Show what rules would find in a piece of a log; nothing is kept."""
        return await self._rules.try_out(body)
