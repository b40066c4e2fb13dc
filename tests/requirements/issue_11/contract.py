"""Both APIs against their documents."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 11: contract",
        Requirement("http.contract", "schemathesis finds nothing between the workbench's API and its document."),
        Requirement("serving.contract", "schemathesis finds nothing between the inference server and its document."),
    ),
)
