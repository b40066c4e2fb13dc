"""The live monitor: a stream in the browser."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 10: live monitor",
        Requirement(
            "monitor.appends",
            "The plot draws the window where it lies: new samples come behind the others, and nothing is sent again.",
        ),
        Requirement("monitor.late", "A late viewer gets the window, and then what is new."),
        Requirement("monitor.resume", "After a cut a page gets exactly the samples that it lacks."),
        Requirement("monitor.period", "A reader chooses push, or an update every 0.5, 1, 2 or 5 seconds."),
        Requirement(
            "monitor.look-back",
            "A reader drags back in time while the stream goes on, pauses, zooms, and returns to live.",
        ),
        Requirement(
            "monitor.thresholds",
            "Thresholds are one's own or shared with everybody, and what they were before is drawn.",
        ),
        Requirement(
            "monitor.events",
            "The latest three alarms and all others are acknowledged, shelved, cleared, commented and labelled.",
        ),
        Requirement("monitor.kept", "What a visitor chose on the monitor is kept with the page."),
        Requirement("monitor.panel", "Lab's side panel shows streams, and starts, stops, opens and deletes them."),
        Requirement("monitor.trial", "A new stream's source is tried: its first messages are shown, columns proposed."),
        Requirement("monitor.demo", "The demo starts a simulated line, and its monitor is a dashboard for viewers."),
        Requirement(
            "monitor.frames",
            "At 100 samples a second the page draws a frame in 17 ms at the median.",
            elsewhere="benchmarks/bench_monitor.py",
        ),
    ),
)
