"""The beams for the rooms to come."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 8: live facts",
        Requirement(
            "live.values",
            "A Value topic tells the newest whole value, also to a slow client or one with a period.",
        ),
        Requirement(
            "live.tables",
            "A Table topic tells changed rows with their newest number, conflated, and removals.",
        ),
        Requirement(
            "live.logs",
            "A Log topic has an epoch: when its numbers go back a reader is told to begin anew.",
        ),
        Requirement(
            "live.newest-with-period",
            "With a period or a slow client the newest facts arrive, not the oldest.",
        ),
        Requirement("live.log-at-limit", "A log page goes on when its log reaches its limit."),
        Requirement("live.encoded-once", "A fact is encoded once, however many sockets follow it."),
        Requirement(
            "live.heartbeat",
            "A quiet page hears a heart-beat on its socket and asks no health.",
        ),
        Requirement(
            "live.typed",
            "Messages are typed, and the browser's types are made from them.",
        ),
        Requirement(
            "live.core",
            "The protocol's core knows no socket and no clock, and holds when frames are dropped, doubled and delayed.",
        ),
        Requirement(
            "live.coordinator",
            "In the browser a topic is followed once, hidden views cost nothing, and curves grow in place.",
        ),
    ),
    *of(
        "issue 8: rooms",
        Requirement(
            "rooms.toy",
            "A toy room brings routes, topics, a setting, a panel, a widget and a command with no change "
            "elsewhere but one list on each side.",
        ),
        Requirement("rooms.app", "`app.py` is the list of rooms."),
        Requirement(
            "rooms.route-heads",
            "A route answers HEAD where it answers GET, and Allow is complete.",
        ),
        Requirement(
            "rooms.inference-table",
            "The prediction service and the way behind the login are made from one table.",
        ),
        Requirement(
            "rooms.arrows",
            "No circle and no arrow back up; inference knows no tornado and no room knows torch.",
        ),
        Requirement("rooms.map", "The table of the house in architecture.md is checked by a test."),
    ),
    *of(
        "issue 8: words",
        Requirement("words.any-name", "A parameter, column or search word may be called as what every object has."),
        Requirement("words.no-list-methods", "No method is named list so that aliases are needed."),
    ),
    *of(
        "issue 8: manifest",
        Requirement(
            "manifest.complete",
            "Every behaviour is proven by a test that names it, or deferred with a reason.",
        ),
        Requirement("manifest.names", "Every name that users type has a row."),
        Requirement(
            "manifest.one-test-four-roads",
            "One test of a behaviour runs over HTTP, live socket, Python client and command line.",
        ),
        Requirement(
            "ui.pictures",
            "Every state of a view that is worth a picture is a fixture with a recorded picture.",
        ),
        Requirement(
            "bench.live",
            "The benchmark of live topics holds a thousand sockets on one topic at half a core.",
            elsewhere="benchmarks/bench_live.py",
        ),
    ),
)
