"""Faults and attacks at the door."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "faults: 1",
        Requirement(
            "door.no-login",
            "Any route with any method is 302, 401 or 403 without a login, but for the public list.",
        ),
        Requirement("door.role-table", "A new route without a row in the role table fails the build."),
    ),
    *of(
        "faults: 2",
        Requirement("door.viewer", "A viewer gets 403 on every route and method but those of the allow list."),
        Requirement("door.viewer-kernels", "A viewer cannot reach, end or talk to kernels of others."),
    ),
    *of(
        "faults: 3",
        Requirement(
            "door.path-tricks",
            "Encoded dots and slashes, double slashes, case and trailing slashes get a viewer nowhere.",
        ),
    ),
    *of(
        "faults: 4",
        Requirement(
            "door.viewer-messages",
            "A viewer's kernel socket passes widget messages only; the rest is dropped and noted.",
        ),
    ),
    *of(
        "faults: 5",
        Requirement("door.malformed-frames", "Malformed kernel frames are dropped for every role."),
    ),
    *of(
        "faults: 6",
        Requirement("door.widget-values", "Widget values that a client must not set are validated in Python."),
    ),
    *of(
        "faults: 7",
        Requirement(
            "door.wrong-passwords",
            "Five wrong passwords in five minutes stop that user with 429 and Retry-After, and nobody else.",
        ),
        Requirement(
            "door.hashing",
            "Passwords are hashed off the event loop, so that a flood of logins does not slow the server.",
        ),
    ),
    *of(
        "faults: 8",
        Requirement("door.unknown-user", "An unknown user gets the answer of a wrong password, after the same time."),
    ),
    *of(
        "faults: 9",
        Requirement(
            "door.odd-names",
            "A huge or many-lined user name or odd bytes in it are a 400 and a short log line.",
        ),
    ),
    *of(
        "faults: 10",
        Requirement(
            "door.old-cookies",
            "A cookie is refused after log-out, a new password or a lowered role, and open sockets are closed in "
            "five seconds.",
        ),
        Requirement(
            "door.foreign-cookies",
            "A tampered cookie or one from before the login opens nothing and is no 500.",
        ),
    ),
    *of(
        "faults: 11",
        Requirement("door.redirects", "A login leads to no other site, in any spelling."),
    ),
    *of(
        "faults: 12",
        Requirement("door.token-in-url", "A token in the address is ignored."),
        Requirement("door.secrets", "No secret is in a kernel's, terminal's or job's environment, or in arguments."),
        Requirement("door.secrets-in-logs", "No secret is in the log of an internal error."),
    ),
    *of(
        "faults: 13",
        Requirement(
            "door.open-server",
            "A server with an open door does not start, names the option and says what to do.",
        ),
    ),
    *of(
        "faults: 14",
        Requirement(
            "door.xsrf",
            "POST, PUT, PATCH and DELETE with a cookie but no XSRF token, or from another origin or host, are 403.",
        ),
    ),
    *of(
        "faults: 15",
        Requirement("door.framing", "No page of another origin frames us or reads our JSON."),
    ),
    *of(
        "faults: 16",
        Requirement(
            "door.many-pages",
            "Kernels are counted for each user and in all, and one whose page never connected is gone within a minute.",
        ),
    ),
    *of(
        "faults: 17",
        Requirement("door.bodies", "Huge, half-sent and endless bodies are refused on the headers or at the limit."),
        Requirement("door.multipart", "Thousands of multipart parts are refused."),
    ),
)
