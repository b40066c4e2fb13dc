"""`jupyter crispdm toy [TEXT]`."""

from __future__ import annotations

import argparse

from jupyter_crispdm.client import connect

from .types import NewNote, Notes


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", metavar="TEXT", help="what to write (default: nothing)")


def run(arguments: argparse.Namespace) -> int:
    with connect() as client:
        if arguments.text:
            client.transport.request("POST", "notes", body=NewNote(text=arguments.text))
        print(*client.transport.ask("notes", Notes).notes, sep="\n")
    return 0
