"""What two environments have, and what only one of them has."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion

from jupyter_crispdm.base.errors import BadRequest

from ..types import Difference, Package, VersionPair

_SHOWN = 100


def difference(here: Sequence[Package], there: Sequence[Package]) -> Difference:
    """How two lists of packages differ."""
    ours = {package.name: package for package in here}
    theirs = {package.name: package for package in there}
    both = [(ours[name], theirs[name]) for name in ours if name in theirs]
    return Difference(
        only_here=[package for package in here if package.name not in theirs],
        only_there=[package for package in there if package.name not in ours],
        different=[VersionPair(a.name, a.version, b.version) for a, b in both if a.version != b.version],
        same=sum(a.version == b.version for a, b in both),
    )


def search(packages: Sequence[Package], text: str) -> list[Package]:
    """The packages whose name holds a text; `_` and `.` are the same as `-`."""
    wanted = canonicalize_name(text.strip())
    return [package for package in packages if wanted in package.name]


def wanted_package(text: str) -> Requirement:
    """A package to look for. Raises BadRequest."""
    try:
        return Requirement(text)
    except InvalidRequirement:
        message = f"'package' must be a name such as torch, or a range such as torch>=2.4, not {text[:_SHOWN]!r}."
        raise BadRequest(message, field="package") from None


def has_package(packages: Sequence[Package], wanted: Requirement) -> bool:
    """Whether a package is there, in one of the versions that are wanted."""
    name = canonicalize_name(wanted.name)
    return any(package.name == name and _fits(package, wanted) for package in packages)


def _fits(package: Package, wanted: Requirement) -> bool:
    try:
        return wanted.specifier.contains(package.version, prereleases=True)
    except InvalidVersion:
        return not wanted.specifier
