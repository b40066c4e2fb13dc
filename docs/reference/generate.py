"""Writes the reference beside this file: ``make api``.

openapi.json comes from the route table and the rooms' topics, settings.md from the traits, commands.md from the
command line's parsers, requirements.md from the manifest of behaviours. The table of rooms
in ../architecture.md comes from the packages.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
from traitlets.config import Configurable

from jupyter_crispdm import __version__
from jupyter_crispdm.app import ROUTES, TOPICS, CrispdmApp
from jupyter_crispdm.auth.jupyter.kernels.manager import CrispdmKernelManager
from jupyter_crispdm.base.http.openapi import document
from jupyter_crispdm.base.http.route import tables
from jupyter_crispdm.cli.main import COMMANDS, build_parser
from tests.architecture import house
from tests.requirements import REQUIREMENTS, Requirement

_SETTINGS: list[tuple[type[Configurable], str]] = [
    (CrispdmApp, "Everything."),
    (CrispdmKernelManager, "Kernels, under `jupyter crispdm lab`."),
]


def openapi() -> bytes:
    """The document as it is committed."""
    encoded = msgspec.json.encode(document(tables(ROUTES), TOPICS, __version__), order="sorted")
    return msgspec.json.format(encoded, indent=2) + b"\n"


def settings() -> bytes:
    """The page of all settings."""
    where = "In `jupyter_server_config.py`, such as `c.CrispdmApp.session_days = 7`. This page is made by `make api`."
    lines = ["# Settings", "", where]
    for owner, about in _SETTINGS:
        lines += ["", f"## {owner.__name__}", "", about, "", "| setting | kind | means |", "|---|---|---|"]
        for name, trait in owner.class_own_traits(config=True).items():
            lines.append(f"| `{name}` | {type(trait).__name__} | {' '.join(trait.help.split())} |")
    return "\n".join([*lines, ""]).encode()


def commands() -> bytes:
    """The page of all commands. Not argparse's own help: that differs from one Python to the next."""
    lines = ["# Commands", "", "This page is made by `make api`."]
    for name, command in COMMANDS.items():
        lines += ["", f"## {name}", "", f"{command.summary[0].upper()}{command.summary[1:]}."]
        if not command.passes_on:
            for parser in _parsers(name):
                lines += ["", *_command(parser)]
    return "\n".join([*lines, ""]).encode()


def _command(parser: argparse.ArgumentParser) -> Iterator[str]:
    plain = [action for action in parser._actions if not isinstance(action, argparse._HelpAction)]
    named = [action for action in plain if not isinstance(action, argparse._SubParsersAction)]
    words = " ".join(_word(action) for action in plain if not action.option_strings)
    options = "[options]" if any(action.option_strings for action in named) else ""
    usage = parser.usage or " ".join(filter(None, (parser.prog, options, words)))
    yield f"`{' '.join(usage.split())}`"
    if named:
        yield from ("", "| word | means |", "|---|---|")
    for action in named:
        told = parser._get_formatter()._expand_help(action) if action.help else ""
        yield f"| `{_word(action)}` | {' '.join(told.split()).replace('|', chr(92) + '|')} |"
    if parser.epilog:
        yield from ("", parser.epilog)


def _word(action: argparse.Action) -> str:
    if isinstance(action, argparse._SubParsersAction):
        return "COMMAND"
    choice = "|".join(map(str, action.choices)) if action.choices else action.dest.upper()
    shown = action.metavar if isinstance(action.metavar, str) else choice
    value = "" if action.nargs == 0 else shown
    return " ".join(filter(None, (", ".join(action.option_strings), value))).replace("|", "\\|")


def _parsers(name: str) -> Iterator[argparse.ArgumentParser]:
    """The parser of a command and those of the commands below it."""
    whole, _ = build_parser(name)
    waiting = [choice[name] for choice in _choices(whole)]
    while waiting:
        parser = waiting.pop(0)
        yield parser
        waiting += [inner for choice in _choices(parser) for inner in choice.values()]


def _choices(parser: argparse.ArgumentParser) -> Iterator[dict[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield action.choices


def requirements() -> bytes:
    """The page of what works and what not yet."""
    parts: dict[str, list[Requirement]] = {}
    for row in REQUIREMENTS:
        parts.setdefault("faults" if row.source.startswith("faults") else row.source, []).append(row)
    told = (
        "This page is made by `make api` from `tests/requirements`. What works is proven by tests that name its id; "
        "what is proven outside the test run says where. The parts are those of the mission, of the public surface, of "
        "the faults that must not break us, and of the issues that the product was built along."
    )
    lines = ["# What works, and what not yet", "", told, "", "| part | works | proven elsewhere | not yet |"]
    lines += ["|---|---|---|---|", *(f"| {part} | {_counts(rows)} |" for part, rows in parts.items())]
    lines.append(f"| **all** | {_counts(REQUIREMENTS)} |")
    for part, rows in parts.items():
        lines += ["", f"## {part[0].upper()}{part[1:]}", "", "| behaviour | state | id |", "|---|---|---|"]
        lines += [f"| {row.says.replace('|', chr(92) + '|')} | {_state(row)} | `{row.id}` |" for row in rows]
    return "\n".join([*lines, ""]).encode()


def _counts(rows: Sequence[Requirement]) -> str:
    proven = sum(row.proven for row in rows)
    elsewhere = sum(row.elsewhere is not None for row in rows)
    return f"{proven} | {elsewhere} | {len(rows) - proven - elsewhere}"


def _state(row: Requirement) -> str:
    if row.deferred is not None:
        return f"not yet: {row.deferred}"
    return "works" if row.elsewhere is None else f"works: {row.elsewhere}"


FILES: dict[str, Callable[[], bytes]] = {
    "openapi.json": openapi, "settings.md": settings, "commands.md": commands,
    "requirements.md": requirements,
}

if __name__ == "__main__":
    for name, rendered in FILES.items():
        (Path(__file__).parent / name).write_bytes(rendered())
    house.PAGE.write_text(house.page())
