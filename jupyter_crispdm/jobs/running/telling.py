"""What a job is told of its user and of the server as it starts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from ..types import Job

TOKEN = "CRISPDM_TOKEN"

Tell = Callable[[Job, str], Awaitable[Mapping[str, str]]]
"""The variables for a job; its second argument is the token that a start which was broken off gave it, if any."""
