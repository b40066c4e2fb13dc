"""What a job is called that was given no name: by what runs in it, not by the program that runs it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from ..types import Submission

_LONGEST = 200
_WORDS = 40
_DEEPEST = 8
_PYTHON = re.compile(r"(?:pythonw?|pypy)(?:\d+(?:\.\d+)*t?)?(?:\.exe)?")
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "fish"})
_INTERPRETERS = frozenset({"Rscript", "R", "julia", "node", "deno", "bun", "perl", "ruby", "ipython", "papermill"})
#: Programs that run another, and the first word that must follow for that.
_RUNNERS = {
    **dict.fromkeys(("uv", "poetry", "pixi", "pipenv", "pdm", "hatch", "rye", "conda", "mamba", "micromamba"), "run"),
    **dict.fromkeys(("coverage", "kernprof"), "run"),
    "accelerate": "launch",
    **dict.fromkeys(("torchrun", "deepspeed", "mpirun", "mpiexec", "srun", "horovodrun"), ""),
    **dict.fromkeys(("env", "nice", "ionice", "nohup", "time", "timeout", "stdbuf", "taskset", "xvfb-run", "uvx"), ""),
}
_LAUNCHERS = frozenset({"torch.distributed.run", "torch.distributed.launch", "accelerate.commands.launch"})
_SCRIPT = re.compile(r"[^-].*\.(?:py|ipynb|sh|bash|r|R|jl|js|mjs|pl|rb)")
_TAKE_VALUE = frozenset({"-W", "-X"})
_TEXT_OPTION = re.compile(r"-[a-z]{0,4}[ceE]")
_NO_NAME = re.compile(r"-.*|[\d.]+[a-z]?|[A-Za-z_]\w*=.*", re.DOTALL)


def job_name(submission: Submission) -> str:
    """The name of a job: its own, or that of what it runs.

    >>> job_name(Submission(command=["uv", "run", "python", "-u", "train.py", "--epochs", "3"]))
    'train.py'
    """
    file = submission.script or submission.notebook
    name = submission.name or (PurePath(file).name if file else command_name(submission.command or []))
    return "".join(letter for letter in name if letter.isprintable()).strip()[:_LONGEST] or "job"


def command_name(command: Sequence[str], depth: int = 0) -> str:
    """What a command runs: its script, module or program."""
    if not command:
        return ""
    program, rest = PurePath(command[0]).name, command[1:]
    if program in _SHELLS or program in _INTERPRETERS or _PYTHON.fullmatch(program):
        return _interpreted(program, rest, depth)
    needed = _RUNNERS.get(program)
    if needed is None or depth > _DEEPEST or (needed and needed not in rest[:3]):
        return program
    return command_name(_inner(rest, needed), depth + 1) or program


def _interpreted(program: str, words: Sequence[str], depth: int) -> str:
    at = 0
    while at < len(words):
        word, following = words[at], words[at + 1 : at + 2]
        if word == "-m" and following and _PYTHON.fullmatch(program):
            launched = _inner(words[at + 2 :], "") if following[0] in _LAUNCHERS and depth <= _DEEPEST else []
            return command_name(launched, depth + 1) or following[0]
        if _TEXT_OPTION.fullmatch(word) and following:
            return _first_words(following[0]) or program
        if not word.startswith("-"):
            return PurePath(word).name or program
        at += 2 if word in _TAKE_VALUE else 1
    return program


def _inner(words: Sequence[str], needed: str) -> Sequence[str]:
    """The command that a runner runs, past the runner's own options."""
    words = words[words.index(needed) + 1 :] if needed else words
    for at, word in enumerate(words):
        if word == "-m" and at + 1 < len(words):
            return ["python", *words[at:]]
        if _SCRIPT.fullmatch(word) or _runs_others(PurePath(word).name):
            return words[at:]
    return next((words[at:] for at, word in enumerate(words) if not _NO_NAME.fullmatch(word)), [])


def _runs_others(program: str) -> bool:
    known = program in _SHELLS or program in _INTERPRETERS or program in _RUNNERS
    return known or _PYTHON.fullmatch(program) is not None


def _first_words(text: str) -> str:
    """The beginning of a text that a shell or an interpreter was given."""
    line = " ".join(text[: 4 * _WORDS].split())
    return line if len(line) <= _WORDS else f"{line[: _WORDS - 1].rstrip()}…"
