"""The desk: pages, files, work that saves itself."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 9: people without Lab",
        Requirement(
            "desk.published-jobs",
            "A viewer runs published scripts with parameters of their own, stops their own jobs, no more.",
            names=("setting published_scripts", "setting viewer_jobs"),
        ),
        Requirement("desk.reading-tokens", "A token whose scope is read changes nothing, whoever it belongs to."),
    ),
    *of(
        "issue 9: pages",
        Requirement(
            "desk.parameters",
            "Training code reads what its job was submitted with.",
            names=("crispdm.parameters",),
        ),
        Requirement("desk.fields", "What a visitor chose in any widget of a page is found, named and put back."),
        Requirement("desk.restore", "Values are in the widgets of a page before it is shown.", names=("widgets.Kept",)),
        Requirement(
            "desk.autosave",
            "A page is saved at each change, once a second at most, at page switch and when the tab goes.",
        ),
        Requirement("desk.tabs", "Of two tabs the newer wins per field, and the older is told and may take over."),
        Requirement("desk.misfits", "What no longer fits is left out and named, and the rest comes back."),
        Requirement(
            "desk.story",
            "Twelve widgets on three pages are back after the server or the kernel died, and on another computer.",
        ),
        Requirement("desk.kernel-gone", "What is chosen after the kernel died is kept too."),
        Requirement("desk.phases", "The demo's dashboard has the six phases as its pages, each with its real work."),
    ),
    *of(
        "issue 9: files",
        Requirement(
            "files.folders",
            "Whoever asks is told which folders they reach, and how much room is left.",
            names=("GET files/folders",),
        ),
        Requirement(
            "files.walk",
            "No spelling, link or case leads a viewer out of their folders, by contents, files, checkpoints or a body.",
        ),
        Requirement(
            "files.list",
            "A folder of 10,000 files is listed in order at once, and what is odd in it is left out and counted.",
            names=("GET files/list",),
        ),
        Requirement(
            "files.several",
            "Several files and folders are copied and moved at once, each is told, and nothing is replaced.",
            names=("POST files/copy", "POST files/move"),
        ),
        Requirement(
            "files.trash",
            "What is thrown away comes back from one's own trash, until it is too old or too much.",
            names=(
                "POST files/trash",
                "GET files/trash",
                "DELETE files/trash",
                "POST files/trash/{id}/restore",
                "DELETE files/trash/{id}",
                "setting trash_days",
                "setting trash_bytes",
            ),
        ),
        Requirement(
            "files.download",
            "`files/` sends a file whole or in pieces (Range), and pages that people wrote in a sandbox.",
        ),
        Requirement(
            "files.preview",
            "Tables, texts, notebooks and pictures are looked at in bounds; what breaks its reader breaks alone.",
            names=("GET files/preview",),
        ),
        Requirement(
            "files.archive",
            "Folders and several files come as a zip that is made while it is sent, and no further than it is read.",
            names=("GET files/archive",),
        ),
        Requirement(
            "files.content",
            "A file is read in pieces and a small one written whole or not at all, also by a program.",
            names=("GET files/content", "PUT files/content"),
        ),
        Requirement("settings.files", "Without a setting what is promised for folders and the trash holds."),
        Requirement(
            "client.files",
            "`client.files` lists, reads, writes, downloads, copies, moves and throws away.",
            names=(
                "client.files.folders", "client.files.list", "client.files.read", "client.files.read_text",
                "client.files.write", "client.files.download", "client.files.preview", "client.files.copy",
                "client.files.move", "client.files.trash", "client.files.trashed", "client.files.restore",
                "client.files.purge",
            ),
        ),
        Requirement(
            "files.turns",
            "Copies, moves and previews of one person keep nobody else waiting, and too many of them are told.",
        ),
        Requirement(
            "files.room-left",
            "A home's quota and the free disk are checked before anything is written.",
            names=("setting home_quota", "setting keep_disk_free"),
        ),
    ),
    *of(
        "issue 9: the file browser",
        Requirement(
            "filebrowser.keyboard",
            "In list and tree the keyboard is enough: arrows, letters, Enter, F2, Delete, Backspace, the usual keys "
            "with Ctrl.",
        ),
        Requirement(
            "filebrowser.many", "Of 10,000 files those in sight are in the page, and marking all of them is one press."
        ),
        Requirement(
            "filebrowser.read-only", "A folder that is only read says so, and offers nothing that cannot be done in it."
        ),
        Requirement(
            "filebrowser.fresh",
            "What is shown is read again after each command and when somebody comes back, and what is hidden never.",
        ),
        Requirement(
            "filebrowser.drag", "Files are moved or copied by a drag, and sent when they are dropped from outside."
        ),
        Requirement(
            "filebrowser.uploads",
            "Two uploads go at a time; each is paused, resumed, cancelled and tried again, and says why it failed.",
        ),
        Requirement(
            "filebrowser.conflicts", "Where names are taken it is asked once for all: keep both, replace or skip."
        ),
        Requirement("filebrowser.resume", "An upload goes on where it was cut, also after the page was loaded anew."),
        Requirement("filebrowser.trash", "What was thrown away is taken back at once, or from the trash."),
        Requirement("filebrowser.pick", "A form gets the files or the folder that somebody chose, plain paths alone."),
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
        "issue 9: when something is gone",
        Requirement(
            "desk.restore-cost",
            "Putting fifty values back adds at most 100 ms to the making of a dashboard.",
            elsewhere="benchmarks/bench_restore.py",
        ),
        Requirement(
            "desk.banner", "A page says within 5 seconds that its server or its kernel is gone, in one sentence."
        ),
        Requirement(
            "desk.go-on",
            "One click makes the page anew with all that was saved; it does so by itself when nothing is lost by it.",
        ),
    ),
    *of(
        "issue 9: pages at the door",
        Requirement("desk.cards", "The home page shows each dashboard's title, description, picture and publisher."),
        Requirement(
            "desk.cards-hostile", "What notebooks say of themselves stays text; a broken one does not spoil the list."
        ),
        Requirement("desk.accessible", "axe-core finds nothing serious on the login page and the home page."),
        Requirement("desk.forget", "Log out and forget drops what was kept of the person for their next visit."),
        Requirement("desk.page-argument", "A dashboard's address names one of its pages, which its kernel is told."),
        Requirement(
            "desk.framing",
            "Our pages and Lab's are framed by this site only; a dashboard frames Lab, with every protection on, and "
            "whoever is refused in a tab is refused in a frame.",
        ),
    ),
    *of(
        "issue 9: kernels",
        Requirement("kernels.token-in-memory", "A kernel's token is in no file and no list; the audit log tells it."),
        Requirement(
            "kernels.token-role",
            "A kernel's token opens what its owner may at that moment, an analyst's work at most, and nothing once "
            "they are removed, have another password, or the token by which they came is revoked.",
        ),
        Requirement("warm.told", "A kernel that was ready knows its visitor as one that is started for them does."),
        Requirement("warm.once", "A kernel that was ready is given to one visitor, however many come at once."),
        Requirement("warm.hidden", "A kernel that waits has no owner and no token, and is in no list."),
        Requirement("warm.replaced", "A kernel that waits and dies is replaced; a visitor who meets it gets another."),
        Requirement("warm.counted", "Kernels that wait count, give way, and are kept only while memory is free."),
        Requirement(
            "settings.warm-kernels", "`warm_kernels` says how many kernels are kept ready.",
            names=("setting warm_kernels",),
        ),
        Requirement(
            "bench.warm", "A page with a kernel that was ready is there within 1 s beyond plain Voila's best.",
            elsewhere="benchmarks/bench_warm.py",
        ),
        Requirement("kernels.token-ends", "A kernel's token ends as its process ends: stopped, restarted or killed."),
    ),
    *of(
        "issue 9: pages",
        Requirement(
            "dashboard.menu",
            "The menu of a `Dashboard` has its pages in their order, in groups, with icons, a mark of how the work of "
            "each stands, and which one is shown.",
        ),
        Requirement(
            "dashboard.pages",
            "A page is a widget, or a function that makes one at the first visit; what it made is kept.",
            names=("widgets.Page",),
        ),
        Requirement(
            "dashboard.trouble",
            "A page that cannot be made says why to who codes, can be tried again, and keeps nobody from the others.",
        ),
        Requirement(
            "dashboard.address",
            "The page stands in the address: links, back and forward lead to it; in Lab no address is touched.",
        ),
        Requirement(
            "dashboard.switch",
            "Who goes back to a page that was made needs no kernel for it, and what is hidden follows nothing.",
        ),
        Requirement(
            "dashboard.roles",
            "A page for other roles is neither shown nor made, whatever link or value a client brings; who is not "
            "known has the least role.",
        ),
        Requirement(
            "dashboard.hostile",
            "From a client a dashboard takes the page alone, and of the pages those of its visitor's menu.",
        ),
        Requirement(
            "dashboard.keyboard",
            "The keyboard is enough: arrow keys in the menu, Enter, a way to skip it, and the focus at the heading.",
        ),
        Requirement(
            "dashboard.extras",
            "Beside its author's pages a dashboard offers jobs, models, asking a model, a notebook for those who code, "
            "the licence, and the way out; each can be left out.",
            names=("widgets.ModelTable", "widgets.NotebookFrame"),
        ),
        Requirement("dashboard.accessible", "axe-core finds nothing serious in a dashboard and its extras."),
        Requirement(
            "dashboard.one-application",
            "A dashboard fills its page under one bar, and down to 800 pixels its menu is behind a button.",
        ),
    ),
    *of(
        "issue 9: uploads",
        Requirement(
            "uploads.tus",
            "Files are received by the tus protocol 1.0 with creation, creation-with-upload, termination and "
            "expiration; whatever is refused is refused before the body is read.",
            names=(
                "GET files/uploads",
                "POST files/uploads",
                "PATCH files/uploads/{id}",
                "GET files/uploads/{id}",
                "POST files/uploads/{id}",
                "DELETE files/uploads/{id}",
            ),
        ),
        Requirement("uploads.resume", "Cut anywhere, what came is kept, and the file goes on from there."),
        Requirement("uploads.takes-over", "Who asks anew takes an upload over from a line that hangs."),
        Requirement("uploads.stall", "A sender from whom nothing comes is given up; what came is kept."),
        Requirement("uploads.checksum", "A piece that is not what its checksum promised is dropped whole."),
        Requirement("uploads.kill", "After a kill -9 at any moment an upload is where its offset says."),
        Requirement("uploads.clients", "tuspy and tus-js-client send through cuts and kills, byte for byte."),
        Requirement("uploads.placed", "A file appears whole, at once, with the mode of its people's other files."),
        Requirement("uploads.folders", "A folder is uploaded whole: its own folders are made."),
        Requirement("uploads.taken", "A taken name is a conflict, or replaced, or another is given, as asked."),
        Requirement("uploads.names", "Names and ways that are no plain ones are refused by field."),
        Requirement("uploads.roles", "People upload into folders of theirs only, and see their own uploads only."),
        Requirement(
            "uploads.limits",
            "Open uploads of a person, the size of a file, quota and disk are looked at before anything is sent.",
            names=("setting open_uploads", "setting largest_upload"),
        ),
        Requirement(
            "uploads.expires",
            "What was cut and never went on is deleted after a while.",
            names=("setting upload_hours",),
        ),
        Requirement(
            "client.files-upload",
            "`client.files.upload` sends a file or a folder through cuts and restarts, and tells how far it is.",
            names=("client.files.upload", "client.files.uploads", "client.files.cancel"),
        ),
        Requirement("uploads.memory", "However large a file and slow a disk, little of it lies in memory."),
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
