"""`jupyter crispdm user add|list|passwd|role|remove`: people, written to the database itself.

So the first user can be made before the first server is started; a running server sees each change at once.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys

from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.types import NewUser, User, UserChange, UserList, UserRole
from jupyter_crispdm.base.errors import BadRequest

from .. import output
from ..settings import opened_door


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    roles = [role.value for role in UserRole]
    add = actions.add_parser("add", help="add a user")
    add.add_argument("--role", choices=roles, default=UserRole.VIEWER.value, help="default: viewer")
    passwd = actions.add_parser("passwd", help="change a password; open sessions end")
    role = actions.add_parser("role", help="change a role; open sessions end")
    role.add_argument("--role", choices=roles, required=True)
    remove = actions.add_parser("remove", help="remove a user; open sessions end")
    for action in (add, passwd, role, remove):
        action.add_argument("name")
    for action in (add, passwd):
        action.add_argument("--password-stdin", action="store_true", help="read the password from stdin")
    listed = actions.add_parser("list", help="list the users")
    listed.add_argument("--json", action="store_true", help="print what the API answers")
    for action in actions.choices.values():
        action.add_argument("--data-dir", metavar="D", help="the server's data directory, if not the default")


def run(arguments: argparse.Namespace) -> int:
    """Do one of them."""
    return asyncio.run(act(arguments))


async def act(arguments: argparse.Namespace) -> int:
    """Open the door's tables and do it."""
    async with opened_door(arguments.data_dir) as users:
        if arguments.action == "list":
            show(await users.users(), arguments.json)
        else:
            await change(users, arguments)
    return 0


async def change(users: UserManager, arguments: argparse.Namespace) -> None:
    """Add, change or remove one user."""
    by, name = getpass.getuser(), arguments.name
    if arguments.action == "add":
        secret = password(arguments.password_stdin)
        await users.add(NewUser(name=name, password=secret, role=UserRole(arguments.role)), by)
    elif arguments.action == "passwd":
        await users.change(name, UserChange(password=password(arguments.password_stdin)), by)
    elif arguments.action == "role":
        await users.change(name, UserChange(role=UserRole(arguments.role)), by)
    else:
        await users.remove(name, by)


def password(stdin: bool) -> str:
    """Ask twice, or read one line: a password is never an argument, where `ps` would show it."""
    if stdin:
        return piped()
    if not sys.stdin.isatty():
        raise BadRequest("There is no terminal to ask for the password: use --password-stdin.")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise BadRequest("The two passwords differ; nothing was changed.")
    return first


def piped() -> str:
    """One line of stdin. Raises BadRequest when it is no text."""
    try:
        line = sys.stdin.readline()
        line.encode()  # bytes that are none come in as halves of letters where nobody set a language
    except UnicodeError:
        raise BadRequest("The password is not text in UTF-8; nothing was changed.", field="password") from None
    return line.rstrip("\r\n")


def show(users: list[User], as_json: bool) -> None:
    """Print the users."""
    if as_json:
        output.json(UserList(users))
        return
    rows = [(user.name, user.role.value, output.moment(user.created), output.moment(user.last_login)) for user in users]
    empty = "No users yet. Add one: jupyter crispdm user add NAME --role admin"
    output.table(("NAME", "ROLE", "ADDED", "LAST LOGIN"), rows, empty)
