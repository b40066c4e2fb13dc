"""What a job was given: the values that whoever submitted it chose."""

from __future__ import annotations

import json
import os
from typing import Any


def parameters() -> dict[str, Any]:
    """The parameters that this job was submitted with, as JSON has them; none outside a job.

    Whoever may submit the job chose them, so treat them as any input. Raises OSError or ValueError where they cannot
    be read: a training that goes on without what was chosen for it would be worse.
    """
    path = os.environ.get("CRISPDM_PARAMETERS_FILE")
    if path is None:
        return {}
    with open(path, encoding="utf-8") as file:
        given = json.load(file)
    if not isinstance(given, dict):
        raise ValueError("The parameters of a job are an object.")
    return given
