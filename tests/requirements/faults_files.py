"""Faults in files, models and names."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "faults: 18",
        Requirement(
            "files.traversal",
            "Path traversal in any field that is a path or a name, in any encoding, is 400 or 404.",
        ),
        Requirement("files.links", "Links that leave the root are not followed."),
        Requirement("files.paths-from-jobs", "A path that a job wrote is input and stays inside."),
    ),
    *of(
        "faults: 19",
        Requirement(
            "files.upload-names",
            "Uploaded names with paths, empty ones, dots and 300 bytes are stored safely or refused.",
        ),
        Requirement(
            "files.upload-pieces",
            "Uploads of files are resumable and leave nothing half-written.",
        ),
    ),
    *of(
        "faults: 20",
        Requirement(
            "archives.bombs",
            "Archive bombs, too many entries, links, nested archives and forged sizes are refused before much is "
            "unpacked.",
        ),
    ),
    *of(
        "faults: 21",
        Requirement("images.bad", "A bad image is refused by itself, and the others of its batch are answered."),
    ),
    *of(
        "faults: 22",
        Requirement("base64.bad", "Broken or enormous base64 is a 400 or 413."),
    ),
    *of(
        "faults: 23",
        Requirement("models.code", "A model file with code in it is refused and nothing of it is run."),
        Requirement("models.bombs", "A small file with a giant tensor is refused with flat memory."),
        Requirement(
            "models.wrong",
            "Wrong types, missing keys and NaN weights are refused, and the old version keeps serving.",
        ),
    ),
    *of(
        "faults: 24",
        Requirement("files.by-url", "A model or data set named by an address is refused."),
        Requirement(
            "files.proxying",
            "Upstreams are asked on an exact allow list only, checked after resolving and redirects.",
        ),
    ),
    *of(
        "faults: 25",
        Requirement("names.html", "HTML and scripts in names and metadata are shown as text."),
        Requirement("names.csv", "Formulas in cells of exported CSV are made harmless.", deferred="issue 12"),
    ),
    *of(
        "faults: 26",
        Requirement("files.sandbox", "A user's HTML or SVG in a tab stays in its sandbox."),
    ),
    *of(
        "faults: 27",
        Requirement(
            "json.bad",
            "JSON that is no object, NaN, deep, huge, of wrong types or with unknown fields is a 400 or 413.",
        ),
    ),
    *of(
        "faults: 28",
        Requirement(
            "environments.odd-names",
            "Only discovered environments are used, by argument vectors, whatever they are called.",
        ),
    ),
)
