"""Faults of the machine, of processes and of disks."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "faults: 29",
        Requirement(
            "machine.server-killed",
            "However often the server is killed while many jobs run, each ends with its right exit code, whole "
            "log and right row.",
        ),
    ),
    *of(
        "faults: 30",
        Requirement(
            "machine.supervisor-killed",
            "A job goes on when its supervisor is killed, and is lost for a reason, never succeeded.",
        ),
    ),
    *of(
        "faults: 31",
        Requirement(
            "machine.stubborn-jobs",
            "A job that ignores signals and has daemonised children is gone within the grace time, also after a "
            "restart.",
        ),
    ),
    *of(
        "faults: 32",
        Requirement(
            "machine.pid-reuse",
            "A process that took the number of a job is never signalled, nor after a reboot.",
        ),
    ),
    *of(
        "faults: 33",
        Requirement("machine.out-of-memory", "A job that ran out of memory has failed for that reason."),
    ),
    *of(
        "faults: 34",
        Requirement(
            "machine.huge-logs",
            "A log of any size, without a newline, with odd bytes, cut or rotated stays fast in flat memory.",
        ),
        Requirement("machine.log-cap", "The cap of a log is respected and said."),
        Requirement("machine.progress-bars", "Carriage returns and backspaces show what a terminal shows."),
    ),
    *of(
        "faults: 35",
        Requirement(
            "machine.disk-full",
            "A full disk is a clear error at every place that writes; contents are old or new, never mixed.",
        ),
        Requirement("machine.disk-full-recovers", "What waited for room goes on by itself when there is some."),
        Requirement("machine.half-written", "A record is never half-written."),
    ),
    *of(
        "faults: 36",
        Requirement(
            "machine.database-damaged",
            "A damaged database is set aside and the tables are rebuilt from the job directories.",
        ),
        Requirement(
            "machine.database-versions",
            "An older database is copied before it is migrated, a newer one is refused with a message.",
        ),
        Requirement("machine.two-servers", "A second server on one data directory is refused."),
        Requirement("machine.database-locked", "A list is answered while the database is locked."),
    ),
    *of(
        "faults: 37",
        Requirement(
            "machine.many-writers",
            "Many processes append metrics at once; nothing is lost that log() returned from.",
        ),
    ),
    *of(
        "faults: 38",
        Requirement(
            "machine.page-lost",
            "After a refresh, a cut line or a killed server the page goes on without gap or double, with a banner "
            "within five seconds.",
        ),
    ),
    *of(
        "faults: 39",
        Requirement("machine.never-reads", "A client that never reads holds nothing, and others are unaffected."),
    ),
    *of(
        "faults: 40",
        Requirement(
            "machine.environment-gone",
            "An environment that was deleted or broke while in use is an error that names it.",
        ),
    ),
    *of(
        "faults: 41",
        Requirement("machine.clock-jumps", "A clock that jumps makes no negative duration and ends nothing."),
        Requirement(
            "machine.no-files-left",
            "Too many open files and a failing fork are said, pass, and take nothing else along.",
        ),
    ),
    *of(
        "faults: 42",
        Requirement(
            "machine.broker",
            "A broker or upstream that dies, stalls, floods or sends rubbish is said within five seconds, and "
            "reconnected to.",
        ),
    ),
    *of(
        "faults: 43",
        Requirement("machine.sigterm", "At SIGTERM the server exits, and its jobs go on."),
        Requirement(
            "machine.sigterm-quick",
            "At SIGTERM the server has exited within five seconds.",
            elsewhere="by hand",
        ),
        Requirement("machine.sigterm-hint", "A stream says after what time to come back when it ends."),
    ),
    *of(
        "faults: 44",
        Requirement(
            "machine.hours",
            "Hours of use with fifty clients, twenty chatty jobs and five dashboards leave memory, files and "
            "processes flat.",
            deferred="no issue yet",
        ),
    ),
)
