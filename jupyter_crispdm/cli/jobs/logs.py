"""`jupyter crispdm logs ID [-f]`."""

from __future__ import annotations

import argparse

from jupyter_crispdm.client import connect

from ..output import remark, stream
from .run import wait_for_start


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("id", help="the job")
    parser.add_argument("-f", "--follow", action="store_true", help="go on printing until the job is over")


def run(arguments: argparse.Namespace) -> int:
    """Print the log, as far as it goes or until the job is over."""
    with connect() as client:
        if arguments.follow:
            wait_for_start(client, arguments.id, remark)
        pieces = client.jobs.log_pieces(arguments.id)
        for text in client.jobs.follow(arguments.id, remark=remark) if arguments.follow else pieces:
            stream(text)
    return 0
