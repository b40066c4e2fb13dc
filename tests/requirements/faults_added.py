"""Faults that the first walk through the product added."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "faults: 45",
        Requirement(
            "injection.address",
            "No text of an address, a file name or a notebook's metadata becomes script in any page.",
        ),
        Requirement("injection.csp", "A script that is injected all the same does not run."),
    ),
    *of(
        "faults: 46",
        Requirement(
            "jobs.own-files",
            "A job that replaces, locks, links or blocks a file of its directory keeps nobody waiting, and its "
            "log and metrics say why.",
        ),
    ),
    *of(
        "faults: 47",
        Requirement("lists.one-bad", "One broken item leaves the rest of its list there."),
    ),
    *of(
        "faults: 48",
        Requirement("floods.frames", "Who floods a socket is slowed."),
        Requirement("floods.subscriptions", "A stream follows no more than so many topics."),
        Requirement("floods.bodies", "One caller holds no more than so many bytes of bodies."),
        Requirement("floods.logins", "Floods of logins keep no user out."),
        Requirement("floods.predictions", "Callers take turns at a model, and a full queue refuses those who fill it."),
        Requirement("floods.told", "Health shows who went over a budget."),
        Requirement("floods.state", "Writes of state have a budget."),
        Requirement("floods.uploads", "Files of one person on their way and pieces read at a time are limited."),
    ),
    *of(
        "faults: 49",
        Requirement("clients.left", "The queued work of a client that left is dropped."),
    ),
    *of(
        "faults: 50",
        Requirement(
            "door.other-extensions",
            "An extension that opens a door of its own is named by doctor and at the start.",
        ),
    ),
    *of(
        "faults: 51",
        Requirement(
            "calendar.changes",
            "Clock changes of any size lose no run and double none, with bounded work off the loop.",
        ),
    ),
    *of(
        "faults: 52",
        Requirement("recorder.cannot-write", "A recorder that cannot write says so once, and the training goes on."),
    ),
    *of(
        "faults: 53",
        Requirement(
            "machine.rebuild",
            "A test run, an upgrade or a rebuild beside a running server leaves its pages working.",
        ),
    ),
)
