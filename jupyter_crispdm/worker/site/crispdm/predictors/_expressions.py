"""Sizes in an exported program are expressions, which their reader evaluates: only harmless ones pass."""

from __future__ import annotations

import json
import re
import zipfile
from typing import Any, Iterator

LARGEST = 64 << 20
PROGRAM = re.compile(r"(.*/)?(models/[^/]+\.json|serialized_exported_program\.json)")
QUOTED = re.compile(r"'[A-Za-z]\w{0,50}'")
HARMLESS = re.compile(
    r"(?:[A-Z][A-Za-z0-9]*\(|[a-z]+=(?=[TF])|(?:True|False|[suz][a-z]{0,3}\d+|floor|ceiling|log|sqrt|oo|int_oo)\b"
    r"|\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])|[\s()+\-*/,<>]|[<>=]=|'')*"
)
"""Numbers, symbols, operators, and classes that begin with a capital, with no text in them but names of symbols."""


def check_expressions(path: str) -> None:
    """Refuse an exported program in which a size could run code; ValueError, zipfile.BadZipFile."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if PROGRAM.fullmatch(member.filename):
                if member.file_size > LARGEST:
                    raise ValueError("The exported program is larger than %d MiB." % (LARGEST >> 20))
                for text in _expressions(json.loads(archive.read(member))):
                    if not is_harmless(text):
                        raise ValueError("The exported program holds the expression '%.100s', which is no size." % text)


def is_harmless(text: str) -> bool:
    """Whether an expression consists of numbers and symbols only."""
    return len(text) < 10_000 and HARMLESS.fullmatch(QUOTED.sub("''", text)) is not None


def _expressions(found: Any) -> Iterator[str]:
    """Every expression within a program."""
    if isinstance(found, list):
        for item in found:
            yield from _expressions(item)
    elif isinstance(found, dict):
        for key, item in found.items():
            if key == "expr_str":
                yield str(item)
            else:
                yield from _expressions(item)
