"""From words on a command line to a command's module, and from its errors to one line and an exit code."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn, Protocol, cast

from .commands import every
from .output import UsageError, complain, printable

COMMANDS = every()
PASS_ON = frozenset(name for name, command in COMMANDS.items() if command.passes_on)
"""Commands that hand options they do not know to somebody else."""
TAKE_COMMAND = frozenset(name for name, command in COMMANDS.items() if command.takes_command)
"""Commands for which everything after `--` is meant for another program."""

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class CommandModule(Protocol):
    """What the module of a command offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Declare its arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it, and answer the exit code."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; whatever goes wrong is one line on stderr and an exit code."""
    try:
        return dispatch(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _close_output()
        return EXIT_FAILED
    except UnicodeEncodeError as error:
        complain(f"'{error.object}' is not text in UTF-8.")
        return EXIT_USAGE
    except UsageError as error:
        complain(str(error))
        return EXIT_USAGE
    except Exception as error:
        code = explained(error)
        if code is None:
            raise
        return code


def explained(error: Exception) -> int | None:
    """Say what went wrong, and answer the exit code; None for a mistake of ours. The client is imported only now."""
    from jupyter_crispdm.base.errors import BadRequest, CrispdmError
    from jupyter_crispdm.client.errors import ClientError

    if isinstance(error, BadRequest):
        complain(str(error))
        return EXIT_USAGE
    if not isinstance(error, ClientError | CrispdmError | OSError) or os.environ.get("CRISPDM_DEBUG"):
        return None
    complain(str(error))
    return EXIT_FAILED


def dispatch(argv: list[str]) -> int:
    """Parse the words and run the command that they name."""
    words, rest = split_at_dashes(argv) if set(argv[:1]) & TAKE_COMMAND else (argv, [])
    parser, command = build_parser(words[0] if words else None)
    arguments, unknown = parser.parse_known_args(words)
    if unknown and arguments.command not in PASS_ON:
        parser.refuse(unknown, "What is meant for the command itself belongs after '--'" * (words[0] in TAKE_COMMAND))
    arguments.rest = unknown + rest
    if command is None:
        parser.error("which command?")
    return command.run(arguments)


def build_parser(chosen: str | None) -> tuple[Parser, CommandModule | None]:
    """The parser of all commands; only the chosen one is imported, so that help comes quickly."""
    parser = Parser(prog="jupyter crispdm", description="A data-science workbench on JupyterLab.", allow_abbrev=False)
    parser.add_argument("--version", action=ShowVersion)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    command = None
    for listed in COMMANDS.values():
        options = commands.add_parser(
            listed.name,
            help=listed.summary,
            description=f"{listed.summary[0].upper()}{listed.summary[1:]}.",
            allow_abbrev=False,
            add_help=not listed.passes_on,
        )
        if listed.name == chosen:
            command = cast(CommandModule, import_module(listed.module))
            command.configure(options)
            parser.chosen = options
    return parser, command


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong and where to look."""

    chosen: Parser | None = None
    """That of the command which was named."""

    _is_between = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Let options stand between words, as people type them: argparse alone gives up optional words at the first."""
        optional = any(action.nargs in ("?", "*") for action in self._get_positional_actions())
        if not optional or self._is_between:
            return super().parse_known_args(args, namespace)
        self._is_between = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._is_between = False

    def refuse(self, unknown: Sequence[str], advice: str) -> NoReturn:
        """Name arguments that nobody takes, and the option that the first of them may have been meant for."""
        one = self.chosen or self
        options = [name for action in one._actions for name in action.option_strings]
        close = difflib.get_close_matches(unknown[0].partition("=")[0], options, n=1)
        hint = f"Did you mean {close[0]}?" if close else advice
        one.error(f"unknown arguments: {' '.join(unknown)}. {hint}".rstrip(". "))

    def error(self, message: str) -> NoReturn:
        """End with the exit code of a usage error."""
        self.exit(EXIT_USAGE, f"{self.prog}: {sentence(message)} See: {self.prog} --help\n")


def sentence(text: str) -> str:
    """A text on one line that ends as sentences do."""
    line = printable(text)
    return line if line.endswith((".", "?")) else f"{line}."


class ShowVersion(argparse.Action):
    """`--version`, looked up only when it is asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version and exit")

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Print it and exit."""
        from jupyter_crispdm import __version__

        print(__version__)
        parser.exit()


def split_at_dashes(argv: list[str]) -> tuple[list[str], list[str]]:
    """The words before the first `--` and those after it."""
    if "--" not in argv:
        return argv, []
    at = argv.index("--")
    return argv[:at], argv[at + 1 :]


def _close_output() -> None:
    """Whoever read our output is gone: keep the interpreter from complaining about it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
