"""What jobs are told of their user and the server."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 10: jobs and the server",
        Requirement(
            "jobs.know-their-user",
            "Each job has CRISPDM_URL, CRISPDM_USER and a CRISPDM_TOKEN of its owner, unless it was given a server.",
        ),
        Requirement(
            "jobs.token-role",
            "A job's token opens what its owner may at that moment, an analyst's work at most, and nothing once they "
            "are removed or the token by which they came is revoked.",
        ),
        Requirement("jobs.token-ends", "A job's token ends with the job; another attempt has another."),
        Requirement("jobs.token-survives", "A job's token goes on as the job does while the server is started again."),
        Requirement(
            "jobs.token-hidden",
            "A job's token is in no row, log, list, answer or command line; one file holds it that only the account "
            "may read.",
        ),
        Requirement(
            "client.finds-moved-server",
            "A kernel or job whose server came back on another port finds it by the token that it accepts.",
        ),
    ),
)
