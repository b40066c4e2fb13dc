"""What an application is told: by the `args` of a configuration file, or `name=value` behind `serve run`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.models.types import Reference, parse_reference

_Some = Annotated[int, msgspec.Meta(ge=1, le=1024)]
_Share = Annotated[float, msgspec.Meta(ge=0, le=1024)]


class Arguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which model is served, where it is found, and what each replica is and may take."""

    data_dir: str
    """The directory with the registry, `models` in it; on all machines under this path, which is absolute."""

    model: str
    """`name`, `name/3`, or `name@alias`, which is followed."""

    replicas: _Some = 1
    """How many replicas there are; each loads the model."""

    workers: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1
    """Processes of the model in each replica."""

    batch: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 32
    """The most rows that the model works on at once."""

    requests: _Some = 128
    """The most requests that Ray gives a replica at a time: those of which batches are made."""

    waiting: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 512
    """The most requests that wait for a replica at each of Ray's proxies; who comes then is told 503."""

    cpus: _Share = 1
    """Cores that Ray keeps free for a replica; its processes share as many threads, rounded up."""

    gpus: _Share = 0
    """GPUs that Ray gives to a replica; a model sees no others."""

    environment: str | None = None
    """The environment in which the model runs, by id, name or path; None is the one that it was trained in."""

    environment_paths: list[str] = []
    """Environments, or folders that hold some, beside those that are found by themselves."""

    token_file: str | None = None
    """The file with what callers must show, or several such, with commas between them. None: only callers on the
    machine of the proxy are answered."""

    @property
    def reference(self) -> Reference:
        """The model that is meant."""
        return parse_reference(self.model)


def read_arguments(given: Mapping[str, Any]) -> Arguments:
    """Arguments as they were given, numbers also as text. Raises ValueError that names the argument."""
    try:
        arguments = msgspec.convert(dict(given), Arguments, strict=False)
        parse_reference(arguments.model)
    except (msgspec.ValidationError, BadRequest) as error:
        known = ", ".join(Arguments.__struct_fields__)
        raise ValueError(f"The arguments cannot be followed: {error} There are: {known}.") from None
    paths = {"data_dir": arguments.data_dir, "token_file": arguments.token_file or "/"}
    paths |= {f"environment_paths[{at}]": path for at, path in enumerate(arguments.environment_paths)}
    for name, path in paths.items():
        if not Path(path).is_absolute():
            raise ValueError(f"'{name}' must be an absolute path, which all machines know; it is '{path}'.")
    return arguments
