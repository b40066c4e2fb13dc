"""What stands in front of a number, and what behind it: its name, and whether it is one of its own."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from .words import Kind, belongs, is_name, kind_of, place_of, section_of

_WRAPPERS = re.compile(r"(?:(?:tensor|Tensor|[Aa]rray|np\.float\d\d|numpy\.float\d\d|float\d\d)\(\[?|['\"~≈])\Z")
_SEPARATOR = re.compile(r"\s*(?:[:=]|=>|->|→)\s*\Z")
_BRACKETED = re.compile(r"\s*\(([^()]{1,24})\)\Z")
_OPENED = re.compile(r"\s*[\[(#]\s*\Z")
_QUOTED = re.compile(r"['\"`]([^'\"`]{1,64})['\"`]\Z")
_CUT = re.compile(r"[,;|{}\[\]()<>\0\"`│┃:=]|(?<!\S)[-–—*•.]+(?=\s)|(?<!\w)'|'(?!\w)|\.(?=\s)")
_BEHIND = re.compile(r"(?:%|[,;|)\]}'\"│┃+±]|\.(?!\d)|:\s|\s|\Z)")
_UNIT = re.compile(
    r"\s+\(?(?:s|sec|secs|seconds?|ms|us|µs|ns|min|mins|minutes?|h|hours?|days?|[kKMGT]i?[bB]|B|bytes?|bits?"
    r"|it/s|s/it|img/s|images?/s|fps|GB/s|MB/s|kB/s|GFLOPs?|params?|parameters?|samples?|images?|files?|items?"
    r"|tokens?|points?|stars?|rows?|columns?|lines?|packages?|modules?|tests?|words?|times?|votes?"
    r"|warnings?|errors?|passed|failed|found|not found)(?![\w\-/:=@'])(?! ?[:=])",
)
_CONNECTIVES = frozenset(
    {"and", "with", "the", "a", "an", "of", "at", "has", "got", "is", "was", "are", "to", "for", "in", "by", "on"}
    | {"from", "after", "finished", "current", "this", "its"}
)
_MOST_WORDS = 5
_LONGEST = 400


class Front(NamedTuple):
    """The text in front of a number: its last words, the `place` and the `section` that it names, all of it bare.

    `joined`: a colon or an equals sign joins the words to the number.
    """

    words: tuple[str, ...]
    joined: bool
    place: str
    section: str
    text: str


@lru_cache(maxsize=4096)
def look(left: str) -> Front:
    """Take apart what stands in front of a number."""
    text = left.strip()
    body = _WRAPPERS.sub("", text[-_LONGEST:]).rstrip()
    if (opened := _OPENED.search(body)) is not None:  # Epoch [3/10]
        inner = look(body[: opened.start()])
        return inner._replace(words=(), text=text) if inner.place else Front((), False, "", _section_of_all(body), text)
    cut = _SEPARATOR.search(body)
    joined = cut is not None
    body = body[: cut.start()] if cut else body
    note = _BRACKETED.search(body)
    if note:
        body = body[: note.start()]
        if joined and _UNIT.match(" " + note[1]):
            return Front(("time",), joined, "", "", text)
    quoted = _QUOTED.search(body)
    pieces = [*_CUT.split(body[: quoted.start()]), quoted[1]] if quoted else _CUT.split(body)
    words = tuple(pieces[-1].split()[-_MOST_WORDS:])
    place, section = _place(words)
    section = _last_section(pieces[:-1]) or section
    if note and not joined:
        section = section_of(note[1]) or section
    return Front(() if place else words, joined, place, section, text)


def _last_section(pieces: list[str]) -> str:
    return next((section for piece in reversed(pieces) if (section := section_of_phrase(piece))), "")


def _section_of_all(text: str) -> str:
    return _last_section(_CUT.split(text))


def _place(words: tuple[str, ...]) -> tuple[str, str]:
    """The place that the last words name, and the section in front of it: `Train Epoch`."""
    if not words:
        return "", ""
    for count in (2, 1):
        if len(words) >= count and (place := place_of(" ".join(words[-count:]).strip("#"))):
            return place, section_of_phrase(" ".join(words[:-count]))
    if words[-1] == "#" and len(words) > 1:
        return _place(words[:-1])
    return "", ""


def section_of_phrase(phrase: str) -> str:
    """The part of the data that a few words are about: `Validation Results`, `on the test set`."""
    words = phrase.split()
    if not 0 < len(words) <= 4:
        return ""
    for first, last in ((0, 1), (0, 2), (len(words) - 1, len(words)), (len(words) - 2, len(words))):
        if 0 <= first < last <= len(words) and (section := section_of(" ".join(words[first:last]))):
            return section
    return section_of(words[-2]) if len(words) > 1 and words[-1] in ("set", "data", "split", "Results") else ""


def name(front: Front) -> tuple[list[str], Kind] | None:
    """The name that the words in front of a number give it; None for prose."""
    words = [word for word in front.words if word not in ("#", "-")]
    if not words or not all(is_name(word) for word in words[-1:]):
        return None
    head = kind_of(words[-1])
    if section_of(" ".join(words[-2:])):
        return words[-2:], Kind.unknown
    if front.joined and len(words) == 1:
        return _one_word(words[0], head)
    if head in (Kind.never, Kind.setting):
        return [words[-1]], head
    if head in (Kind.metric, Kind.ambiguous, Kind.companion):
        return _with_modifiers(words, head)
    if section_of(words[-1]):
        return words[-1:], Kind.unknown
    return _around(words) if front.joined else None


def _one_word(word: str, kind: Kind) -> tuple[list[str], Kind] | None:
    is_file = kind is Kind.unknown and "." in word
    return None if is_file or (len(word) < 2 and kind is Kind.unknown) else ([word], kind)


def _with_modifiers(words: list[str], head: Kind) -> tuple[list[str], Kind]:
    first = len(words) - 1
    while first > 0 and (belongs(words[first - 1]) or words[first - 1].endswith("'s")):
        first -= 1
    whole = words[first:]
    if first > 1 and words[first - 1] in ("set", "data", "split") and (section := section_of(words[first - 2])):
        whole = [section, *whole]
    kind = kind_of(" ".join(whole))
    return whole, head if kind in (Kind.unknown, Kind.place) else kind


def _around(words: list[str]) -> tuple[list[str], Kind] | None:
    """A name whose metric does not come last: `loss value`."""
    for first, word in enumerate(words):
        if kind_of(word) is Kind.metric and word.lower() not in _CONNECTIVES:
            return words[first:], kind_of(" ".join(words[first:]))
    is_prose = len(words) > 3 or any(word.lower() in _CONNECTIVES for word in words)
    return None if is_prose or not all(is_name(word) for word in words) else (words, kind_of(" ".join(words)))


@lru_cache(maxsize=4096)
def ends(right: str) -> bool:
    """Whether a number ends where it seems to, and has no unit: what follows is no letter, no `/`, no further digit."""
    if right == "," or _UNIT.match(right[:20]):
        return False
    return _BEHIND.match(right) is not None
