"""The life of deployments: what goes on when something dies, is switched, or rests."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 11: deployments",
        Requirement(
            "serving.front-comes-back",
            "A front that is killed is replaced at once; who connects meanwhile waits instead of being refused.",
        ),
        Requirement(
            "serving.idempotency-same",
            "A second request with the same Idempotency-Key gets the first's answer, also after a kill of the front.",
        ),
        Requirement("serving.idempotency-other-body", "An Idempotency-Key with another request is refused."),
        Requirement(
            "serving.idempotency-worker",
            "A request with a key whose model's process dies is done once more, and answered once.",
        ),
    ),
)
