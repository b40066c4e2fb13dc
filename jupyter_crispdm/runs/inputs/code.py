"""The code of a run, as it is when the run is submitted: of a git checkout the commit and what differs from it, else
the source files of the folder. Bounded in bytes, files and time; reads the disk: call it in a thread.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from jupyter_crispdm.base.files.regular import read_regular, stat_regular

from ..made.types import Code, CodeFile
from .git import Git, GitFailed

AGAIN = "crispdm-again"
"""The folder below the server's root in which code of earlier runs is made again."""

_MOST_FILES = 500
_MOST_NAMES = 20_000
_DEEPEST = 5
_LISTING_BYTES = 4 << 20
_ENDS = frozenset({
    ".py", ".pyx", ".pxd", ".pyi", ".ipynb", ".r", ".rmd", ".jl", ".sh", ".bash", ".c", ".cc", ".cpp", ".cu", ".cuh",
    ".h", ".hpp", ".rs", ".go", ".java", ".js", ".mjs", ".ts", ".sql", ".lua", ".toml", ".cfg", ".ini", ".yaml", ".yml",
})  # fmt: skip
_DIFF = ("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--binary", "--full-index", "HEAD")
_NAMES = frozenset({"Makefile", "Dockerfile", "Snakefile", "requirements.txt"})
#: Folders in which programs leave what they make: it is no code, though it may end like code.
_RESULTS = frozenset({
    AGAIN, "crispdm-runs", "lightning_logs", "mlruns", "wandb", "outputs", "checkpoints", "multirun", "runs",
    "node_modules", "__pycache__", "site-packages",
})  # fmt: skip


class Captured(NamedTuple):
    """The code, and the contents of those of its files that are kept, by path."""

    code: Code
    contents: Mapping[str, bytes]


def capture_code(folder: Path, script: Path | None, limit: int) -> Captured:
    """The code that is run in a folder; `limit` is how many bytes of it may be kept."""
    try:
        git = Git(folder)
        if folder.resolve().is_relative_to(git.top):
            return _of_checkout(git, limit)
    except (GitFailed, OSError):
        pass
    paths = list(_sources(folder))
    if script is not None and script.is_relative_to(folder) and script not in paths:
        paths.insert(0, script)
    return _captured(folder, [path.relative_to(folder).as_posix() for path in paths], limit, Code("", str(folder)))


def is_code(path: str) -> bool:
    """Whether a path is of source code, and in no folder of results."""
    pure = PurePosixPath(path)
    hidden = any(part.startswith(".") or part in _RESULTS for part in pure.parts[:-1])
    return not hidden and (pure.suffix.lower() in _ENDS or pure.name in _NAMES)


def digest_of(code: Code) -> str:
    """The digest of code: equal for equal commits, differences and contents."""
    total = hashlib.sha256()
    for part in (code.commit, code.diff, *(f"{one.path}\0{one.sha256}" for one in code.files)):
        total.update(part.encode("utf-8", "surrogateescape") + b"\0\0")
    return total.hexdigest()[:16]


def _of_checkout(git: Git, limit: int) -> Captured:
    commit = branch = diff = ""
    partial = ""
    try:
        commit = git.line("rev-parse", "--verify", "HEAD")
        branch = git.line("rev-parse", "--abbrev-ref", "HEAD")
        diff = git.ask(*_DIFF, limit=limit).decode("utf-8", "surrogateescape")
        if not _is_text(diff):
            diff, partial = "", "its difference to the commit is no UTF-8"
    except GitFailed as error:
        partial = f"its difference to the commit is not kept: {error}" if commit else "it has no commit yet"
    try:
        names = git.names("ls-files", "--others", "--exclude-standard", "-z", limit=_LISTING_BYTES)
    except GitFailed as error:
        names, partial = [], partial or f"untracked files are not known: {error}"
    wanted = [name for name in names if is_code(name) and _is_text(name)]
    if not commit:
        wanted += [name for name in _names(git, "ls-files", "-z") if is_code(name) and _is_text(name)]
    code = Code("", str(git.top), commit, branch, diff, partial=partial)
    return _captured(git.top, wanted, limit - len(diff), code)


def _names(git: Git, *words: str) -> list[str]:
    try:
        return git.names(*words, limit=_LISTING_BYTES)
    except GitFailed:
        return []


def _captured(root: Path, paths: Iterable[str], limit: int, code: Code) -> Captured:
    """The code with its files read, as many as may be kept."""
    files: list[CodeFile] = []
    contents: dict[str, bytes] = {}
    left, partial = limit, code.partial
    for path in sorted(dict.fromkeys(paths)):
        try:
            size = stat_regular(root / path, below=root).st_size
            data = read_regular(root / path, max(left, 0), below=root) if len(files) < _MOST_FILES else None
        except FileNotFoundError:
            continue
        except OSError:  # too large for what is left, or no file
            data = None
        if data is None:
            partial = partial or f"'{path}' and others are not kept: there is too much of it"
            if len(files) < 2 * _MOST_FILES:
                files.append(CodeFile(path, size, kept=False))
            continue
        left -= len(data)
        contents[path] = data
        files.append(CodeFile(path, len(data), _hash(path, data)))
    whole = Code("", code.root, code.commit, code.branch, code.diff, files, partial)
    return Captured(Code(digest_of(whole), *_rest(whole)), contents)


def _rest(code: Code) -> tuple[str, str, str, str, list[CodeFile], str]:
    return code.root, code.commit, code.branch, code.diff, code.files, code.partial


def _hash(path: str, data: bytes) -> str:
    """Of a notebook the sources alone: it is the same code whatever its cells have shown."""
    if path.endswith(".ipynb"):
        try:
            cells = json.loads(data)["cells"]
            data = json.dumps([[cell["cell_type"], cell["source"]] for cell in cells]).encode()
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
    return hashlib.sha256(data).hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    """The source files below a folder, the nearest first; links and environments are left out."""
    waiting, left = deque([(folder, 0)]), _MOST_NAMES
    while waiting and left > 0:
        at, depth = waiting.popleft()
        try:
            with os.scandir(at) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        left -= len(found)
        if any(entry.name == "pyvenv.cfg" for entry in found):
            continue
        for entry in found:
            if not _is_text(entry.name) or entry.name.startswith("."):
                continue
            if entry.is_file(follow_symlinks=False) and is_code(entry.name):
                yield Path(entry.path)
            elif entry.is_dir(follow_symlinks=False) and entry.name not in _RESULTS and depth < _DEEPEST:
                waiting.append((Path(entry.path), depth + 1))


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
