"""Streams: the server's side of the live monitor."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 10: live monitor",
        Requirement(
            "streams.survives",
            "A stream is collected for as long as it is wanted: through kills of its collector, its job's loss and "
            "restarts of the server; only one that was stopped, or whose source has ended, is not begun again.",
        ),
        Requirement(
            "streams.changed", "Limits, detectors and window change while a stream collects; only a source interrupts."
        ),
        Requirement(
            "streams.missed",
            "A late viewer gets the window, then live; after a cut exactly the missing samples, however files moved.",
        ),
        Requirement(
            "streams.history",
            "Any past hour is read, thinned so that each extreme stays, and a torn file is reported and skipped.",
            names=("GET streams/{id}/history",),
        ),
        Requirement(
            "streams.export",
            "Samples are downloaded as parquet or CSV, piece by piece, with what was labelled as a column.",
            names=("GET streams/{id}/export",),
        ),
        Requirement(
            "streams.test",
            "A source is tried before a stream is made of it: its first messages are shown and columns proposed.",
            names=("POST streams/test", "setting stream_trial_seconds"),
        ),
        Requirement(
            "streams.labels",
            "A span of time is given a name, and the name taken back.",
            names=("GET streams/{id}/labels", "POST streams/{id}/labels", "DELETE streams/{id}/labels/{label}"),
        ),
        Requirement(
            "streams.table",
            "The topic `streams` tells state, rate, lag and reason of each stream within five seconds.",
            names=("topic streams", "setting stream_silence_seconds"),
        ),
        Requirement(
            "streams.events-live",
            "The topic `streams/{id}/events` tells of alarms as they come and of what is done about them.",
            names=("topic streams/{id}/events",),
        ),
        Requirement("streams.rebuilt", "Streams and alarms come back from their files where the database is lost."),
        Requirement("streams.notices", "An alarm is told by webhook and mail, unless it is shelved."),
        Requirement(
            "streams.secrets",
            "A password is named, allowed by name, and stands in no row, list, log, spec or command line.",
            names=("setting stream_secrets",),
        ),
        Requirement(
            "streams.viewers",
            "A viewer sees shared streams without how they are collected, and acts on their alarms, no more.",
        ),
        Requirement(
            "client.streams",
            "`client.streams` makes, changes, starts, stops, tries, reads, follows and exports streams, and acts on "
            "their alarms.",
            names=(
                "client.streams.list", "client.streams.get", "client.streams.create", "client.streams.change",
                "client.streams.start", "client.streams.stop", "client.streams.delete", "client.streams.test",
                "client.streams.window", "client.streams.history", "client.streams.export", "client.streams.follow",
                "client.streams.events", "client.streams.act", "client.streams.labels", "client.streams.label",
                "client.streams.unlabel",
            ),
        ),
        Requirement(
            "bench.streams",
            "A thousand sockets on a stream of four series at 10 Hz take at most a core; at 100 Hz memory is flat, and "
            "a viewer gets at most three times the raw bytes.",
            elsewhere="benchmarks/bench_streams.py",
        ),
        Requirement(
            "streams.limits",
            "How many streams there are and how much of each is kept is limited, by settings.",
            names=("setting max_streams", "setting keep_streams_days", "setting keep_stream_bytes"),
        ),
    ),
)
