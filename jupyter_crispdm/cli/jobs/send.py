"""`jupyter crispdm send ID TEXT`."""

from __future__ import annotations

import argparse

from jupyter_crispdm.client import connect


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("id", help="the job")
    parser.add_argument("text", nargs="?", help="what it shall read; a newline is added")
    parser.add_argument("-n", "--no-newline", action="store_true", help="send the text without a newline")
    parser.add_argument("--eof", action="store_true", help="end the job's standard input")
    parser.set_defaults(usage_error=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Send a line, the end of the input, or both."""
    if arguments.text is None and not arguments.eof:
        arguments.usage_error("what shall be sent? Give TEXT or --eof.")
    with connect() as client:
        if arguments.text is not None:
            client.jobs.send(arguments.id, arguments.text + ("" if arguments.no_newline else "\n"))
        if arguments.eof:
            client.jobs.send(arguments.id, eof=True)
    return 0
