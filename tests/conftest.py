"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["pytest_jupyter.jupyter_server", "tests.brokers.plugin"]

# No test depends on how fast a machine is.
SLOW = [HealthCheck.too_slow]  # says something about the machine, nothing about the program
settings.register_profile("fuzz", deadline=None, max_examples=5_000, suppress_health_check=SLOW)
# The same examples each time: what a change did not break stays green. `make fuzz` looks for new ones.
settings.register_profile("project", deadline=None, derandomize=True, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("CRISPDM_TEST_EXAMPLES", "project"))
