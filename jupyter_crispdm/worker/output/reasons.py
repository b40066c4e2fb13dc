"""Why a program failed, in its own words: the line at the end of its log that says so.

Only what stands at the end counts: an error that was caught and told long before the end is none. Behind it may
follow what belongs to it (a stack, the rest of a message), and what others say at every end (`wandb: …`, a bar).
"""

from __future__ import annotations

import re
import signal

from . import traces

_LINES = 80
_LINE_LENGTH, _LENGTH = 500, 200
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_RANK = re.compile(r"\[(?:rank|default)\d+\]:\s?")
_NUMBER = re.compile(r"[\s\d.,%e+-]*$")
_FIGURE = re.compile(r"\s*(?:[-+]?\.?\d[\d.,eE+-]*%?|[-+]?(?:nan|inf))(?:[\s,;|)]|$)", re.IGNORECASE)
_SAID = re.compile(
    r"(?:Uncaught )?(?:[A-Za-z_]\w*\.){0,9}[A-Z]?\w{0,80}(?:Error|Exception|Interrupt|Timeout)(?: \[\w+\])?: (?P<a>.+)"
    r"|Error in .+(?: :|:$).*|Error: (?P<b>.+)|ERROR: (?P<c>\S.+)"  # R, Node.js, Julia
    r"|.{1,200}: line \d+: .+|.{1,200}: command not found|.{1,200}: \d+: \S+: not found"  # shells
    r"|panic: .+|thread '[^']*' .*panicked at .+|Exception in thread .+"  # Go, Rust, Java
    r"|(?:fatal|error|fatal error)(?:\[\w+\])?: (?P<d>.+)|.{1,100}: (?:fatal )?error: (?P<e>.+)"
)
_OF_OTHERS = re.compile(  # what a runner says of the program that it ran; it counts where nothing else does
    r"make(?:\[\d+\])?: \*\*\* .+|srun: error: .+|npm ERR! .+|npm error .+"
    r"|error Command failed .+|ERROR conda\.cli.+|exit status \d+"
)
_BEHIND = re.compile(
    r"\s|wandb:|Require stack:|stack backtrace:|\[crispdm\] |Execution halted|Node\.js v\d|Stacktrace:"
    r"|in expression starting at |Calls: |goroutine \d|\w[\w./*()]*\(.*\)$|created by |exit status \d"
    r"|note: |Caused by: |\}|- /|.*\b\d+(?:\.\d+)? ?(?:it|s|B|kB|MB)/(?:s|it)\b|.*\d+%\|"
    r"|sys:\d+: \w*Warning|.*resource_tracker"
)
_SIGNALS = {
    "SIGSEGV": "segmentation fault",
    "SIGBUS": "bus error",
    "SIGFPE": "arithmetic error",
    "SIGILL": "illegal instruction",
    "SIGABRT": "aborted",
    "SIGPIPE": "nobody read its output",
    "SIGXCPU": "CPU time limit",
    "SIGXFSZ": "file size limit",
}


def why(tail: bytes, code: int | None = 1) -> str | None:
    """The line by which a log that ends so names the error that ended its program with `code`, or None."""
    lines = _lines(tail)
    at, fallback = len(lines) - 1, None
    while at >= 0:
        trace = traces.ending_at(lines, at, code)
        if _is_said(lines[at]) and (trace is None or trace.raised_at != at):
            return readable(_whole(lines, at))
        if trace is not None and trace.counts:
            return readable(trace.raised)
        if trace is not None:
            fallback = fallback or trace.of_runner
            at = trace.begin - 1
        elif _OF_OTHERS.match(lines[at]) or _BEHIND.match(lines[at]) or (at and _is_broken(lines[at - 1])):
            fallback = fallback or (lines[at] if _OF_OTHERS.match(lines[at]) else None)
            at -= 1
        else:
            break
    return readable(fallback) if fallback else None


def without_rank(line: str) -> str:
    """A line without the mark of the process that printed it, which launchers of several put before it."""
    return _RANK.sub("", line, count=1)


def names_error(line: str) -> bool:
    """Whether a line of a log, wherever it stands, is one by which a program names an error; a figure is none."""
    found = _SAID.match(line[:_LINE_LENGTH])
    return found is not None and not any(text and _FIGURE.match(text) for text in found.groups())


def killed(name: str) -> str:
    """That a signal ended it, and what that signal means."""
    meaning = _SIGNALS.get(name)
    return f"killed by {name} ({meaning})" if meaning else f"killed by {name}"


def ended_with(code: int | None) -> str:
    """That it ended with a code; a shell gives 128 and the number of the signal that ended its program."""
    if code is not None and 128 < code < 128 + signal.NSIG:
        try:
            return f"exited with code {code}: {killed(signal.Signals(code - 128).name)}"
        except ValueError:
            pass
    return f"exited with code {code}"


def readable(line: str) -> str:
    """A line as it may be shown anywhere: printable, and not too long."""
    text = "".join(character for character in _ESCAPE.sub("", line).strip() if character.isprintable())
    return text if len(text) <= _LENGTH else text[: _LENGTH - 1] + "…"


def _lines(tail: bytes) -> list[str]:
    text = _ESCAPE.sub("", tail.decode("utf-8", "replace")).replace("\r", "\n")
    lines = [line for line in text.split("\n") if line.strip()][-_LINES:]
    return [_RANK.sub("", line[:_LINE_LENGTH].rstrip(), count=1) for line in lines]


def _is_said(line: str) -> bool:
    """Whether a line names an error; "Error: 0.12" is a figure."""
    found = _SAID.match(line)
    return found is not None and not any(text and _NUMBER.match(text) for text in found.groups())


def _whole(lines: list[str], at: int) -> str:
    """The line that names an error, with the next one where the message stands there."""
    return f"{lines[at]} {lines[at + 1].strip()}" if _is_broken(lines[at]) and at + 1 < len(lines) else lines[at]


def _is_broken(line: str) -> bool:
    """Whether the message stands on the next line: R and Rust do so."""
    return line.endswith(":") and (line.startswith("Error in ") or "' panicked at " in line or ") panicked at " in line)
