"""The data of a run: files and folders that its parameters and arguments name, by digests of their contents.

Bounded in files and bytes; of what is larger, sizes, times and samples are taken. Reads the disk: call it in a thread.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from jupyter_crispdm.base.files.regular import regular_file, regular_files

from ..made.types import DataInput

_MOST_INPUTS = 20
_MOST_FILES = 50_000
_CHUNK = 1 << 20
_SAMPLES = 16
_OUTPUTS = re.compile(r"out|save|log|dest|target|checkpoint|ckpt|result|export|write|run", re.IGNORECASE)
_CODE = re.compile(r"\.(?:py|ipynb|sh|r|jl|js)$", re.IGNORECASE)
_MOST_KNOWN = 10_000


class DataHashes:
    """Digests of files, remembered for as long as size and times of a file stay what they are."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: dict[tuple[int, int, int, int], str] = {}

    def inputs(self, folder: Path, root: Path, parameters: Mapping[str, Any], words: Sequence[str]) -> list[DataInput]:
        """What the parameters and arguments of a run in `folder` name, as far as it lies below `root`."""
        found: dict[Path, DataInput] = {}
        for name, text in [*_of_parameters(parameters), *_of_words(words)]:
            path = _path(text, folder, root)
            if path is None or path in found or len(found) >= _MOST_INPUTS:
                continue
            found[path] = self._input(name, path, root)
        return list(found.values())

    def _input(self, name: str, path: Path, root: Path) -> DataInput:
        shown = path.relative_to(root).as_posix()
        if path.is_file():
            digest, size, partial = self._of_file(path, self._limit)
            return DataInput(name, shown, digest, 1, size, partial)
        return self._of_folder(name, path, shown)

    def _of_folder(self, name: str, path: Path, shown: str) -> DataInput:
        total, size, files, partial, left = hashlib.sha256(), 0, 0, "", self._limit
        for inner, found in regular_files(path, below=path, most=_MOST_FILES):
            digest, read, sampled = self._of_file(path / inner, left)
            left = max(0, left - read)
            partial = partial or sampled
            total.update(f"{inner}\0{digest}\n".encode())
            size, files = size + found.st_size, files + 1
        if files >= _MOST_FILES:
            partial = f"only {_MOST_FILES:,} of its files were looked at"
        return DataInput(name, shown, total.hexdigest()[:16], files, size, partial)

    def _of_file(self, path: Path, left: int) -> tuple[str, int, str]:
        """The digest of a file, its size, and what it leaves out."""
        try:
            with regular_file(path) as file:
                found = os.fstat(file.fileno())
                key = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
                if key in self._known:
                    return self._known[key], found.st_size, ""
                if found.st_size > left:
                    return _sampled(file, found.st_size), found.st_size, "samples of large files were read"
                digest = _whole(file)
        except OSError:
            return "", 0, "some files cannot be read"
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[key] = digest
        return digest, found.st_size, ""


def _whole(file: IO[bytes]) -> str:
    total = hashlib.sha256()
    while piece := file.read(_CHUNK):
        total.update(piece)
    return total.hexdigest()[:16]


def _sampled(file: IO[bytes], size: int) -> str:
    total = hashlib.sha256(str(size).encode())
    for number in range(_SAMPLES):
        total.update(os.pread(file.fileno(), 1 << 16, number * size // _SAMPLES))
    total.update(os.pread(file.fileno(), 1 << 16, max(0, size - (1 << 16))))
    return total.hexdigest()[:16]


def _of_parameters(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in parameters.items():
        if isinstance(value, str) and not _OUTPUTS.search(name):
            yield name, value


def _of_words(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Values of options and plain arguments: `--data digits.csv`, `--data=digits.csv`, `digits.csv`."""
    option = ""
    for word in words:
        if word.startswith("-"):
            option, _, value = word.partition("=")
            if value and not _OUTPUTS.search(option):
                yield option.lstrip("-"), value
            continue
        if not _OUTPUTS.search(option):
            yield option.lstrip("-") or word, word
        option = ""


def _path(text: str, folder: Path, root: Path) -> Path | None:
    """The file or folder below the root that a text names; None for code, the folder itself and what is around it."""
    if not text or len(text) > 4096 or "\0" in text or _CODE.search(text):
        return None
    try:
        path = (folder / text).resolve()
        if not path.is_relative_to(root) or folder.is_relative_to(path) or not path.exists():
            return None
    except (OSError, RuntimeError, ValueError):
        return None
    return path
