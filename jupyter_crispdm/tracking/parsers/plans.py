"""The plans of the shapes that were seen, so that each is thought about once."""

from __future__ import annotations

from .numbers import is_measured, value_of
from .shapes import Plan, plan_of
from .words import section_of

_MOST = 4096
_UNKNOWN = Plan()


class Plans:
    """Plans by shape, as many as are kept."""

    def __init__(self) -> None:
        self._plans: dict[tuple[str, ...], Plan | None] = {}
        self._named: dict[tuple[Plan, str], tuple[str, ...]] = {}

    def of(self, texts: tuple[str, ...]) -> Plan | None:
        """The plan for lines of a shape; None when there is nothing in them."""
        plan = self._plans.get(texts, _UNKNOWN)
        if plan is _UNKNOWN:
            if len(self._plans) >= _MOST:
                self._plans.clear()
            plan = self._plans[texts] = plan_of(texts)
        return plan

    def values(self, plan: Plan, numbers: list[str], section: str) -> dict[str, float]:
        """The values of a line by name; `section` is that of the heading above it."""
        if not section and plan.is_plain:
            try:
                return {value.name: float(numbers[value.index]) for value in plan.values}
            except ValueError:  # 1,000 or 1.5D+02
                pass
        found: dict[str, float] = {}
        for value in plan.values:
            number = numbers[value.index]
            if value.measured and not is_measured(number):
                continue
            if value.mean >= 0 and plan.is_evaluation:
                number = numbers[value.mean]
            name = value.name
            if section and not section_of(name.split("/")[0].split("_")[0]):
                name = f"{section}/{name}"
            found[name] = value_of(number)
        return found
