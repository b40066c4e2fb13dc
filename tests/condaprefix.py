"""A real conda prefix without conda: packages made of this machine's own Python, installed by rattler.

Made once and kept beside the packages of the environment that runs the tests; some seconds when cold.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rattler import Channel, Subdir, install, solve
from rattler.index import index_fs

VERSION = platform.python_version()
MINOR = ".".join(VERSION.split(".")[:2])
GREETER = "1.2.0"
NAME = "weather"
"""The name of the environment: its folder lies in a folder `envs`, as conda has it."""

_SCRIPT = """
export GREETING="hello from $CONDA_DEFAULT_ENV"
export GREETER_HOME="$CONDA_PREFIX/share/greeter"
export LD_LIBRARY_PATH="$CONDA_PREFIX/lib/greeter${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export PATH="$CONDA_PREFIX/share/greeter/bin:$PATH"
unset GREETER_LEFTOVER
"""
_SITE = "import os, site\nsite.addsitedir(os.path.join(os.path.dirname(__file__), 'site-packages'))\n"
_LEFT_OUT = frozenset({
    "__pycache__", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "site-packages", "dist-packages", "test",
    "tests", "tkinter", "turtledemo",
})  # fmt: skip


def conda_prefix() -> Path:
    """The prefix; tests must not change it."""
    content = Path(__file__).read_bytes() + sys.version.encode()
    home = Path(sys.prefix) / f".conda-of-tests-{hashlib.sha256(content).hexdigest()[:10]}"
    home.mkdir(exist_ok=True)
    prefix, made = home / "envs" / NAME, home / "made"
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(home / "envs", ignore_errors=True)
            with ThreadPoolExecutor(1) as aside:  # a loop of its own: the tests' one stays what it is
                aside.submit(asyncio.run, _make(home, prefix)).result()
            made.touch()
    return prefix


async def _make(home: Path, prefix: Path) -> None:
    channel = home / "channel"
    shutil.rmtree(channel, ignore_errors=True)
    subdir = channel / str(Subdir.current())
    _pack(subdir, home / "work", "python", VERSION, _fill_python)
    _pack(subdir, home / "work", "greeter", GREETER, _fill_greeter, depends=[f"python {MINOR}.*"])
    (channel / "noarch").mkdir()
    await index_fs(channel)
    source = Channel(channel.as_uri())
    records = await solve([source], ["python", "greeter"])
    await install(records, prefix, cache_dir=home / "cache", show_progress=False)
    for folder in (channel, home / "cache"):
        shutil.rmtree(folder)


def _pack(
    subdir: Path, work: Path, name: str, version: str, fill: Callable[[Path], None], depends: list[str] | None = None
) -> None:
    """One conda package: what `fill` puts into a folder, and conda's description of it."""
    shutil.rmtree(work, ignore_errors=True)
    fill(work)
    paths = [_entry(work, file) for file in sorted(_files(work))]
    index = {
        "name": name, "version": version, "build": "h1_0", "build_number": 0, "depends": depends or [],
        "subdir": subdir.name, "timestamp": 1_700_000_000_000, "license": "BSD-3-Clause",
    }  # fmt: skip
    info = work / "info"
    info.mkdir()
    (info / "index.json").write_text(json.dumps(index))
    (info / "paths.json").write_text(json.dumps({"paths": paths, "paths_version": 1}))
    (info / "files").write_text("".join(f"{entry['_path']}\n" for entry in paths))
    subdir.mkdir(parents=True, exist_ok=True)
    with tarfile.open(subdir / f"{name}-{version}-h1_0.tar.bz2", "w:bz2", compresslevel=1) as archive:
        for entry in sorted(work.iterdir()):
            archive.add(entry, entry.name)
    shutil.rmtree(work)


def _files(folder: Path) -> Iterator[Path]:
    for root, _, names in os.walk(folder):
        yield from (Path(root, name) for name in names)


def _entry(work: Path, file: Path) -> dict[str, Any]:
    content = file.read_bytes()
    return {
        "_path": str(file.relative_to(work)),
        "path_type": "softlink" if file.is_symlink() else "hardlink",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_in_bytes": len(content),
    }


def _fill_python(work: Path) -> None:
    """The interpreter, its shared library and its standard library, finding each other wherever they lie."""
    binary = work / "bin" / f"python{MINOR}"
    binary.parent.mkdir(parents=True)
    shutil.copy2(os.path.realpath(sys.executable), binary)
    for name in ("python", "python3"):
        (work / "bin" / name).symlink_to(binary.name)
    library = work / "lib" / f"python{MINOR}"
    shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=_ignored, symlinks=False)
    (library / "site-packages").mkdir()
    (library / "site-packages" / "README.txt").write_text("This directory contains Python packages.\n")
    (library / "sitecustomize.py").write_text(_SITE)  # Debian's Python would look in dist-packages only
    shared = Path(sysconfig.get_config_var("LIBDIR") or "", sysconfig.get_config_var("INSTSONAME") or "")
    if shared.suffix != ".a" and shared.is_file():
        shutil.copy2(shared, work / "lib" / shared.name)
        subprocess.run(["patchelf", "--set-rpath", "$ORIGIN/../lib", binary], check=True, env=_with_our_programs())


def _ignored(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name in _LEFT_OUT or name.startswith("config-") or name.endswith(".a")}


def _with_our_programs() -> dict[str, str]:
    return {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}


def _fill_greeter(work: Path) -> None:
    """A package whose activation sets, extends and unsets variables."""
    site = work / "lib" / f"python{MINOR}" / "site-packages"
    files = {
        site / "greeter.py": "import os\n\ndef greet():\n    return os.environ['GREETING']\n",
        site / f"greeter-{GREETER}.dist-info" / "METADATA": f"Name: greeter\nVersion: {GREETER}\n",
        work / "etc" / "conda" / "activate.d" / "greeter.sh": _SCRIPT,
        work / "etc" / "conda" / "env_vars.d" / "greeter.json": json.dumps({"GREETER_UNITS": "metric"}),
        work / "share" / "greeter" / "bin" / "greet": '#!/bin/sh\necho "$GREETING"\n',
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (work / "share" / "greeter" / "bin" / "greet").chmod(0o755)
