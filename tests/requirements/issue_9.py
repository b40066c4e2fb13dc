"""The desk: pages, files, work that saves itself."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 9: people without Lab",
        Requirement(
            "desk.published-jobs",
            "A viewer runs published scripts with parameters of their own, stops their own jobs, no more.",
        ),
        Requirement("desk.reading-tokens", "A token whose scope is read changes nothing, whoever it belongs to."),
    ),
    *of(
        "issue 9: files",
        Requirement(
            "files.folders",
            "Whoever asks is told which folders they reach, and how much room is left.",
            names=("GET files/folders",),
        ),
        Requirement(
            "files.room-left",
            "A home's quota and the free disk are checked before anything is written.",
            names=("setting home_quota", "setting keep_disk_free"),
        ),
    ),
    *of(
        "issue 9: work that saves itself",
        Requirement(
            "snapshots.merge",
            "Two tabs of one person merge by field, the newest wins, and each hears what the other changed.",
            names=("PATCH snapshots/{page}",),
        ),
        Requirement(
            "snapshots.whole",
            "However tabs interleave and wherever a save fails, a field holds one tab's value and no mixture.",
        ),
        Requirement(
            "snapshots.forget",
            "What was forgotten is gone: a late save of an older tab does not bring it back, and revisions go on.",
            names=("DELETE snapshots",),
        ),
        Requirement("snapshots.pages", "A person lists the pages that were saved for them.", names=("GET snapshots",)),
        Requirement(
            "snapshots.refused",
            "Too many or too large fields, bad names and numbers that are none are refused, and the field is named.",
        ),
        Requirement(
            "snapshots.limits",
            "Fields, values, pages, saved work and all that a person has are limited, by settings.",
            names=(
                "setting snapshot_fields", "setting snapshot_value_bytes", "setting snapshot_bytes",
                "setting snapshot_pages", "setting saved_works", "setting person_snapshot_bytes",
            ),
        ),
        Requirement(
            "snapshots.files",
            "Large values lie in files that are written before their row and removed after the last one that names "
            "them.",
        ),
        Requirement(
            "snapshots.kills",
            "A server killed in the middle of saving leaves the old page or the new one, and revisions never go back.",
        ),
        Requirement(
            "snapshots.shared",
            "Colleagues list and load work that is shared; equal names of two people are two, and only its owner "
            "changes, renames or deletes it.",
            names=("PATCH snapshots/{page}/saved/{name}", "POST snapshots/{page}/saved/{name}/rename"),
        ),
        Requirement(
            "snapshots.live",
            "A page's topic tells its owner, and nobody else, that another tab saved it or that it was forgotten.",
            names=("topic snapshots/{page}",),
        ),
        Requirement("snapshots.user-removed", "What a user had saved goes with them, however they are removed."),
        Requirement(
            "snapshots.client",
            "`client.snapshots` saves, merges, forgets and reads pages and saved work.",
            names=(
                "client.snapshots.list", "client.snapshots.get", "client.snapshots.put", "client.snapshots.patch",
                "client.snapshots.delete", "client.snapshots.forget", "client.snapshots.saved", "client.snapshots.save",
                "client.snapshots.load", "client.snapshots.change", "client.snapshots.rename",
                "client.snapshots.remove",
            ),
        ),
    ),
    *of(
        "issue 9: kernels",
        Requirement(
            "kernels.token-in-memory", "A kernel's token is in no file and no list; the audit log tells it."
        ),
        Requirement(
            "kernels.token-role",
            "A kernel's token opens what its owner may at that moment, an analyst's work at most, and nothing once "
            "they are removed, have another password, or the token by which they came is revoked.",
        ),
        Requirement("kernels.token-ends", "A kernel's token ends as its process ends: stopped, restarted or killed."),
    ),
)
