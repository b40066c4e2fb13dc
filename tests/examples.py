"""Which examples the property tests try: the same each time in `make test`, many new ones in `make fuzz`.

What a change did not break stays green, whatever else ran before. For that it is not enough that Hypothesis begins
with the same seed: it also draws constants that it reads in those of our modules that are imported by then, and they
are others in each worker and each order of files. So it is shown none.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

_FUZZING = os.environ.get("CRISPDM_TEST_EXAMPLES") == "fuzz"
_USUAL, _MORE = 100, 30


def examples(usual: int) -> int:
    """How many examples a property tries for which so many are usual."""
    return usual * _MORE if _FUZZING else usual


def choose() -> None:
    """Settle it for this process."""
    slow = [HealthCheck.too_slow]  # says something about the machine, nothing about the program
    settings.register_profile("project", deadline=None, derandomize=True, suppress_health_check=slow)
    more = {"max_examples": examples(_USUAL), "derandomize": False}
    settings.register_profile("fuzz", settings.get_profile("project"), **more)
    settings.load_profile("fuzz" if _FUZZING else "project")
    if not _FUZZING:
        none = Constants()
        providers._get_local_constants = lambda: none
