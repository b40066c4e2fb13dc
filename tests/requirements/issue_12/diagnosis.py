"""What curves say, alerts, and the best of a job that is stopped."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 12: diagnosis",
        Requirement(
            "diagnosis.verdict",
            "Each pair of train and validation curves is said to be under-fitted, over-fitted, just right, diverging, "
            "on a plateau or no number any more, with the reason and the points that it rests on.",
            names=("GET jobs/{id}/diagnosis", "client.jobs.diagnosis"),
        ),
        Requirement(
            "diagnosis.live",
            "What the curves of a job say is told while it trains.",
            names=("topic jobs/{id}/diagnosis",),
        ),
        Requirement(
            "diagnosis.alerts",
            "Rules, a threshold, no number, no improvement for long, raise an alert once, also over a restart; they "
            "come with the submission, and can be changed while the job runs.",
            names=(
                "GET jobs/{id}/alerts", "PUT jobs/{id}/alerts", "client.jobs.alerts", "client.jobs.set_alerts",
                "run --alert", "rerun --alert", "schedule add --alert",
            ),
        ),
        Requirement(
            "diagnosis.view",
            "The page of a job says what its curves say: a badge, the reason, and on demand the points that it rests "
            "on, the best point and the alerts.",
        ),
        Requirement(
            "diagnosis.alert-fields",
            "Rules that raise an alert are fields of the form that runs a job, and of a pop-up on its page, which "
            "shows what was raised: a threshold, no number, no improvement for long; tell, or stop and keep the best.",
        ),
        Requirement(
            "cli.top",
            "`jupyter crispdm top` shows runs in a terminal as they go on, without a server: progress, curves, "
            "verdict, log; its first frame needs nothing that is slow to import.",
            names=("top", "top ID", "top --data-dir", "top --interval", "top --once"),
        ),
        Requirement("diagnosis.notice", "An alert is told by webhook and mail."),
        Requirement(
            "diagnosis.keep-best",
            "A job can be stopped, by a person or by an alert, so that what it kept at its best point is its result: "
            "the version of a model that it registered then gets the alias `best`.",
        ),
    ),
)
