"""The configuration of predictions that clients send to `/configs`; it outlives the front."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import msgspec

from jupyter_crispdm.base.atomic import write_atomic
from jupyter_crispdm.base.errors import BadRequest, NotFound, TooLarge, Unavailable, Unprocessable

from .fleet import Fleet
from .forms import decode_json
from .pool import Pool

_log = logging.getLogger(__name__)
_CHOICE = ("algorithm", "Model_path", "weight")
_MAX_KEYS = 200


class Configuration:
    """The current configuration, and the model it chooses."""

    def __init__(self, path: Path, fleet: Fleet, limit: int) -> None:
        self._path, self._fleet, self._limit = path, fleet, limit
        self.current: dict[str, Any] = _read(path)

    async def replace(self, data: bytes) -> dict[str, Any]:
        """Make a client's file the configuration. Raises BadRequest, TooLarge, Unprocessable, StorageFull."""
        if len(data) > self._limit:
            raise TooLarge(f"The configuration is over {self._limit:,} bytes.", limit=self._limit)
        value = _checked(decode_json(data, "The file"))
        self._check_choice(value)
        await asyncio.to_thread(write_atomic, self._path, msgspec.json.encode(value))
        self.current = value
        return value

    def pool(self) -> Pool:
        """The deployment that the configuration chooses; the newest ready one where it leaves that open."""
        return self._choose(self.current)

    def options(self) -> dict[str, Any]:
        """What the model's own code is told."""
        return {key: value for key, value in self.current.items() if key not in _CHOICE}

    def _choose(self, value: dict[str, Any]) -> Pool:
        algorithm, dataset, weight = (str(value.get(key) or "") or None for key in _CHOICE)
        return self._fleet.of_weight(algorithm, dataset, weight)

    def _check_choice(self, value: dict[str, Any]) -> None:
        try:
            self._choose(value)
        except Unavailable:
            return  # it is deployed and will be ready
        except NotFound as error:
            if any(value.get(key) for key in _CHOICE):
                raise Unprocessable(f"{error.message} GET /models lists what can predict.", field="algorithm") from None


def _checked(value: Any) -> dict[str, Any]:
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


def _read(path: Path) -> dict[str, Any]:
    try:
        return _checked(msgspec.json.decode(path.read_bytes()))
    except FileNotFoundError:
        return {}
    except (msgspec.MsgspecError, BadRequest) as error:
        _log.warning("The last configuration could not be read and is dropped: %s", error)
        return {}
