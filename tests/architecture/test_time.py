"""No unit test's outcome depends on how fast a machine is: none looks at a clock, and none waits for a time to pass.

What takes time is counted (`tests.support.work`), clocks and budgets are handed in, and facts are waited for
(`eventually`, `soon`).
"""

from __future__ import annotations

import ast

import pytest

from tests.architecture.source import ROOT, calls, modules

CLOCKS = frozenset({"sleep", "monotonic", "time", "perf_counter", "process_time", "thread_time", "monotonic_ns",
                    "perf_counter_ns", "process_time_ns", "thread_time_ns", "time_ns"})  # fmt: skip
#: What looks at a clock all the same, and why its outcome is the same on every machine.
ALLOWED = {
    "jobs/executors/test_listing.py": "compares two readings, in whichever order they must come",
}


def looks_at_a_clock(name: str, call: ast.Call) -> bool:
    """Whether this call reads a clock or waits; one turn of the loop is no waiting."""
    module, _, function = name.rpartition(".")
    if module == "asyncio" and function == "sleep":
        return not (isinstance(call.args[0], ast.Constant) and call.args[0].value == 0)
    return module == "time" and function in CLOCKS


@pytest.mark.proves("tests.no-clock")
def test_unit_tests_know_no_time() -> None:
    found = {
        path
        for path, module in modules(ROOT / "tests" / "unit")
        if any(looks_at_a_clock(name, call) for name, call in calls(module))
    }
    assert found == set(ALLOWED)
