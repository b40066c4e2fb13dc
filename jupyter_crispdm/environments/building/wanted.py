"""What somebody wants installed: requirements, and files of them, checked before any program reads them.

Packages come from the configured index. An address in their place (`name @ https://…`, another index, a channel) is
accepted only where an administrator allows it with the setting `package_urls`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import yaml
from packaging.requirements import InvalidRequirement, Requirement

from jupyter_crispdm.base.errors import BadRequest, Unprocessable
from jupyter_crispdm.base.files.regular import read_regular

CONDA_FILES = (".yml", ".yaml")
_MOST_PACKAGES = 500
_MOST_BYTES = 1 << 20
_DEEPEST = 8
_SHOWN = 100
_NESTED = ("-r", "--requirement", "-c", "--constraint")
_HARMLESS = ("-e", "--editable", "--pre", "--no-binary", "--only-binary", "--prefer-binary", "--require-hashes")
_ADDRESS = re.compile(r"\w://|^(git|hg|svn|bzr)\+", re.IGNORECASE)
_COMMENT = re.compile(r"(^|\s)#.*")
_CONTINUED = re.compile(r"\\\r?\n")
_ONLY_BY_SETTING = "Packages come from the index; addresses are allowed only by the setting 'package_urls'."


@dataclass(frozen=True)
class RequirementsCheck:
    """Checks what is to be installed; `root` is the server's root folder, below which all files lie."""

    root: Path
    urls: bool = False

    def packages(self, packages: Sequence[str]) -> list[str]:
        """Requirements, normalised: an option in disguise is none. Raises BadRequest, Unprocessable."""
        if len(packages) > _MOST_PACKAGES:
            raise BadRequest(f"'packages' may name at most {_MOST_PACKAGES}.", field="packages")
        parsed = [_requirement(text) for text in packages]
        foreign = next((one for one in parsed if one.url), None)
        if foreign is not None and not self.urls:
            message = f"'packages': '{foreign.name}' is given by address. {_ONLY_BY_SETTING}"
            raise Unprocessable(message, field="packages")
        return [str(one) for one in parsed]

    def check_file(self, file: Path) -> None:
        """Look through a file of requirements, and those that it names. Raises Unprocessable."""
        if not self.urls:
            for name, line in self._lines(file, 0):
                if _ADDRESS.search(line) or _is_option(line):
                    message = f"'file': {line[:_SHOWN]!a} in {name}. {_ONLY_BY_SETTING}"
                    raise Unprocessable(message, field="file")

    def project_packages(self, file: Path) -> list[str]:
        """What a pyproject.toml needs. Raises BadRequest, Unprocessable."""
        try:
            content: Any = msgspec.toml.decode(_content(file))
            found = msgspec.convert(content["project"].get("dependencies", []), list[str])
        except (msgspec.MsgspecError, KeyError, AttributeError, ImportError, RecursionError, ValueError) as error:
            message = f"'file': no [project] dependencies can be read from it ({type(error).__name__})."
            raise Unprocessable(message, field="file") from None
        return self.packages(found)

    def _lines(self, file: Path, depth: int) -> Iterator[tuple[str, str]]:
        """What is to be installed, each with the name of the file that says so."""
        if file.suffix in CONDA_FILES:
            yield from ((file.name, text) for text in _strings(_yaml(file)))
        elif file.name != "pyproject.toml":
            for line in _requirement_lines(_content(file)):
                option, _, value = line.replace("=", " ", 1).partition(" ")
                if option in _NESTED and not _ADDRESS.search(value):
                    yield from self._nested(file, value.strip(), depth)
                else:
                    yield file.name, line

    def _nested(self, file: Path, name: str, depth: int) -> Iterator[tuple[str, str]]:
        path = (file.parent / name).resolve()
        if depth >= _DEEPEST or not path.is_relative_to(self.root.resolve()):
            raise Unprocessable(f"'file': {name[:_SHOWN]!a} in {file.name} lies elsewhere, or too deep.", field="file")
        yield from self._lines(path, depth + 1)


def for_conda(packages: Sequence[str]) -> list[str]:
    """Requirements as conda writes them. Raises BadRequest for what conda does not know."""
    parsed = [Requirement(text) for text in packages]
    foreign = next((r for r in parsed if r.url or r.extras or r.marker), None)
    if foreign is not None:
        message = f"'packages': conda knows names and versions only, not {str(foreign)[:_SHOWN]!r}."
        raise BadRequest(message, field="packages")
    return [f"{requirement.name}{requirement.specifier}" for requirement in parsed]


def _requirement(text: str) -> Requirement:
    try:
        if text.isprintable():
            return Requirement(text)
    except InvalidRequirement:
        pass
    shown = ascii(text[:_SHOWN])
    message = f"'packages': {shown} is not a requirement such as numpy or numpy>=1.26,<3."
    raise BadRequest(message, field="packages")


def _requirement_lines(content: str) -> Iterator[str]:
    for line in _CONTINUED.sub(" ", content).splitlines():
        wanted = _COMMENT.sub("", line).strip()
        if wanted:
            yield wanted


def _is_option(line: str) -> bool:
    """Whether a line is an option that could name another place to install from."""
    return line.startswith("-") and re.split(r"[\s=]", line, maxsplit=1)[0] not in _HARMLESS


def _content(file: Path) -> str:
    try:
        return read_regular(file.resolve(), _MOST_BYTES).decode("utf-8", "replace")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Unprocessable(f"'file': '{file.name}' cannot be read: {reason}.", field="file") from None


def _yaml(file: Path) -> Any:
    try:
        return yaml.safe_load(_content(file))
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Unprocessable(f"'file': '{file.name}' is no YAML.", field="file") from None


def _strings(value: Any) -> Iterator[str]:
    """Every text in a document. What is named more than once is looked at once: aliases cannot multiply it."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict | list) and id(one) not in seen:
            seen.add(id(one))
            waiting += [*one.keys(), *one.values()] if isinstance(one, dict) else one
