"""No room opens a file that a program may change but through `base/files/regular.py`."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.source import PACKAGE, calls, modules

READERS = frozenset({"read_bytes", "read_text", "copyfile", "copy2", "copytree", "rmtree"})
#: What opens files otherwise, and whose files they are.
ALLOWED = {
    "auth/jupyter/doors.py": "Voila's own settings, beside Jupyter's",
    "auth/pages/handlers.py": "our own licence, as installed",
    "auth/jupyter/kernels/warm.py": "the kernel's own files",
    "auth/people.py": "the layouts of people, which it removes",
    "base/files/atomic.py": "temporary files that it has just made, and directories",
    "base/database.py": "our own database",
    "base/files/directory.py": "our own lock",
    "base/files/modes.py": "the kernel's word on our own umask",
    "base/files/regular.py": "the place itself",
    "base/files/removal.py": "directories, none of them a link",
    "environments/building/build.py": "a program of its own",
    "environments/contents/export.py": "environments",
    "files/uploads/placing.py": "directories by their descriptors, none of them a link, and names in them",
    "files/uploads/record.py": "one number of ours, beside bytes that are opened with care",
    "files/showing/archive.py": "the parts of a zip that it makes",
    "jobs/executors/checks.py": "a lock in a folder of its own, in the data directory",
    "environments/kernels/kernelspecs.py": "kernel specs of the account",
    "environments/made.py": "our own markers",
    "environments/kernels/overlay.py": "our own overlays",
    "jobs/executors/local.py": "the pipe to a supervisor, opened for writing without waiting",
    "jobs/executors/ray.py": "the file with the token that an admin named",
    "jobs/submitting/interpreters.py": "a person's script, read once to find its interpreter",
    "jobs/queue/machine.py": "the kernel's own files",
    "jobs/notebooks/run.py": "a program of its own",
    "jobs/notebooks/notebookfile.py": "a person's notebook",
    "notices/manager.py": "our own notes",
    "runs/merging.py": "the parts of a merged run, in a directory that it has just made",
    "jobs/executors/resources.py": "the kernel's own files",
    "models/exchange/exchange.py": "a directory of ours that it has just made",
    "models/exchange/packing.py": "the parts of a zip that it makes",
    "models/exchange/unpacking.py": "a directory of ours that it has just been given",
    "models/formats/skops.py": "our own list, as installed",
    "models/files.py": "our own copies, written",
    "snapshots/contentfiles.py": "our own files, called by their content",
    "state/backends/contentfiles.py": "our own files, called by numbers of ours",
    "tracking/gathering/places.py": "a state of ours, made new in a directory by its descriptor, none of it a link",
    "serving/deployments/facts.py": "the prediction service's own files",
    "tracking/columns/store.py": "a table of ours in a folder by its descriptor, no link on the way",
    "serving/process.py": "the prediction service's own files",
}
#: Programs of their own: they open what is theirs.
OUTSIDE = ("cli/", "client/", "widgets/", "worker/", "serving/inference/", "serving/__main__.py")


def opens(module: ast.Module) -> bool:
    """Whether a module opens a file by its name, or removes a tree by it."""
    if any(isinstance(node, ast.Attribute) and node.attr in READERS for node in ast.walk(module)):
        return True  # also one that is handed on, to be called in a thread
    return any(
        name in ("open", "os.open", "os.fdopen", "io.open")
        or (name.endswith(".open") and _with_a_mode(call))
        for name, call in calls(module)
    )


def _with_a_mode(call: ast.Call) -> bool:
    """`path.open("rb")` rather than `house.open()`."""
    return any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in call.args)


@pytest.mark.proves("files.opened-in-one-place")
def test_files_are_opened_in_one_place() -> None:
    found = {path for path, module in modules(PACKAGE) if not path.startswith(OUTSIDE) and opens(module)}
    assert found - set(ALLOWED) == set(), "open these by base/files/regular.py"
    assert set(ALLOWED) - found == set(), "these are allowed for nothing"
