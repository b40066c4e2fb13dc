"""The configurations of predictions that clients send to `/configs`; they outlive the inference server.

There is a default, which is everybody's: it is set behind the login, or by those who hold the service's token. Whoever
else reaches the port changes the configuration of their own address only.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import msgspec

from jupyter_crispdm.base.errors import BadRequest, NotFound, TooLarge, Unavailable, Unprocessable
from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.base.tasks import within

from ..settings import RequestLimits
from ..types import Config
from ..workers.pool import WorkerPool
from ..workers.repository import ModelRepository
from .forms import decode_json

_log = logging.getLogger(__name__)
_CHOICE = ("algorithm", "Model_path", "weight")
_OPEN = ("", "none", "null")
_MAX_KEYS = 200
_ASK_SECONDS = 10.0


class Configurations:
    """The default configuration and those of single addresses, the newest so many of them."""

    def __init__(self, directory: Path, repository: ModelRepository, limits: RequestLimits) -> None:
        self._default_file, self._own_file = directory / "config.json", directory / "configs.json"
        self._repository, self._limits = repository, limits
        self._default: Config = _read(self._default_file)
        own = _read_own(self._own_file)
        self._own: dict[str, Config] = dict(list(own.items())[-limits.configs :])
        self._writing = asyncio.Lock()

    def of(self, address: str) -> Config:
        """What holds for an address; "" asks for the default."""
        return self._own.get(address, self._default) if address else self._default

    async def replace(self, data: bytes | str, address: str, caller: str) -> Config:
        """Make a client's file the configuration: of their address, or the default for "".

        Raises BadRequest, TooLarge, Unprocessable, StorageFull.
        """
        if len(data) > self._limits.config:
            raise TooLarge(f"The configuration is over {self._limits.config:,} bytes.", limit=self._limits.config)
        value = _checked(decode_json(data, "The file"))
        await self._check_use(value, caller)
        async with self._writing:
            await self._keep(value, address)
        return value

    def pool(self, value: Config) -> WorkerPool:
        """The deployment that a configuration chooses; the newest ready one where it leaves that open."""
        return self._repository.of_weight(*(_chosen(value, key) for key in _CHOICE))

    async def _keep(self, value: Config, address: str) -> None:
        if not address:
            await asyncio.to_thread(write_atomic, self._default_file, msgspec.json.encode(value))
            self._default = value
            return
        own = {key: kept for key, kept in self._own.items() if key != address}
        own = dict([*own.items(), (address, value)][-self._limits.configs :])
        await asyncio.to_thread(write_atomic, self._own_file, msgspec.json.encode(own), 0o600)
        self._own = own

    async def _check_use(self, value: Config, caller: str) -> None:
        """Refuse what no prediction could follow. A model that is not ready or busy is not waited for."""
        try:
            pool = self.pool(value)
            await within(pool.plan(options(value), [], caller), _ASK_SECONDS)
        except (Unavailable, asyncio.TimeoutError):
            return
        except NotFound as error:
            given = [key for key in _CHOICE if _chosen(value, key)]
            if given:
                raise Unprocessable(f"{error.message} {self._repository.offer()}", field=given[-1]) from None


def options(value: Config) -> Config:
    """What the model's own code is told."""
    return {key: item for key, item in value.items() if key not in _CHOICE}


def _chosen(value: Config, key: str) -> str | None:
    text = str(value.get(key) or "").strip()
    return None if text.lower() in _OPEN else text


def _checked(value: Any) -> Config:
    if not isinstance(value, dict):
        raise BadRequest('The file must hold a JSON object, such as {"algorithm": "unet"}.', field="file")
    if len(value) > _MAX_KEYS:
        raise BadRequest(f"The configuration may have {_MAX_KEYS} keys.", field="file")
    for key, item in value.items():
        if not (item is None or _is_plain(item) or (isinstance(item, list) and all(map(_is_plain, item)))):
            raise BadRequest(
                f"'{key[:100]}' must be a string, a number, true, false or a list of these.", field=key[:100]
            )
    for key in _CHOICE:
        if value.get(key) is not None and not isinstance(value[key], str):
            raise BadRequest(f"'{key}' must be a string.", field=key)
    return value


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def _read(path: Path) -> Config:
    return _kept(_content(path), path)


def _read_own(path: Path) -> dict[str, Config]:
    """What is kept for each address; an entry that cannot be followed takes no other with it."""
    content = _content(path)
    if not isinstance(content, dict):
        return {}
    kept = {address: _kept(value, f"{address} in {path}") for address, value in content.items()}
    return {address: value for address, value in kept.items() if value}


def _content(path: Path) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError, RecursionError) as error:
        _log.warning("The configuration in %s could not be read and is dropped: %s", path, error)
        return {}


def _kept(value: Any, where: object) -> Config:
    try:
        return _checked(value)
    except BadRequest as error:
        _log.warning("The configuration of %s is dropped: %s", where, error)
        return {}
