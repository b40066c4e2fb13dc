"""Parameters as source code of the language a notebook is written in, as papermill does it.

Each language says how it writes nothing, yes and no, numbers, texts, lists and tables, and how it assigns.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from typing import Any


class NotSayable(Exception):
    """The value cannot be written in that language; the text says which one."""


def assignments(language: str, parameters: Mapping[str, Any]) -> str:
    """Lines that set the parameters. Raises NotSayable, also for a language that nobody taught us."""
    name = _OTHER_NAMES.get(language.lower(), language.lower())
    if name not in _LANGUAGES:
        raise NotSayable(f"Parameters cannot be set in {language[:50]}, only in {', '.join(sorted(_LANGUAGES))}.")
    comment, assign = _LANGUAGES[name]
    if name in _OF_FLOATS:
        _check_whole_numbers(language, [*parameters.values()])
    return "\n".join([f"{comment} Parameters", *(assign(name, value) for name, value in parameters.items())])


def _check_whole_numbers(language: str, values: list[Any]) -> None:
    """Raises NotSayable for a number that the language would round without a word."""
    for value in values:
        if isinstance(value, int) and abs(value) > _MOST_EXACT:
            raise NotSayable(f"A whole number beyond 2^53 is rounded in {language[:50]}: give it as a text.")
        if isinstance(value, dict | list):
            _check_whole_numbers(language, [*value.values()] if isinstance(value, dict) else value)


def _python(name: str, value: Any) -> str:
    return f"{name} = {value!r}"


def _javascript(name: str, value: Any) -> str:
    return f"var {name} = {json.dumps(value)};"


def _r(name: str, value: Any) -> str:
    return f"{name.lstrip('_') or name} <- {_r_value(value)}"


def _r_value(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        if "\0" in value:
            raise NotSayable("A text with a NUL character cannot be written in R.")
        return _quoted(value)
    if isinstance(value, dict):
        return f"list({', '.join(f'{_r_name(key)} = {_r_value(one)}' for key, one in value.items())})"
    if isinstance(value, list):
        return f"list({', '.join(map(_r_value, value))})"
    return repr(value)


def _r_name(key: str) -> str:
    if not key:
        raise NotSayable("A list of R has no elements without a name in a table.")
    return _r_value(key)


def _julia(name: str, value: Any) -> str:
    return f"{name} = {_julia_value(value)}"


def _julia_value(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value).replace("$", "\\$")
    if isinstance(value, dict):
        return f"Dict({', '.join(f'{_julia_value(key)} => {_julia_value(one)}' for key, one in value.items())})"
    if isinstance(value, list):
        return f"[{', '.join(map(_julia_value, value))}]"
    return repr(value)


def _bash(name: str, value: Any) -> str:
    if isinstance(value, list):
        return f"{name}=({' '.join(map(_bash_value, value))})"
    if isinstance(value, dict):
        pairs = (f"[{shlex.quote(key)}]={_bash_value(one)}" for key, one in value.items())
        return f"declare -A {name}=({' '.join(pairs)})"
    return f"{name}={_bash_value(value)}"


def _bash_value(value: Any) -> str:
    if isinstance(value, list | dict):
        raise NotSayable("A list within a list, or a table within one, cannot be written in bash.")
    if value is None:
        return "''"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if "\0" in text:
        raise NotSayable("A text with a NUL character cannot be written in bash.")
    return shlex.quote(text)


def _quoted(text: str) -> str:
    """A text between double quotes, with the escapes that R, Julia and C have in common."""
    return '"' + "".join(_ESCAPES.get(character) or _character(character) for character in text) + '"'


def _character(character: str) -> str:
    return character if character.isprintable() or ord(character) > 0xFF else f"\\u{ord(character):04x}"


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LANGUAGES: dict[str, tuple[str, Callable[[str, Any], str]]] = {
    "python": ("#", _python),
    "r": ("#", _r),
    "julia": ("#", _julia),
    "bash": ("#", _bash),
    "javascript": ("//", _javascript),
}
_OF_FLOATS = frozenset({"r", "javascript"})
"""Languages in which every number that one types is a float."""
_MOST_EXACT = 2**53
_OTHER_NAMES = {"ipython": "python", "typescript": "javascript", "sh": "bash", "shell": "bash", "zsh": "bash"}
