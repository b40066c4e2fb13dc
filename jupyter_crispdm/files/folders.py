"""Who sees which folder: the one place where it is decided what somebody may do with a path.

::

    place = folders.look(person, "data/scans/1.png")      # to read it
    place = folders.fill(person, "people/anna")           # to put something into it
    place = folders.change(person, "people/anna/old.csv") # to make, replace, move or remove it
    with open_folder(place.real, below=place.below) as descriptor: ...

People with Lab reach everything below the root directory; others their home folder and the shared ones. What is asked
for is a path as `spelling` reads it, so nothing here has to know of encodings. No link below a folder is followed,
whoever asks; a shared folder itself may be one, for whoever runs the server named it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePath
from types import MappingProxyType

from jupyter_crispdm.auth.roles import Role
from jupyter_crispdm.auth.types import NAME
from jupyter_crispdm.base.errors import BadRequest, CrispdmError, Forbidden, NotFound, SetupError
from jupyter_crispdm.base.files.modes import users_umask

from .spelling import Steps, folded, steps
from .types import Access, Folder, FolderKind

_USER = "{user}"


class Act(Enum):
    """What is to be done with a path: read it, put something into it, or make, replace, move or remove it."""

    LOOK = "look"
    FILL = "fill"
    CHANGE = "change"


@dataclass(frozen=True)
class Person:
    """Whose files are asked for, and what whoever asks for them may do: the person, or a program of theirs."""

    name: str
    role: Role

    @property
    def has_lab(self) -> bool:
        """Whether they reach all of the root directory."""
        return self.role.includes(Role.ANALYST)


@dataclass(frozen=True)
class Place:
    """A path that somebody may use: `real` is where it is on the disk, `below` where its folder is.

    No step between the two is a link at the moment; who opens it says `below`, so that none becomes one.
    """

    path: str
    real: Path
    below: Path
    folder: Folder
    access: Access

    @property
    def is_folder_itself(self) -> bool:
        """Whether it is the folder that the person has, not something in it."""
        return self.real == self.below


@dataclass(frozen=True)
class _Rule:
    at: Steps
    access: Access
    kind: FolderKind

    @property
    def folder(self) -> Folder:
        return Folder("/".join(self.at), self.at[-1] if self.at else "", self.access, self.kind)


class Folders:
    """The folders of everybody. Raises SetupError for settings under which people would reach what they should not."""

    def __init__(self, root: Path, home: str = "people/{user}", shared: Mapping[str, str] = MappingProxyType({})):
        self.root = root
        self._home = _home_steps(home)
        self._shared = _shared_rules(shared, self._home)

    def of(self, person: Person) -> list[Folder]:
        """The folders that somebody has, their own first; it is made where it is not there yet."""
        for rule in self._rules(person):
            if rule.kind is FolderKind.HOME:
                self._make_home(rule.at)
        return [rule.folder for rule in self._rules(person) if self._is_there(rule)]

    def everything(self) -> list[Path]:
        """Where all folders are on the disk: the root, the shared ones, and the homes that were made."""
        shared = [self.root.joinpath(*rule.at) for rule in self._shared]
        homes = self.root.glob("/".join(self._home).replace(_USER, "*")) if self._home else []
        return [path for path in (self.root, *shared, *homes) if path.is_dir()]

    def home_of(self, person: Person) -> str | None:
        """The path of their home folder; None where nobody has one, or none for such a name."""
        steps_of = self._home_of(person)
        return "/".join(steps_of) if steps_of else None

    def may(self, person: Person, path: str, act: Act = Act.LOOK) -> bool:
        """Whether somebody may do that with a path, by its spelling alone: nothing is looked up on the disk."""
        try:
            self._decide(person, path, act, "path")
        except CrispdmError:
            return False
        return True

    def require(self, person: Person, path: str, act: Act, field: str = "path") -> None:
        """`may`, with the reason as an error: BadRequest, NotFound or Forbidden."""
        self._decide(person, path, act, field)

    def leads(self, person: Person, path: str) -> bool:
        """Whether a path only leads to folders of the person, by its spelling alone. Raises BadRequest."""
        at = steps(path)
        if self._rule(person, at) is not None:
            return False
        return any(rule.at[: len(at)] == at for rule in self._rules(person))

    def way(self, person: Person, path: str) -> list[str] | None:
        """The names on the way from a path to the folders of somebody who does not reach the path itself.

        None where they reach it, or where it leads to none of their folders.
        """
        at = steps(path)
        if not self.leads(person, path):
            return None
        below = [folder.path.split("/") for folder in self.of(person)]
        return sorted({to[len(at)] for to in below if tuple(to[: len(at)]) == at}) or None

    def look(self, person: Person, path: str, field: str = "path") -> Place:
        """A place to read. Raises BadRequest for a spelling, NotFound for what the person does not reach."""
        return self.place(person, path, Act.LOOK, field)

    def fill(self, person: Person, path: str, field: str = "path") -> Place:
        """A folder to put something into. Raises BadRequest, NotFound, Forbidden where it is only to be read."""
        return self.place(person, path, Act.FILL, field)

    def change(self, person: Person, path: str, field: str = "path") -> Place:
        """Something to make, replace, move or remove: no folder that somebody has, nor one with such a folder in it.

        Raises BadRequest, NotFound, Forbidden.
        """
        return self.place(person, path, Act.CHANGE, field)

    def may_be_viewers(self, file: Path) -> bool:
        """Whether somebody without Lab may have written a file of the disk: what lies there is never run for them."""
        homes = self.root.joinpath(*self._home[: _step_of_user(self._home)])
        writable = [homes, homes.resolve()] if self._home else []
        writable += [self._real(rule) for rule in self._shared if rule.access is Access.WRITE]
        return any(_alike(file).is_relative_to(_alike(folder)) for folder in writable)

    # Inside

    def _decide(self, person: Person, path: str, act: Act, field: str) -> tuple[Steps, _Rule]:
        at = steps(path, field)
        rule = self._rule(person, at)
        if rule is None:
            raise NotFound(f"There is nothing at '{'/'.join(at)}' that you may see.", field=field)
        if act is not Act.LOOK and rule.access is not Access.WRITE:
            raise Forbidden(f"You may read '{'/'.join(at)}', but not change it.", field=field)
        if act is Act.CHANGE and any(folded(one.at)[: len(at)] == folded(at) for one in self._rules(person)):
            raise Forbidden(f"'{'/'.join(at)}' is a folder of the server itself: it stays where it is.", field=field)
        return at, rule

    def _home_of(self, person: Person) -> Steps | None:
        if not self._home or not NAME.fits(person.name):
            return None
        return tuple(step.replace(_USER, person.name) for step in self._home)

    def _rules(self, person: Person) -> list[_Rule]:
        """All that a person has, home first, the root last."""
        if not person.role.includes(Role.VIEWER):
            return []
        home = self._home_of(person)
        rules = [_Rule(home, Access.WRITE, FolderKind.HOME)] if home else []
        rules += self._shared
        if person.has_lab:
            return [*(_Rule(rule.at, Access.WRITE, rule.kind) for rule in rules),
                    _Rule((), Access.WRITE, FolderKind.ROOT)]
        return rules

    def _rule(self, person: Person, at: Steps) -> _Rule | None:
        """The deepest folder that a path lies in; none where it is only alike, as `People/Anna` is."""
        alike = folded(at)
        found = [rule for rule in self._rules(person) if folded(rule.at) == alike[: len(rule.at)]]
        deepest = max(found, key=lambda rule: len(rule.at), default=None)
        if deepest is None or deepest.at != at[: len(deepest.at)]:
            return None
        return deepest

    def place(self, person: Person, path: str, act: Act, field: str = "path") -> Place:
        """`look`, `fill` or `change`, as `act` says."""
        at, rule = self._decide(person, path, act, field)
        if rule.kind is FolderKind.HOME:
            self._make_home(rule.at)
        below = self._real(rule)
        real = _without_links(below, at[len(rule.at) :], field)
        return Place("/".join(at), real, below, rule.folder, rule.access)

    def _real(self, rule: _Rule) -> Path:
        folder = self.root.joinpath(*rule.at)
        if rule.kind is FolderKind.HOME and folder.is_symlink():
            raise NotFound("The home folder is a link, which is not followed.")
        return folder.resolve()

    def _is_there(self, rule: _Rule) -> bool:
        return rule.kind is FolderKind.HOME or self.root.joinpath(*rule.at).is_dir()

    def _make_home(self, at: Steps) -> None:
        folder, mode = self.root, 0o777 & ~users_umask()
        for step in at:
            folder = folder / step
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            folder.chmod(mode)


def _home_steps(template: str) -> Steps:
    if not template:
        return ()
    try:
        found = steps(template, "home_folders")
    except BadRequest as error:
        raise SetupError(f"CrispdmApp.home_folders cannot be '{template}': {error.message}") from error
    if "/".join(found).count(_USER) != 1 or _USER in found[0]:
        raise SetupError(
            f"CrispdmApp.home_folders cannot be '{template}': {_USER} must stand in it once, and not in the first "
            "step, where anybody could be called as another folder is.")
    return found


def _shared_rules(shared: Mapping[str, str], home: Steps) -> list[_Rule]:
    rules = []
    for path, access in shared.items():
        try:
            at = steps(path, "shared_folders")
        except BadRequest as error:
            raise SetupError(f"CrispdmApp.shared_folders cannot name '{path}': {error.message}") from error
        homes = folded(home[: _step_of_user(home)])
        least = min(len(at), len(homes))
        if not at or (home and folded(at)[:least] == homes[:least]):
            raise SetupError(
                f"CrispdmApp.shared_folders cannot name '{path}': everybody would reach the home folders of all.")
        rules.append(_Rule(at, Access(access), FolderKind.SHARED))
    return sorted(rules, key=lambda rule: rule.at)


def _step_of_user(home: Steps) -> int:
    return next((number for number, step in enumerate(home) if _USER in step), 0)


def _alike(path: Path) -> PurePath:
    return PurePath(*folded(path.parts))


def _without_links(below: Path, inner: Steps, field: str) -> Path:
    """Where steps below a real folder lead. Raises NotFound where one of them is a link."""
    real = below
    for step in inner:
        real = real / step
        try:
            if stat.S_ISLNK(os.lstat(real).st_mode):
                raise NotFound(f"'{step}' is a link, which is not followed.", field=field)
        except OSError:  # nothing there: nothing of what follows can be a link
            return below.joinpath(*inner)
    return real
