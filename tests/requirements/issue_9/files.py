"""Files: folders, the file browser, uploads."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
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
)
