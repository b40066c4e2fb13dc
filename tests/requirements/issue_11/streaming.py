"""Streams: the chain, its parsers, replay."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 11: streaming",
        Requirement("streaming.resume", "A stream that is cut goes on after the last id that arrived, exactly once."),
        Requirement(
            "streaming.ten-thousand", "A stream of 10,000 tokens that is cut 50 times over HTTP arrives exactly once."
        ),
        Requirement("streaming.gap", "Who asks to go on after what is no longer kept is told 410 before anything."),
        Requirement("streaming.closes", "A reader that goes closes the source, also before it has begun."),
        Requirement("streaming.tee", "Several readers of one stream get all of it; a slow one holds the others."),
        Requirement("streaming.retry", "A source that breaks is opened again after the last id; nothing comes twice."),
        Requirement("streaming.unbuffered", "A piece of an answer arrives before the next one is made."),
        Requirement("streaming.behind-others", "Behind nginx and jupyter-server-proxy nothing is held back."),
        Requirement("streaming.ranges", "Files and logs honor Range: parts, 416, If-Range; several get the whole."),
        Requirement("streaming.cut", "An answer that could not be made to its end is cut, and does not look whole."),
        Requirement("streaming.light", "`from jupyter_crispdm.streaming import Stream` imports nothing heavy."),
    ),
    *of(
        "issue 11: the way behind the login",
        Requirement("serving.passes-uploads", "Behind the login an upload goes on to the service before it is whole."),
        Requirement("serving.passes-streams", "Behind the login each piece of an answer arrives before the next."),
        Requirement("serving.leaving-ends", "Who leaves behind the login ends the work of the service at once."),
        Requirement("serving.headers", "Behind the login headers go through by an allow list, both ways."),
    ),
    *of(
        "issue 11: proxy",
        Requirement("proxy.leaving", "A reader that leaves leaves the upstream."),
        Requirement("proxy.roles", "Analysts and admins ask upstreams, nobody else does; without a list nobody."),
        Requirement(
            "proxy.settings",
            "Which private hosts may be asked, how long, how much, and through which functions is set.",
            names=(
                "setting proxy_private",
                "setting proxy_transforms",
                "setting proxy_seconds",
                "setting proxy_silence_seconds",
                "setting proxy_bytes",
            ),
        ),
    ),
)
