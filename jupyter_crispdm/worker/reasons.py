"""Why a program failed, in its own words: the line of its log that says so."""

from __future__ import annotations

import re
import signal

_LINES = 60
_LENGTH = 300
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_TRACEBACK = "Traceback (most recent call last)"
_RAISED = re.compile(r"[A-Za-z_][\w.]{0,150}(?::\s.*)?$")  # what ends a traceback of Python
_SAID = re.compile(
    r"(?:Uncaught )?(?:[A-Za-z_]\w*\.){0,9}[A-Z]?\w{0,80}(?:Error|Exception|Interrupt|Timeout)(?: \[\w+\])?: .+"
    r"|Error in .+|Error: .+|ERROR: \S.+"  # R, Node.js, Julia
    r"|.{1,200}: line \d+: .+|.{1,200}: command not found|.{1,200}: \d+: \S+: not found"  # shells
    r"|panic: .+|thread '[^']*' .*panicked at .+|Exception in thread .+"  # Go, Rust, Java
    r"|(?:fatal|error|fatal error): .+|make(?:\[\d+\])?: \*\*\* .+|.{1,100}: (?:fatal )?error: .+"
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


def why(tail: bytes) -> str | None:
    """The last line of a log that names an error, cut to a readable length, or None."""
    text = _ESCAPE.sub("", tail.decode("utf-8", "replace")).replace("\r", "\n")
    lines = [line.rstrip() for line in text.split("\n") if line.strip()][-_LINES:]
    for at in range(len(lines) - 1, -1, -1):
        if _TRACEBACK in lines[at]:
            raised = next((line for line in lines[at + 1 :] if _RAISED.match(line)), None)
            if raised is not None:
                return _readable(raised)
        elif _SAID.match(lines[at]):
            return _readable(lines[at])
    return None


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


def _readable(line: str) -> str:
    text = "".join(character for character in line.strip() if character.isprintable())
    return text if len(text) <= _LENGTH else text[: _LENGTH - 1] + "…"
