"""Where the samples of streams come from, and how messages become columns."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 10: sources of streams",
        Requirement(
            "streams.simulated",
            "A line that does not exist delivers a sine with noise and now and then a defect, the same by its seed.",
        ),
        Requirement("streams.mqtt", "Messages of a broker come in order, by MQTT 3.1.1 and 5, also of many topics."),
        Requirement(
            "streams.mqtt-session",
            "What is published while nobody collects, and what was read and not stored, comes when somebody does.",
        ),
        Requirement("streams.mqtt-door", "A broker is asked by TLS, by name and password; a refusal is said."),
        Requirement(
            "streams.stall",
            "A broker that stalls, says nothing or is none at all is said within five seconds, and asked again.",
        ),
        Requirement("streams.broker-death", "A broker that dies is said, and found again with growing pauses."),
        Requirement("streams.flood", "A flood waits where it comes from: what is read ahead is bounded, none is lost."),
        Requirement(
            "streams.files",
            "Lines, tables and parquet files come as they are written, each once, from the place that was stored last.",
        ),
        Requirement(
            "streams.files-faults",
            "A file that is rotated, cut, torn, endless or no file costs nothing else, and is said.",
        ),
        Requirement(
            "streams.http-source",
            "An address is polled, or listened to as events, lines or a WebSocket; events go on after the last stored.",
        ),
        Requirement("streams.http-door", "An address is asked with a token, or with a name and a password."),
        Requirement(
            "streams.http-faults",
            "A server that refuses, stalls, dies in a message or never ends one is said, and asked again.",
        ),
        Requirement(
            "streams.endurance",
            "Whatever is killed between a broker and the files, every published number is there, and seq has no "
            "gap.",
        ),
        Requirement("streams.metrics", "What another job logs at one step is a sample."),
        Requirement("streams.serving", "A request to a model is a sample, with its time, rows and score."),
        Requirement(
            "streams.replay",
            "A recorded stream is played as fast as it was up to a hundred times as fast, on from where it stood.",
        ),
        Requirement(
            "serving.request-log",
            "The prediction service logs each request to a model, in bounded files, and never waits for the disk.",
        ),
        Requirement("streams.clock", "A clock that is set, forwards or backwards, changes times and nothing else."),
        Requirement(
            "streams.mapping-safe",
            "A path reads one place of a message, or all of one array: it runs no code and its cost is bounded.",
        ),
        Requirement("streams.mapping-arrays", "One message may hold many samples, as a list or as columns."),
        Requirement(
            "streams.mapping-python",
            "A function of the user's own makes samples of messages; its mistakes cost those messages only.",
        ),
        Requirement(
            "streams.rubbish",
            "A message that is huge, deep, cut or no JSON at all is counted by its reason, and the others are there.",
        ),
        Requirement(
            "streams.odd-values",
            "NaN, a missing field and a field that changes its type cost that one value, never a row or the stream.",
        ),
    ),
)
