"""From the shape of a line, all of it but its numbers, to a plan: which of them are metrics, which say where one is.

A program prints few shapes and many lines. So a shape is thought about once, and its lines are read by the plan.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from . import front
from .front import Front
from .numbers import MOST_NUMBERS
from .words import Kind, kind_of, proper, section_of, tokens

_STAMP = r"[\[(]?(?:[IWEF] )?(?:\0(?:[-/:.][\dT\0Z+,]+){2,8}|\0/\0 \0:\0:\0)[\])]?"
_LEVEL = r"\[?(?:INFO|DEBUG|WARNING|WARN|NOTICE|ERROR|CRITICAL|TRACE)\b\]?"
_RANK = r"\[?(?:rank|gpu|proc)[\s:]?\d{0,4}\0?\]?:?"
_PREFIX = re.compile(rf"(?:(?:{_STAMP}|{_LEVEL}|{_RANK})[\s:|,-]*){{0,4}}", re.IGNORECASE)
_KLOG = re.compile(r"[IWEF]\d{4} (?:\0[:.]?){3,5} *\0? *[^\s\]]{1,80}:\0\] ?")
#: Of lines that tell of metrics which were told already, or of files and settings.
_RETELLS = re.compile(
    r"\b(?:improved|not improve|did not|new best|best score|best iteration|best value|best_epoch|best metric|bestTest"
    r"|early ?stopping|restor(?:ing|ed)|checkpoint|saving|min_delta|Stopped training|reducing learning rate|threshold"
    r"|Traceback|Shrink model|set to|no further splits|assert|training from|expected)\b|\bconverge|\breached \0"
    r"|\b(?:Namespace|\w*Arguments)\(|(?-i:\b\w*[a-z][A-Z]\w*\(\w+=)|^\s*File \"|\w ?[=!]= ?\w"
    r"|^\+|\b(?:float|double|int|const|let|var|auto|return|def|self)\b ?\w+ ?=|^\"[^\"]+\": ?\0,?\Z",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"[\s\-=*#]*(?:starting |begin )?epoch[\s:#\[]*\0(?:\s*(?:/|of)\s*\0)?[\s\]:.\-=*#]*\Z", re.IGNORECASE
)
_STEP_HEADING = re.compile(
    r"[\s\-=*#]*(?:global[ _])?(?:step|iteration|iter)[\s:=#]*\0[\s:\-=*#]*\Z", re.IGNORECASE
)
_EPOCH_LINE = re.compile(r"\W*(?:train(?:ing)? )?epoch\b", re.IGNORECASE)
_SECTION_HEADING = re.compile(
    r"[\s\-=*#\[]*(\w+(?:[ -]\w+)??)(?: (?:error|set|results?|metrics|performance|scores?))?[\s\]:.=*#-]*\Z",
    re.IGNORECASE,
)
_KERAS = re.compile(r"(?:^|\s)- [^\W\d]\w*: \Z")
#: What follows was said before, or is no metric.
_REPEATS = re.compile(r" and parameters: \{| Best is trial ")
_GROUP = re.compile(r"([^\W\d]\w*)\s*[:=]\s*[({]\s*['\"]?\w+['\"]?\s*[:=]\s*\Z")
_LISTS = ("=[", ": [", ":[", "= [")
_BEFORE_KERAS = ("", "step", "batch")
_ESTIMATOR = "Saving dict for global step"
_EVALUATIONS = frozenset({"val", "test", "eval", "dev", "held out"})
#: Behind a bare number in front they are a table of data: `1: "a" mean:0.2 max:3.1`.
_STATISTICS = frozenset({"mean", "min", "max", "sd", "std", "median", "var", "sum", "frequent"})
_MOST_VALUES = 50
_MANY = 4


@dataclass(frozen=True)
class Value:
    """One metric of a shape: the number at `index` is a value of the series `name`.

    `mean`: the number in brackets after it is its mean so far, -1 without one. `measured`: only if written as such.
    """

    index: int
    name: str
    mean: int = -1
    measured: bool = False


@dataclass(frozen=True)
class Plan:
    """How lines of one shape are read; -1 stands for no number.

    `step` counts up to `total`, within an epoch if the line has one. `section` is the part of the data that the line
    is about. `opens`: nothing but a heading of an epoch. `unsure`: it has to be seen twice. `keras`: values are means
    over the epoch so far, good at its end.
    """

    values: tuple[Value, ...] = ()
    epoch: int = -1
    step: int = -1
    total: int = -1
    section: str = ""
    opens: bool = False
    unsure: bool = False
    keras: bool = False

    @cached_property
    def is_evaluation(self) -> bool:
        """Whether it tells of an evaluation that goes on: its last line counts."""
        return self.section in _EVALUATIONS and self.total >= 0

    @cached_property
    def is_plain(self) -> bool:
        """Whether each of its values is the number at its place, without a condition."""
        return not any(value.measured or value.mean >= 0 for value in self.values)


@dataclass(frozen=True)
class _Found:
    index: int
    words: tuple[str, ...]
    kind: Kind
    joined: bool  # by a colon or an equals sign
    section: str
    mean: int = -1


class _Sketch:
    """What is found in a shape, from left to right."""

    def __init__(self, texts: tuple[str, ...], first: int, lead: str) -> None:
        self._texts, self._lead, self._start = texts, lead, first
        self.found: list[_Found] = []
        self.epoch = self.step = self.total = -1
        self.section = self.first_section = ""
        self.unread = 0
        self.is_named = False  # a word, or a bracket in front, says where the training is
        self.is_bare = False  # it is a number in front that does
        self._group = ""
        self._last = len(texts) - 2

    def go(self) -> None:
        index = self._start
        while index <= self._last:
            left = self._lead if index == self._start else self._texts[index]
            index += self._take(index, left, self._texts[index + 1])

    def _take(self, index: int, left: str, right: str) -> int:
        """Find out what one number is; answers how many numbers that takes."""
        if left.rstrip().endswith(_LISTS) and right.startswith("]"):  # lr=[1e-05]
            left = left.rstrip()[:-1]
        look = self._grouped(front.look(left), left)
        self._note_section(look)
        is_part = right.strip() in ("/", "of", "out of") and index < self._last
        taken = 2 if is_part else 1
        if look.place == "batch" and not is_part and self.epoch < 0:  # a setting
            self.unread += 1
        elif look.place == "epoch" or (look.place == "" and self._is_timm(look, right)):
            self.epoch = self.epoch if self.epoch >= 0 else index
            self.is_named = True
            self._note_section(look._replace(section=section_of("".join(look.words))))
        elif look.place or self._is_place(index, look, left, right, is_part):
            self.is_bare = index == self._start and not look.place and not left.strip()
            self.is_named = self.is_named or bool(look.place) or (index == self._start and not is_part)
            self._note_step(index, is_part)
        elif is_part:
            taken = self._ratio(index, look)
        else:
            self._value(index, look, right)
        return taken

    def _grouped(self, look: Front, left: str) -> Front:
        """`score=(train=0.8, test=0.7)`: two scores."""
        if (group := _GROUP.search(left)) is not None:
            self._group = group[1] if kind_of(group[1]) in (Kind.metric, Kind.ambiguous) else ""
        elif ")" in left or "}" in left:
            self._group = ""
        if not self._group or len(look.words) != 1:
            return look
        return look._replace(words=(self._group,), section=section_of(look.words[0]) or look.words[0])

    def _note_section(self, look: Front) -> None:
        if look.section:
            self.section = look.section
            self.first_section = self.first_section or look.section

    def _is_timm(self, look: Front, right: str) -> bool:
        """`Train: 3 [ 50/100`"""
        return bool(look.joined and len(look.words) == 1 and section_of(look.words[0]) and right.startswith(" ["))

    def _is_place(self, index: int, look: Front, left: str, right: str, is_part: bool) -> bool:
        bare = left.strip()
        if look.words:
            if index == self._start and bare in ("it", "it:", "Iter:", "it="):
                return True
            if is_part and look.words[-1].lower() == "tree":  # of a forest that grows
                return True
            return is_part and look.joined and len(look.words) == 1 and bool(section_of(look.words[0]))
        if is_part:  # [10/391], 10/391 at the front
            return bare == "" or bare[-1:] in "[(|:-" or bare.endswith((")", "]"))
        if index != self._start:
            return bare == "," and self.step < 0 <= self.epoch and right.startswith("]")  # [1, 2000] loss
        if bare == "[" and right.startswith(", ") and index < self._last and self._texts[index + 2].startswith("]"):
            self.epoch = index
            return False
        return (bare == "[" and right.startswith("]")) or (
            bare == "" and right.startswith((": ", "epoch:", "/Unknown"))
        )

    def _note_step(self, index: int, is_part: bool) -> None:
        if self.step >= 0 and self.total >= 0:
            if self.epoch < 0 and is_part and self._texts[index].strip() == "][":  # [epoch/epochs][batch/batches]
                self.epoch, self.step, self.total = self.step, index, index + 1
            return  # else the first count that knows its end is the one
        if self.step < 0 or is_part:
            self.step, self.total = index, index + 1 if is_part else -1

    def _ratio(self, index: int, look: Front) -> int:
        """`Accuracy: 98/100 (98%)`: its percentage."""
        after = self._texts[index + 2].strip()
        share = index + 2
        is_share = after == "(" and share <= self._last and self._texts[share + 1].startswith("%")
        if is_share and look.words and kind_of(look.words[-1]) is Kind.metric:
            self._add(share, look)
        return 3 if is_share else 2

    def _value(self, index: int, look: Front, right: str) -> None:
        if self._is_mean_of_last(index, look):
            self.found[-1] = replace(self.found[-1], mean=index)
        elif look.words and front.ends(right):
            self._add(index, look)
        else:
            self.unread += 1

    def _is_mean_of_last(self, index: int, look: Front) -> bool:
        is_inside = not look.words and look.text == "(" and self._texts[index + 1].startswith(")")
        return is_inside and bool(self.found) and self.found[-1].index == index - 1

    def _add(self, index: int, look: Front) -> None:
        named = front.name(look)
        if named is not None and len(self.found) < _MOST_VALUES:
            words, kind = named
            self.found.append(_Found(index, tuple(words), kind, look.joined, self.section))
        else:
            self.unread += 1


def plan_of(texts: tuple[str, ...]) -> Plan | None:
    """The plan for lines of a shape; None if there is nothing in them."""
    if len(texts) == 1 or len(texts) > MOST_NUMBERS + 1:
        return None
    masked = "\0".join(texts)
    if (repeats := _REPEATS.search(masked)) is not None:
        masked = masked[: repeats.start()]
        texts = tuple(masked.split("\0"))
    if _HEADING.match(masked):
        return Plan(epoch=0, opens=True)
    if _STEP_HEADING.match(masked):
        return Plan(step=0)
    prefix = _KLOG.match(masked) or _PREFIX.match(masked)
    skipped = prefix[0] if prefix else ""
    first = skipped.count("\0")
    if first >= len(texts) - 1:
        return None
    lead = texts[first] if not first else masked[len(skipped) :].split("\0", 1)[0]
    if not first and skipped:
        lead = texts[0][len(skipped) :]
    sketch = _Sketch(texts, first, lead)
    sketch.section = sketch.first_section = "eval" if _ESTIMATOR in masked else ""
    sketch.go()
    plan = _decide(sketch, texts) if sketch.found else None
    if plan is None and sketch.epoch == 0 and _EPOCH_LINE.match(masked) and not _RETELLS.search(masked):
        return Plan(epoch=0)
    is_old = plan is not None and _ESTIMATOR not in masked and _RETELLS.search(masked) is not None
    return None if is_old else plan


def heading_section(text: str) -> str | None:
    """The part of the data that lines below are about, when a line says nothing else: `Test Error:`"""
    match = _SECTION_HEADING.match(text)
    return (section_of(match[1]) or None) if match and len(text) <= 60 else None


def _decide(sketch: _Sketch, texts: tuple[str, ...]) -> Plan | None:
    has_place = sketch.epoch >= 0 or sketch.step >= 0
    has_metric = any(one.kind is Kind.metric for one in sketch.found)
    if (not has_place and _is_list_of_settings(sketch)) or (sketch.is_bare and _is_statistics(sketch)):
        return None
    values = [value for one in sketch.found if (value := _accept(one, has_place, has_metric, sketch)) is not None]
    counts = sketch.step == 0 and (sketch.total == 1 or texts[1].startswith("/Unknown"))
    counts = counts and texts[0].strip().lower() in _BEFORE_KERAS
    keras = counts and any(_KERAS.search(texts[value.index]) for value in values)
    plan = Plan((), sketch.epoch, sketch.step, sketch.total, sketch.first_section, keras=keras)
    if not values:
        unsure = _only_pairs(sketch)
        return replace(plan, values=unsure, unsure=True) if unsure and not has_place else None
    names = [value.name for value in values]
    if len(set(names)) < len(names):  # a table, or prose: which is which?
        values = [value for value in values if names.count(value.name) == 1]
    return replace(plan, values=tuple(values)) if values else None


def _is_list_of_settings(sketch: _Sketch) -> bool:
    """Whether there are many names, and few of metrics: what a program prints of its configuration."""
    metrics = sum(one.kind is Kind.metric for one in sketch.found)
    others = sum(one.kind is not Kind.metric and one.joined for one in sketch.found)
    return others >= _MANY and others > 3 * metrics


def _is_statistics(sketch: _Sketch) -> bool:
    """Whether it tells of a column of data."""
    is_any = any(_STATISTICS.intersection(tokens(one.words[-1])[-1:]) for one in sketch.found)
    return is_any and not any(one.kind in (Kind.metric, Kind.ambiguous) for one in sketch.found)


def _accept(one: _Found, has_place: bool, has_metric: bool, sketch: _Sketch) -> Value | None:
    measured = False
    if one.kind in (Kind.never, Kind.setting, Kind.place):
        return None
    if one.kind is Kind.metric:
        measured = not (one.joined or has_place)
        if measured and sketch.unread:  # a row of a report
            return None
    elif one.kind is Kind.ambiguous:
        measured = not (has_place or has_metric)
        if measured and not one.joined:
            return None
    elif one.kind is Kind.companion:
        if not (has_place or has_metric):
            return None
    elif not (sketch.is_named and (one.joined or section_of(" ".join(one.words)))) and not (has_metric and one.joined):
        return None
    return Value(one.index, _named(one), one.mean, measured)


def _named(one: _Found) -> str:
    words = list(one.words)
    own = proper(words)
    part = section_of(own.split("/")[0].split("_")[0].split("-")[0])
    return own if part or not one.section or section_of(own) else f"{one.section}/{own}"


def _only_pairs(sketch: _Sketch) -> tuple[Value, ...]:
    """All of a line that consists of nothing but `name=value`."""
    found = sketch.found
    plain = all(one.kind is Kind.unknown and one.joined and len(one.words) == 1 for one in found)
    if not found or not plain or sketch.unread:
        return ()
    return tuple(Value(one.index, _named(one), measured=True) for one in found)
