"""The live topics."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "surface: live",
        Requirement("live.socket", "`WS live` takes subscribe and unsubscribe, and sends topic, number and data."),
        Requirement("live.period", "A follower gets at most one message each period that they name."),
        Requirement("live.sse", "`GET live` as text/event-stream carries the same topics; Last-Event-ID resumes."),
        Requirement("live.ndjson", "`GET live` as application/x-ndjson carries the same topics."),
        Requirement("live.resume", "Who was away goes on from the number of their last message."),
        Requirement("live.gap", "A client that is too slow gets thinned data and a gap, never a growing queue."),
        Requirement("live.topic-jobs", "The topic `jobs` tells of every job.", names=("topic jobs",)),
        Requirement("live.topic-job", "The topic `jobs/{id}` tells of one job.", names=("topic jobs/{id}",)),
        Requirement(
            "live.topic-log",
            "The topic `jobs/{id}/log` tells the log from any byte on.",
            names=("topic jobs/{id}/log",),
        ),
        Requirement(
            "live.topic-metrics",
            "The topic `jobs/{id}/metrics` tells the columns from any cursor on.",
            names=("topic jobs/{id}/metrics",),
        ),
        Requirement(
            "live.topic-environments",
            "The topic `environments` tells of new and removed ones.",
            names=("topic environments",),
        ),
        Requirement("live.topic-models", "The topic `models` tells of the registry.", names=("topic models",)),
        Requirement(
            "live.topic-deployments",
            "The topic `deployments` tells of what is deployed.",
            names=("topic deployments",),
        ),
        Requirement(
            "live.topic-schedules",
            "The topic `schedules` tells of changes of schedules.",
            names=("topic schedules",),
        ),
        Requirement(
            "live.topic-state",
            "The topic `state/{key}` tells of a value.",
            names=("topic state/{key}",),
        ),
        Requirement(
            "live.topic-streams",
            "The topic `streams/{id}` tells of samples.",
            names=("topic streams/{id}",),
        ),
        Requirement(
            "live.topic-project",
            "The topic `project` tells of the project.",
            names=("topic project",),
            deferred="no issue yet",
        ),
        Requirement(
            "live.proxy",
            "`POST proxy` passes an allow-listed upstream through, message by message.",
            names=("POST proxy", "setting proxy_allow"),
        ),
    ),
    *of(
        "surface: a kernel knows its user",
        Requirement(
            "kernels.know-their-user",
            "Each kernel has CRISPDM_URL and a CRISPDM_TOKEN of its owner's role at most, which ends with the kernel.",
            names=("setting server_url",),
        ),
    ),
)
