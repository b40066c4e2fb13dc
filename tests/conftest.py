"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ["pytest_jupyter.jupyter_server"]

# No test depends on how fast a machine is.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
