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
        Requirement(
            "serving.on-ray",
            "A replica of a Ray Serve application answers and refuses as the service of one machine does.",
        ),
        Requirement(
            "serving.on-ray-killed",
            "On a Ray of two machines no answer is lost or wrong while replicas and machines are killed.",
            elsewhere="make test-ray-serve",
        ),
        Requirement("serving.idempotency-other-body", "An Idempotency-Key with another request is refused."),
        Requirement(
            "serving.idempotency-worker",
            "A request with a key whose model's process dies is done once more, and answered once.",
        ),
        Requirement(
            "serving.alias-follows",
            "A deployment of an alias follows it: the new version is started, requests go over, the old one is ended.",
        ),
        Requirement(
            "serving.alias-switch", "Requests go over to a new version when it can answer; the old one drains."
        ),
        Requirement(
            "serving.alias-fails", "A new version that does not load leaves the old one answering, and is said."
        ),
        Requirement(
            "serving.switch-order",
            "Whatever the order of events, whoever can answer for a name does.",
        ),
        Requirement(
            "serving.change-while-answering",
            "A deployment is changed while it answers; the old workers answer until the new ones can.",
        ),
        Requirement(
            "serving.worker-kept",
            "A model that has worked is started again for as long as it is deployed; one that never could is given up.",
        ),
        Requirement(
            "serving.answer-let-go",
            "An answer that comes in the moment in which its caller leaves is let go, and its connection is free.",
        ),
        Requirement(
            "serving.alone-follows",
            "A service without a server follows the aliases that it serves; several share a registry behind nginx.",
        ),
        Requirement(
            "serving.canary-patch",
            "A share of an alias's requests goes to another version, or is shown to it; both are compared.",
            names=("PATCH deployments/{id}", "GET deployments/{id}/comparison"),
        ),
        Requirement(
            "serving.no-answer-lost",
            "While workers, front and server are killed and an alias is switched, no answer is lost, doubled or mixed.",
        ),
        Requirement("serving.canary-share", "A share is even over any requests that follow each other."),
        Requirement("serving.shadow", "A shadow is asked too, never waited for, and never answered from."),
        Requirement("serving.samples", "A share of the requests is kept with its answers, as parquet files."),
        Requirement(
            "serving.deployment-log", "What a deployment's workers said is read.", names=("GET deployments/{id}/log",)
        ),
        Requirement(
            "serving.load-unload",
            "`/v2/repository/models/{m}/unload` takes a model out of memory, over restarts, until it is loaded.",
            names=(
                "POST serving/v2/repository/models/{model}/load",
                "POST serving/v2/repository/models/{model}/unload",
            ),
        ),
        Requirement(
            "serving.idle", "A model that nobody asks is unloaded after `idle_seconds`, and woken by a request."
        ),
        Requirement(
            "serving.memory-cap",
            "All models together take no more memory than they may: those unused longest rest, what does not fit is "
            "refused.",
            names=("setting serving_memory",),
        ),
    ),
)
