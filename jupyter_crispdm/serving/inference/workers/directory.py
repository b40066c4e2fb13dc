"""What lies in an inference server's directory: what is asked for, and what it tells."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.serving.types import DeploymentSpec, InferenceState, Routes

_log = logging.getLogger(__name__)
_LOG_BYTES = 5 * 2**20


class ServingDirectory:
    """The directory; its server and the inference server speak through it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.specs = path / "deployments"
        self.specs.mkdir(parents=True, exist_ok=True)

    def wanted(self) -> tuple[dict[str, DeploymentSpec], Routes | None]:
        """What is asked for, and the routes, which None says cannot be read now.

        The routes are read last: they were written before the deployment that they left was taken back.
        """
        specs = {spec.id: spec for spec in read_specs(self.specs)}
        return specs, self._routes()

    def tell(self, state: InferenceState) -> None:
        """Write the state; what keeps it from being written is only logged."""
        try:
            write_atomic(self.path / "state.json", msgspec.json.encode(state))
        except (OSError, CrispdmError) as error:
            _log.error("The state of the deployments could not be written: %s", error)

    def unloaded(self) -> set[str]:
        """The deployments that somebody took out of memory."""
        with suppress(OSError, msgspec.MsgspecError):
            return msgspec.json.decode((self.path / "unloaded.json").read_bytes(), type=set[str])
        return set()

    def keep_unloaded(self, ids: Iterable[str]) -> None:
        """Note the deployments that are to stay out of memory. Raises StorageFull, OSError."""
        write_atomic(self.path / "unloaded.json", msgspec.json.encode(sorted(ids)))

    def log(self, id: str) -> Path:
        """Where the messages of a deployment's workers go; a log that has grown large is set aside."""
        log = self.path / "logs" / f"{id}.log"
        log.parent.mkdir(exist_ok=True)
        with suppress(FileNotFoundError):
            if log.stat().st_size > _LOG_BYTES:
                log.replace(log.with_suffix(".old.log"))
        return log

    def bound_logs(self, ids: Iterable[str]) -> None:
        """Keep the end of a log that has grown large while its workers write it."""
        for id in ids:
            log = self.path / "logs" / f"{id}.log"
            with suppress(OSError):
                if log.stat().st_size > 2 * _LOG_BYTES:
                    with log.open("rb") as file:
                        file.seek(-_LOG_BYTES, os.SEEK_END)
                        write_atomic(log.with_suffix(".old.log"), file.read(_LOG_BYTES))
                    os.truncate(log, 0)  # whoever writes it appends

    def _routes(self) -> Routes | None:
        try:
            return msgspec.json.decode((self.path / "routes.json").read_bytes(), type=Routes)
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError, RecursionError) as error:
            _log.error("The routes of the models are left as they were: %s", error)
            return None


def read_specs(directory: Path) -> list[DeploymentSpec]:
    """Every specification of a directory; what is none is left out."""
    specs = []
    for path in sorted(directory.glob("[!.]*.json")):
        try:
            spec = msgspec.json.decode(path.read_bytes(), type=DeploymentSpec)
        except FileNotFoundError:
            continue
        except (OSError, msgspec.MsgspecError, RecursionError) as error:
            _log.error("The deployment in %s is left out: %s", path, error)
            continue
        if spec.id == path.stem:
            specs.append(spec)
    return specs
