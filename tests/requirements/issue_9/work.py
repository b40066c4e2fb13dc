"""Work that saves itself, work that people save under a name, kept versions."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
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
                "setting snapshot_fields",
                "setting snapshot_value_bytes",
                "setting snapshot_bytes",
                "setting snapshot_pages",
                "setting saved_works",
                "setting person_snapshot_bytes",
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
        Requirement(
            "bench.snapshots",
            "Two hundred kills in the middle of saving; what restoring 50 fields and saving one costs beside a call of "
            "`health`.",
            elsewhere="benchmarks/bench_snapshots.py",
        ),
        Requirement("snapshots.user-removed", "What a user had saved goes with them, however they are removed."),
        Requirement(
            "snapshots.client",
            "`client.snapshots` saves, merges, forgets and reads pages and saved work.",
            names=(
                "client.snapshots.list",
                "client.snapshots.get",
                "client.snapshots.put",
                "client.snapshots.patch",
                "client.snapshots.delete",
                "client.snapshots.forget",
                "client.snapshots.saved",
                "client.snapshots.save",
                "client.snapshots.load",
                "client.snapshots.change",
                "client.snapshots.rename",
                "client.snapshots.remove",
            ),
        ),
    ),
    *of(
        "issue 9: work under a name",
        Requirement(
            "saved.load",
            "Loaded values go into the widgets, of pages that are still to be made once they are, also without kernel.",
        ),
        Requirement("saved.misfits", "What of loaded work does not fit is left out and named, and the rest comes."),
        Requirement("saved.undo", "A load is undone: what was there before is put back."),
        Requirement("saved.questions", "Nothing is replaced or deleted before its owner was asked."),
        Requirement(
            "saved.files", "Work is exported as a JSON file and imported from one, which is checked and not trusted."
        ),
        Requirement(
            "saved.hostile",
            "A client reaches nothing but fields that are kept, with values that fit; what a file says stays text.",
        ),
        Requirement("saved.own-widgets", "A bar of plain widgets saves them by itself and puts them back."),
        Requirement("saved.extra", "A dashboard offers “Saved work” beside its pages wherever work is kept."),
    ),
    *of(
        "issue 9: kept versions",
        Requirement(
            "history.kept",
            "Each save of a file in Lab is kept as a version, and what it was when it was first opened.",
            names=("GET history", "GET history/{id}"),
        ),
        Requirement("history.ring", "The last twenty versions stay, then one an hour, then one a day."),
        Requirement(
            "history.restored",
            "A version is saved as its file again, by Jupyter's own rules; what the file was before is kept.",
            names=("POST history/{id}/restore",),
        ),
        Requirement("history.renamed", "Versions follow a file, and a folder, that is renamed."),
        Requirement(
            "history.limits",
            "Versions stay within a size limit, but for the newest of each file; large files are left out.",
            names=("setting history_bytes", "setting history_file_bytes"),
        ),
        Requirement("history.refused", "Who has no Lab sees no versions, and what is not kept is not there."),
        Requirement(
            "history.layouts",
            "The last twenty layouts of Lab are each person's own, and are restored by one call.",
            names=("GET layouts", "POST layouts/{id}/restore"),
        ),
        Requirement(
            "history.view",
            "In Lab one sees what has changed since a version, cell by cell, restores it and takes that back; what is "
            "open and not saved is kept too.",
        ),
        Requirement("history.layouts-view", "In Lab one sees one's last layouts with what was open, and restores one."),
    ),
)
