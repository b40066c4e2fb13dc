"""Shared values in Python: `server_state`."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 10: server_state",
        Requirement(
            "client.state",
            "The client has a verb for each of the API's on shared values, locks and texts.",
            names=(
                "client.state.list", "client.state.get", "client.state.put", "client.state.delete",
                "client.state.increment", "client.state.append", "client.state.update", "client.state.notify",
                "client.state.put_content", "client.state.content", "client.state.lock", "client.state.renew",
                "client.state.free", "client.state.text", "client.state.write_text",
            ),
        ),
        Requirement(
            "state.client-values",
            "`server_state` reads and writes JSON, numpy arrays, pandas frames, Arrow tables, pictures and bytes, as "
            "they were, without pickle.",
        ),
        Requirement(
            "state.client-hostile",
            "What a colleague wrote runs no code and takes no memory beyond its own bytes when it is read.",
        ),
        Requirement("state.client-cas", "Compare-and-set and `setdefault` lose no write."),
        Requirement("state.client-verbs", "`increment`, `append` and `update` need no lock."),
        Requirement(
            "state.client-lock",
            "A lock is a `with` block, renewed in the background; its loss is said, and its writes are refused then; "
            "that of a process that was killed is free after its lease.",
        ),
        Requirement("state.client-observe", "Observers are told what others change, and always the newest in the end."),
        Requirement("state.client-own", "Nobody is told of their own writes, whichever road is faster."),
        Requirement("state.client-hold", "`hold_notifications` writes without a refresh, `notify` forces one."),
        Requirement("state.client-link", "A widget that is linked in several sessions is the same in all of them."),
        Requirement("state.client-main-loop", "Callbacks run on the loop of the kernel, in Lab and in dashboards."),
        Requirement("state.client-jobs", "A job shares values with notebooks and dashboards."),
        Requirement(
            "state.client-reconnect", "A lost connection is made again, and what was missed meanwhile arrives.",
        ),
        Requirement("state.client-patience", "A server that is started again is waited for; nothing is done twice."),
        Requirement("state.client-docs", "The examples that users are shown run, and say what is true."),
        Requirement("state.client-text", "`server_state.text` is written by several people at once."),
    ),
)  # fmt: skip
