"""What one line of a log says about progress: bars of many makes, counts, percentages, epochs.

A line must look like a progress line: dates, paths, addresses, scores and fractions in a sentence are no progress.
Where that cannot be told from the line itself, the sighting is not `sure`, and a second one has to confirm it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

#: A line without any of these is no line of progress; most lines of most logs have none.
SIGNS = ("/", "%", " of ", " [")

_LABEL_LENGTH = 60
_LINE_LENGTH = 1000
_MOST = 1e15

_WHOLE = r"\d{1,12}"
_DECIMAL = r"\d{1,12}(?:\.\d{1,6})?"
_SCALED = rf"({_DECIMAL})([kKMGTP]?)i?B?"
_MARKS = r"━╸╺╾╼─█▉▊▋▌▍▎▏░▒▓■□▰▱●○#=>.*\-"
_BAR = rf"(?:\.{{3}}|[{_MARKS}]{{4,300}}|[\[|][{_MARKS} ]{{5,300}}[\]|])"
_OF = r"\s*(?:/|\bof\b|\bout of\b)\s*"
_ALONE = r"(?![\w/%-]|[.:]\d)"
_THING = (
    r"(?:steps?|batch(?:es)?|iter(?:ation)?s?|rounds?|items?|files?|images?|samples?|tasks?|folds?|trials?|chunks?"
    r"|pages?|rows?|records?|frames?|jobs?|stages?|cells?|generations?|progress|completed?|finished|done"
    r"|(?:process|download|upload|load|copy|convert|train|evaluat|validat|test|fitt|generat|comput|read|writ|extract)"
    r"(?:ing|ed))"
)

_PREFIX = re.compile(
    r"(?:\s*(?:\[?\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,6})?)?)?Z?\]?|\[?\d\d:\d\d:\d\d(?:[.,]\d{1,6})?\]?"
    r"|\[?(?:INFO|DEBUG|NOTICE|WARNING|rank\s?\d{1,4})\]?)[\s:|,-]*){0,4}",
    re.IGNORECASE,
)
_EPOCH = re.compile(rf"\bepochs?\b[\s:=#\[(]{{0,6}}({_WHOLE})(?![\d.%])(?:{_OF}({_WHOLE})(?![\d.]))?", re.IGNORECASE)
_RESULT = (
    r"(?:acc\w*|loss|scor\w+|correct\w*|wrong|right|errors?|mistakes|rating|rate|ratio|version|pass(?:ed)?|fail(?:ed|ures?)?"
    r"|precision|recall|f1|top-?\d|auc|iou|map|coverage|found|matched|matches|hits?|detected|solved|succeeded|ok|skipped)"
)
_SCORES = re.compile(  # right before the number
    rf"(?:\b(?:{_RESULT}|(?:dropped|missing|valid|invalid|found|wrong|correct)(?:\s+\w+)?)"
    r"|\b(?:passed|failed|skipped)\b[^/%]{0,40})\W*$", re.IGNORECASE,
)
_SCORED = re.compile(rf"\b{_RESULT}\b", re.IGNORECASE)
_OUTCOME = re.compile(  # right after it
    r"[ ,]*(?:\([^)]{0,12}\) *)?(?:[a-z]+ ){0,2}"
    r"(?:were |are |is |have |has )?(?:correct\w*|right|wrong|accuracy|pass(?:ed)?|fail(?:ed|ures?)?|succeeded|found"
    r"|matched|matches|detected|solved|hits|ok|skipped|valid|invalid)\b", re.IGNORECASE,
)
_MOST_WORDS_AROUND = 80
_HINT = re.compile(r"\d\]?\s*(?:/|%|of\b|out\b)|[\[ ]\[\d")  # many of the others lack this
_WORD = re.compile(r"[A-Za-z]{2,}")
_BEGINS = re.compile(r"\W*(?:start|begin|train)\w*\W*$", re.IGNORECASE)


@dataclass(frozen=True)
class Count:
    """So many done, out of `total` where that is known."""

    done: float
    total: float | None = None

    @property
    def part(self) -> float:
        """What is done, from 0 to 1; 0 when nobody knows."""
        return self.done / self.total if self.total else 0.0


@dataclass(frozen=True)
class Sighting:
    """What a line says: how far the work is, which epoch it is, or both.

    `epoch_over`: the line comes after its epoch, with its results. `label` is the text before the number.
    """

    count: Count | None = None
    epoch: Count | None = None
    epoch_over: bool = False
    label: str = ""
    sure: bool = True


_Reader = Callable[["re.Match[str]"], "Count | None"]


def _scaled(number: str, scale: str) -> float:
    return float(number) * 1000.0 ** " kMGTP".index(scale.replace("K", "k") or " ")


def _plain(match: re.Match[str]) -> Count | None:
    return _count(float(match[1]), float(match[2]))


def _with_scale(match: re.Match[str]) -> Count | None:
    return _count(_scaled(match[1], match[2]), _scaled(match[3], match[4]))


def _open_end(match: re.Match[str]) -> Count | None:
    return Count(_scaled(match[1], match[2]))


def _percent(match: re.Match[str]) -> Count | None:
    return _count(float(match[1]), 100.0)


def _agreeing(match: re.Match[str]) -> Count | None:
    count = _plain(match)
    return count if count and abs(100 * count.part - float(match[3])) <= 1.5 else None


def _of_search(match: re.Match[str]) -> Count | None:
    """scikit-learn's searches: all folds of a candidate, then those of the next one."""
    fold, folds, candidate, candidates = (float(part) for part in match.groups())
    return _count((candidate - 1) * folds + fold, folds * candidates)


def _count(done: float, total: float) -> Count | None:
    return Count(done, total) if 0 <= done <= total <= _MOST and total > 0 else None


def _form(pattern: str, read: _Reader) -> tuple[re.Pattern[str], _Reader]:
    return re.compile(pattern, re.IGNORECASE), read


_BARS = [
    _form(rf"\d{{1,3}}%\|[^|]{{0,300}}\|\s*{_SCALED}/{_SCALED}\w{{0,8}}\s*\[", _with_scale),  # tqdm
    _form(r"(\d{1,3})%\|[^|]{1,300}(?:\||$)", _percent),
    _form(r"(?:^|[\s:|])(\d{1,12}(?:\.\d{1,6})?)([kMGTP]?)[A-Za-z]{0,12} \[\d{1,4}:\d\d(?::\d\d)?, ", _open_end),
    _form(rf"{_BAR}\s*(?:\d{{1,3}}(?:\.\d+)?%\s*)?({_DECIMAL})\s?/\s?({_DECIMAL})(?![/.:\d])", _plain),  # rich
    _form(rf"(?<![\d/.])({_WHOLE})/({_WHOLE})\s*{_BAR}", _plain),  # Keras
    _form(rf"{_BAR}\s*({_DECIMAL})\s?%", _percent),
    _form(rf"(?<![\d.])({_DECIMAL})\s?%\s*{_BAR}", _percent),
    _form(rf"^\s*({_WHOLE})/({_WHOLE}) - ", _plain),  # Keras, verbose=2
    _form(r"^\s*(\d{1,12})()/Unknown\b", _open_end),
    _form(rf"\[CV ({_WHOLE})/({_WHOLE}); ({_WHOLE})/({_WHOLE})\] END", _of_search),
    _form(rf"\[CV ({_WHOLE})/({_WHOLE})\] END", _plain),
]
#: Those that a result could look like: a count of what was right, or its share.
_COUNTS = [
    _form(rf"(?<![\w/.:-])({_WHOLE})\s*/\s*({_WHOLE})\s*[\[(]?\s*({_DECIMAL})\s?%", _agreeing),
    _form(rf"\b{_THING}\b\W{{0,4}}({_WHOLE}){_OF}({_WHOLE}){_ALONE}", _plain),
    _form(rf"^\W*({_WHOLE}){_OF}({_WHOLE})\s+{_THING}\b", _plain),
    _form(rf"^\W{{0,6}}[\[(]\s*({_WHOLE})\s*/\s*({_WHOLE})\s*[\])]", _plain),
    _form(rf"^\s*({_WHOLE})\s*/\s*({_WHOLE})\s*$", _plain),
]
_SHARES = [
    _form(rf"^\s*[\[(]\s*({_DECIMAL})\s?%\s*[\])]", _percent),
    _form(rf"\s\[\s*({_DECIMAL})%\]\s*$", _percent),
    _form(rf"^\s*({_DECIMAL})\s?%\s*(?:\W*(?:completed?|done|finished)\b|$)", _percent),
    _form(rf"\b{_THING}\b\W{{0,4}}({_DECIMAL})\s?%", _percent),
    _form(rf"(?<![\w.])({_DECIMAL})\s?%\s(?:completed?|done|finished)\b", _percent),
]
_UNSURE = _form(rf"(?<![\w/.:+,$-])({_WHOLE})\s?/\s?({_WHOLE}){_ALONE}", _plain)


def sight(line: str, complete: bool = True) -> Sighting | None:
    """What a line says about progress, or None. Of one still being written, its last number is not believed."""
    if len(line) > _LINE_LENGTH or not _HINT.search(line):
        return None
    line = _PREFIX.sub("", line, count=1).rstrip()  # it matches at the front, if only the empty text
    match = _EPOCH.search(line)
    if match is None or len(_WORD.findall(line, 0, match.start())) > 2:
        return _sight_count(line, complete)
    return _sight_epoch(line, match, complete)


def _sight_epoch(line: str, match: re.Match[str], complete: bool) -> Sighting | None:
    before, after = line[: match.start()], line[match.end() :]
    rest = _sight_count(before + after, complete)
    epoch = _count(float(match[1]), float(match[2])) if match[2] else None
    if epoch is not None and not complete and not after:
        return rest
    label = match[0].replace("[", " ").strip(" :=#(")
    count = rest.count if rest is not None and rest.sure else None
    if epoch is None and count is None:
        return None
    over = bool(_WORD.search(after)) and not _BEGINS.match(after)
    return Sighting(count, epoch, epoch_over=over, label=" ".join(label.split()))


def _sight_count(line: str, complete: bool) -> Sighting | None:
    for form in _BARS:
        sighting = _read(line, form, complete)
        if sighting is not None:
            return sighting
    if "[CV " in line:
        return None
    for forms, is_result in ((_COUNTS, _counts_a_result), (_SHARES, _is_share_of_a_result)):
        for form in forms:
            sighting = _read(line, form, complete, is_result)
            if sighting is not None:
                return sighting
    sighting = _read(line, _UNSURE, complete, _counts_a_result)
    return replace(sighting, sure=False) if sighting is not None and sighting.label else None


def _counts_a_result(line: str, match: re.Match[str]) -> bool:
    """Whether a count says how many were right, passed, found: `Accuracy: 98/100 (98%)`, `12 of 20 tests passed`."""
    before, after = line[: match.start(1)], line[match.end() :]
    return bool(_SCORES.search(before[-_MOST_WORDS_AROUND:]) or _OUTCOME.match(after[:_MOST_WORDS_AROUND]))


def _is_share_of_a_result(line: str, match: re.Match[str]) -> bool:
    """Whether a percentage is a score: `Accuracy of the network on the test images: 55 %`."""
    before, after = line[: match.start(1)], line[match.end() :]
    return bool(_SCORED.search(before[-_MOST_WORDS_AROUND:]) or _OUTCOME.match(after[:_MOST_WORDS_AROUND]))


def _read(
    line: str,
    form: tuple[re.Pattern[str], _Reader],
    complete: bool,
    is_result: Callable[[str, re.Match[str]], bool] = lambda line, match: False,
) -> Sighting | None:
    pattern, read = form
    match = pattern.search(line)
    if match is None or (not complete and match.end() == len(line)) or is_result(line, match):
        return None
    count = read(match)
    if count is None:
        return None
    label = line[: match.start()].strip(" \t:-|[(=,")
    return Sighting(count, label=label if len(label) <= _LABEL_LENGTH else "")
