"""An ipykernel for environments that have none: one directory for each Python minor version."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from jupyter_crispdm.base.files.atomic import storage_errors
from jupyter_crispdm.base.secrets import without_secrets
from jupyter_crispdm.worker import kernel_launcher

from ..processes import run_briefly

LAUNCHER = Path(kernel_launcher.__file__)

_KERNEL = "ipykernel"
_PATIENCE = 300.0
_REASON_LENGTH = 400


class OverlayError(Exception):
    """No kernel can be started, and why."""


class Overlays:
    """Makes overlay directories, each once for a release of the server's ipykernel.

    A newer one is made beside the old one, which running kernels may still read; `prune` takes that away.
    """

    def __init__(self, directory: Path, environ: Mapping[str, str], release: str | None = None) -> None:
        self._directory = directory
        self._environ = environ
        self._release = release or distribution(_KERNEL).version
        self._lock = threading.Lock()

    def path(self, minor: str) -> Path:
        """Where the overlay for a Python version lies, or will lie."""
        newest = self._newest(minor)
        older = [] if newest.is_dir() else self._all(minor)
        return older[-1] if older else newest

    def is_old(self, minor: str) -> bool:
        """Whether the overlay was made with an earlier ipykernel than the server has now."""
        return self.path(minor) != self._newest(minor)

    def prune(self) -> None:
        """Remove overlays that a newer one replaced. Only while no kernel runs."""
        for newest in self._directory.glob(f"py*-{self._release}"):
            for overlay in self._all(newest.name[2:].removesuffix(f"-{self._release}")):
                if overlay != newest:
                    shutil.rmtree(overlay, ignore_errors=True)

    def prepare(self, python: str, minor: str, environ: Mapping[str, str]) -> Path:
        """Make the overlay if need be, and prove that `python` starts a kernel with it. Takes seconds.

        Raises OverlayError with the reason when it does not.
        """
        overlay = self._newest(minor)
        with self._lock, storage_errors(overlay):
            if not overlay.is_dir():
                self._make(overlay, python, minor, environ)
                return overlay
        check(python, overlay, environ)
        return overlay

    def _newest(self, minor: str) -> Path:
        return self._directory / f"py{minor}-{self._release}"

    def _all(self, minor: str) -> list[Path]:
        plain, others = self._directory / f"py{minor}", self._directory.glob(f"py{minor}-*")
        return [path for path in (plain, *sorted(others)) if path.is_dir()]

    def _make(self, overlay: Path, python: str, minor: str, environ: Mapping[str, str]) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        reasons = []
        for source in self._sources(python, minor):
            target = Path(tempfile.mkdtemp(dir=self._directory, prefix=f".py{minor}."))
            try:
                source(target)
                check(python, target, environ)
                target.chmod(0o755)
                target.rename(overlay)
                return
            except OverlayError as error:
                reasons.append(str(error))
            finally:
                shutil.rmtree(target, ignore_errors=True)
        raise OverlayError("; ".join(dict.fromkeys(reasons)))

    def _sources(self, python: str, minor: str) -> Iterator[Callable[[Path], None]]:
        if minor == f"{sys.version_info[0]}.{sys.version_info[1]}":
            yield copy_own_kernel
        uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
        if uv:
            yield lambda target: self._install(
                [uv, "pip", "install", "--python", python, "--target", str(target), _KERNEL]
            )
        pip = ["-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
        yield lambda target: self._install([python, *pip, "--target", str(target), _KERNEL])
        choice = ["--only-binary", ":all:", "--python-version", minor]
        yield lambda target: self._install([sys.executable, *pip, *choice, "--target", str(target), _KERNEL])

    def _install(self, command: list[str]) -> None:
        # Where nb_conda_kernels reaped the process its status reads 0: the check afterwards tells.
        result = _run(command, without_secrets(self._environ))
        if result.returncode != 0:
            raise OverlayError(f"ipykernel could not be installed: {_last_words(result.stderr)}")


def check(python: str, overlay: Path | None, environ: Mapping[str, str]) -> None:
    """Prove that an interpreter can start a kernel; raises OverlayError with the reason otherwise."""
    extra = ["--overlay", str(overlay)] if overlay else []
    result = _run([python, str(LAUNCHER), *extra, "--check"], environ)
    if kernel_launcher.READY.encode() not in result.stdout:
        raise OverlayError(f"ipykernel does not start in it: {_last_words(result.stderr)}")


def copy_own_kernel(target: Path) -> None:
    """Fill an overlay with the server's own ipykernel and its needs: no download, hard links if possible."""
    for package in _with_requirements(_KERNEL):
        for file in package.files or ():
            source = Path(str(file.locate()))
            wanted = ".." not in file.parts and "__pycache__" not in file.parts
            if wanted and source.is_file() and not (target / file).exists():
                link_or_copy(source, target / file)


def _with_requirements(name: str) -> list[Distribution]:
    pending, found = [name], dict[str, Distribution]()
    while pending:
        wanted = canonicalize_name(pending.pop())
        if wanted in found:
            continue
        try:
            package = found[wanted] = distribution(wanted)
        except PackageNotFoundError:
            raise OverlayError(f"the server has no {wanted} to lend") from None
        requirements = (Requirement(text) for text in package.requires or ())
        pending += [r.name for r in requirements if r.marker is None or r.marker.evaluate({"extra": ""})]
    return list(found.values())


def link_or_copy(source: Path, target: Path) -> None:
    """Another name for a file, or a copy where the file system has no links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _run(command: list[str], environ: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return run_briefly(command, environ, _PATIENCE)
    except subprocess.TimeoutExpired:
        raise OverlayError(f"{Path(command[0]).name} did not end within {_PATIENCE:g} s") from None
    except OSError as error:
        raise OverlayError(f"{command[0]}: {error.strerror}") from None


def _last_words(output: bytes) -> str:
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1][:_REASON_LENGTH] if lines else "it said nothing"
