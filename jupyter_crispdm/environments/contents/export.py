"""An environment as a file that makes it again, read from its directories: no program is run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml

from ..discovery import FoundEnvironment
from ..discovery.packages import installed_distributions, site_directories

_OWN_TOOLS = frozenset({"pip", "setuptools", "wheel"})


class _Record(msgspec.Struct):
    """What is read of a record in conda-meta."""

    name: str
    version: str
    channel: str = ""
    url: str = ""
    md5: str | None = None


class _VcsInfo(msgspec.Struct):
    vcs: str
    commit_id: str


class _DirInfo(msgspec.Struct):
    editable: bool = False


class _DirectUrl(msgspec.Struct):
    """Where a package came from, when not from an index (PEP 610)."""

    url: str
    vcs_info: _VcsInfo | None = None
    dir_info: _DirInfo | None = None


def requirements(found: FoundEnvironment) -> list[str]:
    """A requirement for each Python package, exact to the version, sorted by name; conda's own left out."""
    return [text for name, text in sorted(_requirements(found)) if name not in _OWN_TOOLS]


def origins(found: FoundEnvironment, home: str = "") -> list[str]:
    """The requirements of what no index holds: an address, a folder, a commit; for conda of all that pip installed."""
    if found.conda:
        return requirements(found)
    everything = installed_distributions(found, site_directories(found, home))
    texts = [_requirement(package.name, package.version, metadata) for package, metadata in everything]
    return sorted(text for text in texts if text.startswith("-e ") or " @ " in text)


def requirements_file(found: FoundEnvironment) -> str:
    """A requirements.txt; editable packages are named by their folders."""
    return "".join(f"{line}\n" for line in [f"# Python {found.version}", *requirements(found)])


def conda_file(found: FoundEnvironment, name: str) -> str:
    """An environment.yml: conda's packages with their channels, and below them what pip installed."""
    records = conda_records(found)
    channels = list(dict.fromkeys(_channel(record.channel) for record in records if record.channel))
    dependencies: list[object] = [f"{record.name}={record.version}" for record in records]
    by_pip = requirements(found)
    if not records:
        dependencies.append(f"python={found.version}")
    if by_pip:
        dependencies += [*([] if any(r.name == "pip" for r in records) else ["pip"]), {"pip": by_pip}]
    content = {"name": name, "channels": channels or ["conda-forge"], "dependencies": dependencies}
    return str(yaml.safe_dump(content, sort_keys=False))


def conda_records(found: FoundEnvironment) -> list[_Record]:
    """The records of a conda environment, sorted by name; none elsewhere."""
    folder = Path(found.prefix, "conda-meta")
    return sorted(_records(folder), key=lambda record: record.name) if folder.is_dir() else []


def _records(folder: Path) -> Iterator[_Record]:
    for file in folder.glob("*.json"):
        try:
            yield msgspec.json.decode(file.read_bytes(), type=_Record)
        except (OSError, msgspec.DecodeError):
            continue


def _channel(text: str) -> str:
    """A channel's short name or its address without a login in it and without the platform."""
    address = re.sub(r"/(noarch|linux-\w+|osx-\w+|win-\w+)/?$", "", text).rstrip("/")
    address = re.sub(r"^https://conda\.anaconda\.org/", "", address)
    return without_login(address)


def without_login(address: str) -> str:
    """An address from which a user name and password were taken out."""
    return re.sub(r"^([a-z][a-z0-9+.-]*://)[^/?#]*@", r"\1", address, flags=re.IGNORECASE)


def _requirements(found: FoundEnvironment) -> Iterator[tuple[str, str]]:
    by_conda = found.conda
    for package, metadata in installed_distributions(found):
        if by_conda and _text(metadata, "INSTALLER").strip() in ("conda", ""):
            continue
        yield package.name, _requirement(package.name, package.version, metadata)


def _requirement(name: str, version: str, metadata: str) -> str:
    try:
        origin = msgspec.json.decode(_text(metadata, "direct_url.json"), type=_DirectUrl)
    except msgspec.DecodeError:
        return f"{name}=={version}"
    url = without_login(origin.url)
    if origin.dir_info and origin.dir_info.editable:
        return f"-e {url.removeprefix('file://')}"
    if origin.vcs_info:
        return f"{name} @ {origin.vcs_info.vcs}+{url}@{origin.vcs_info.commit_id}"
    return f"{name} @ {url}"


def _text(folder: str, name: str) -> str:
    try:
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
