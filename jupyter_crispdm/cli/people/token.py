"""`jupyter crispdm token create|list|revoke`: keys of programs, written to the database itself."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys

from jupyter_crispdm.auth.types import NewToken, Scope, Token, TokenList

from .. import output
from ..settings import opened_door
from ..typed import days


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    create = actions.add_parser("create", help="create a token and print it, only this once")
    scopes = [scope.value for scope in Scope]
    create.add_argument("--scope", choices=scopes, default=Scope.READ.value, help="default: read")
    create.add_argument(
        "--for", dest="owner", metavar="PERSON", help="whose program it is (default: this account's name)")
    create.add_argument("--days", type=days, metavar="N", help="valid for N days (default: for ever)")
    revoke = actions.add_parser("revoke", help="revoke a token")
    for action in (create, revoke):
        action.add_argument("name")
    listed = actions.add_parser("list", help="list the tokens, without their secrets")
    listed.add_argument("--json", action="store_true", help="print what the API answers")
    for action in actions.choices.values():
        action.add_argument("--data-dir", metavar="D", help="the server's data directory, if not the default")


def run(arguments: argparse.Namespace) -> int:
    """Do one of them."""
    return asyncio.run(act(arguments))


async def act(arguments: argparse.Namespace) -> int:
    """Open the door's tables and do it."""
    async with opened_door(arguments.data_dir) as users:
        if arguments.action == "create":
            new = NewToken(arguments.name, Scope(arguments.scope), arguments.days, arguments.owner)
            issued = await users.create_token(new, getpass.getuser())
            print("Keep it well: it is shown only this once.", file=sys.stderr)
            print(issued.token)
        elif arguments.action == "revoke":
            await users.revoke_token(arguments.name, getpass.getuser())
        else:
            show(await users.tokens(), arguments.json)
    return 0


def show(tokens: list[Token], as_json: bool) -> None:
    """Print the tokens."""
    if as_json:
        output.json(TokenList(tokens))
        return
    rows = [
        (
            token.name,
            token.owner,
            token.scope.value,
            output.moment(token.created),
            output.moment(token.expires) or "never",
            output.moment(token.last_used),
        )
        for token in tokens
    ]
    empty = "No tokens yet. Create one: jupyter crispdm token create NAME"
    output.table(("NAME", "OF", "SCOPE", "CREATED", "EXPIRES", "LAST USED"), rows, empty)
