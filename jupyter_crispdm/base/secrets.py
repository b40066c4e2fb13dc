"""What only the server may know: kept out of the environment of every process that it starts for somebody.

A variable whose name says that it is a secret is not handed on unless the setting `pass_variables` names it; ours and
Jupyter's are never handed on by a pattern, only by their full name. The setting travels in a variable of its own, so
that every process decides alike.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

PASS_VARIABLE = "CRISPDM_PASS_VARIABLES"
_OURS = re.compile(
    r"JPY_(?!SESSION_NAME$).*|RAY_AUTH_TOKEN.*"
    r"|(CRISPDM|JUPYTER|JUPYTERHUB|JUPYTERLAB|CONFIGPROXY|VOILA)_?(.*_)?"
    r"(TOKENS?|PASSWORDS?|SECRETS?|COOKIES?|KEYS?|DATABASE_URL|STATE_URL|CRYPT)(_.*)?",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"(.*_)?TOKENS?(_.*)?|.*(PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIAL|COOKIE|APIKEY|SSHPASS).*|(.*_)(PWD|PASS)"
    r"|(.*_)?KEYS?(_(ID|FILE|PATH|DATA|BASE64|B64|PEM))?"
    r"|(.*_)?(DATABASE|DB|REDIS|MONGO|MONGODB|POSTGRES|POSTGRESQL|MYSQL|BROKER|SENTRY|STATE)_?(URL|URI|DSN)|(.*_)?DSN",
    re.IGNORECASE,
)
_hidden: dict[str, str] = {}
_OF_THE_SHELL = frozenset({"PWD", "OLDPWD"})
_PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 3, 4


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that a kernel, a job or any other process started for somebody may see."""
    passed = [pattern for pattern in environ.get(PASS_VARIABLE, "").split(",") if pattern]
    return {name: value for name, value in environ.items() if not _is_kept_back(name, passed)}


def _is_kept_back(name: str, passed: Sequence[str]) -> bool:
    if name in passed or name in _OF_THE_SHELL:
        return False
    if _OURS.fullmatch(name):
        return True
    return bool(_SECRET.fullmatch(name)) and not any(fnmatchcase(name, pattern) for pattern in passed)


def hide_ours() -> None:
    """Take ours and Jupyter's out of this process's own environment, which any program it starts may inherit."""
    passed = os.environ.get(PASS_VARIABLE, "").split(",")
    for name in [name for name in os.environ if _OURS.fullmatch(name) and name not in passed]:
        _hidden[name] = os.environ.pop(name)


def secret(name: str) -> str:
    """A secret that this process was started with, also after `hide_ours`; empty when there is none."""
    return os.environ.get(name) or _hidden.get(name, "")


def take_secret(name: str) -> str:
    """`secret`, which nobody else may have afterwards."""
    return os.environ.pop(name, "") or _hidden.pop(name, "")


def close_process() -> bool:
    """Close this process's memory and its first environment to others of the same account; whether that was done.

    On Linux they could read them in /proc and attach a debugger. A process of root still can. A program that this one
    starts is as open as any other.
    """
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    return bool(library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)


def is_closed() -> bool:
    """Whether `close_process` was called, and held."""
    return sys.platform.startswith("linux") and bool(ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 0)
