"""The job that makes, fills or deletes an environment. A program of its own: standard library only.

    python build.py create --prefix P --marker M --with uv|venv|conda --program UV --python PY [--package R]…
    python build.py create --prefix P --marker M --with conda --program CONDA --exact [--conda N=V=B]… [--package R]…
    python build.py install --prefix P --with uv|venv|conda --program UV|CONDA|PYTHON [--package R]…
    python build.py delete --prefix P

What fails or is stopped while it makes an environment takes the half-made one away again.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

STOPPED = 130
_IDENTITY = ("pyvenv.cfg", "conda-meta")
_QUIET = {
    "CONDA_ALWAYS_YES": "true",
    "MAMBA_ALWAYS_YES": "true",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "PIP_PROGRESS_BAR": "off",
    "PYTHONUNBUFFERED": "1",
    "UV_NO_PROGRESS": "1",
}
_NOT_THEIRS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_VERSION")


class BuildFailed(Exception):
    """It cannot be done; the text says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one of the three; the exit code is that of the program that failed."""
    options = _parser().parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a background process handed on that it ignores them
        signal.signal(number, signal.default_int_handler)
    actions: dict[str, Callable[[argparse.Namespace], None]] = {"create": create, "install": install, "delete": delete}
    try:
        actions[options.action](options)
    except KeyboardInterrupt:
        say("Stopped.")
        return STOPPED
    except subprocess.CalledProcessError as error:
        say(f"{Path(error.cmd[0]).name} ended with exit code {error.returncode}.")
        return error.returncode if error.returncode > 0 else 1
    except (BuildFailed, OSError) as error:
        say(str(error))
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("action", choices=("create", "install", "delete"))
    parser.add_argument("--prefix", type=Path, required=True)
    parser.add_argument("--marker", type=Path)
    parser.add_argument("--with", dest="kind", choices=("uv", "venv", "conda"))
    parser.add_argument("--program")
    parser.add_argument("--python")
    parser.add_argument("--package", action="append", default=[])
    parser.add_argument("--conda", action="append", default=[], help="a package of conda's, exact to its build")
    parser.add_argument("--file")
    parser.add_argument("--clone")
    parser.add_argument("--exact", action="store_true", help="install just these packages, not what they need")
    return parser


def create(options: argparse.Namespace) -> None:
    """Make an environment and fill it; it is seen when all is done."""
    prefix: Path = options.prefix
    with building(prefix, options.marker):
        if options.kind == "conda":
            _create_conda(options)
        else:
            venv = [options.program, "venv", "--python", options.python] if options.kind == "uv" else [
                options.python, "-m", "venv", *(["--without-pip"] if options.program else []),
            ]  # fmt: skip
            run([*venv, str(prefix)])
            install(options)
    say(f"{prefix} is ready.")


@contextmanager
def building(prefix: Path, marker: Path) -> Iterator[None]:
    """Hold the marker; take it away in the end, and the environment with it unless all went well."""
    marker.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = marker.open("x")
    except FileExistsError:
        raise BuildFailed(f"Another job is making {prefix}.") from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            if prefix.exists():
                raise BuildFailed(f"{prefix} is already there.")
            try:
                yield
            except BaseException:
                _ignore_signals()
                say(f"Removing the half-made {prefix}.")
                shutil.rmtree(prefix, ignore_errors=True)
                raise
        finally:
            marker.unlink(missing_ok=True)


def install(options: argparse.Namespace) -> None:
    """Install packages into an environment that is there."""
    wanted = [word for package in options.package for word in _words(package)]
    if options.file:
        wanted += ["-r", options.file]
    if not wanted:
        return
    python = options.prefix / "bin" / "python"
    exact = ["--no-deps"] if options.exact else []
    if options.kind == "conda" and not options.exact:
        run([options.program, "install", "--yes", "--prefix", str(options.prefix), *wanted])
    elif options.kind == "uv":
        run([options.program, "pip", "install", "--python", str(python), *exact, *wanted])
    elif options.program and options.kind != "conda":
        run([options.program, "-m", "pip", "--python", str(python), "install", *exact, *wanted])
    else:
        run([str(python), "-m", "pip", "install", *exact, *wanted])


def _words(package: str) -> list[str]:
    """The words of an argument: an editable package is two."""
    return ["-e", package[3:]] if package.startswith("-e ") else [package]


def _create_conda(options: argparse.Namespace) -> None:
    program, prefix = options.program, str(options.prefix)
    name = Path(program).name
    if options.clone and name == "conda":
        run([program, "create", "--yes", "--prefix", prefix, "--clone", options.clone])
    elif options.clone:
        _clone_explicitly(program, prefix, options.clone)
        install(options)
    elif options.conda:
        run([program, "create", "--yes", "--prefix", prefix, *options.conda])
        install(options)
    elif options.file:
        command = ["create"] if name == "micromamba" else ["env", "create"]
        run([program, *command, "--prefix", prefix, "--file", options.file])
    else:
        run([program, "create", "--yes", "--prefix", prefix, f"python={options.python}", *options.package])


def _clone_explicitly(program: str, prefix: str, source: str) -> None:
    """The very same files as in another environment, from conda's cache where they are still in it."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("@EXPLICIT\n")
        for record in sorted(Path(source, "conda-meta").glob("*.json")):
            file.write(_explicit(record))
        file.flush()
        run([program, "create", "--yes", "--prefix", prefix, "--file", file.name])


def _explicit(record: Path) -> str:
    """The line of an explicit file for a package of conda's. Raises BuildFailed for one that cannot be read."""
    try:
        read = json.loads(record.read_text(encoding="utf-8"))
        checksum = f"#{read['md5']}" if read.get("md5") else ""
        return f"{read['url']}{checksum}\n"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BuildFailed(f"{record} does not say which package it stands for, so nothing was cloned.") from error


def delete(options: argparse.Namespace) -> None:
    """Delete an environment: at once out of sight, then file by file."""
    prefix: Path = options.prefix
    grave = Path(tempfile.mkdtemp(dir=prefix.parent, prefix=f".deleted-{prefix.name}-"))
    try:
        hidden = prefix.rename(grave / prefix.name)
    except OSError:
        grave.rmdir()
        raise
    for mark in _IDENTITY:
        with suppress(OSError):
            (hidden / mark).rename(grave / mark)
    try:
        shutil.rmtree(grave)
    except KeyboardInterrupt:
        say(f"What is left of it lies in {grave}.")
        raise
    say(f"{prefix} is deleted.")


def run(command: Sequence[str]) -> None:
    """Run a program, its output in the log; raises CalledProcessError when it fails."""
    say(f"$ {shlex.join(command)}")
    environ = {name: value for name, value in os.environ.items() if name not in _NOT_THEIRS}
    process = subprocess.Popen(command, env={**environ, **_QUIET}, stdin=subprocess.DEVNULL)
    try:
        code = process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    if code:
        raise subprocess.CalledProcessError(code, list(command))


def say(text: str) -> None:
    """One line of the log."""
    print(text, flush=True)


def _ignore_signals() -> None:
    """Being asked to stop twice must not stop the cleaning up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
