"""The four calls, as their users' programs make them: /models, /configs, /base64, /predict."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterable
from typing import Any, cast

import msgspec
import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from jupyter_crispdm.base.errors import BadRequest, NotFound, TooLarge, Unprocessable

from . import archive, images
from .configuration import Configuration
from .fleet import Fleet
from .forms import read_form
from .images import Refused
from .pool import Pool
from .results import Results
from .settings import Limits
from .worker import refusal

Picture = np.ndarray[Any, Any]
_PREFIX = "x-crispdm-prefix"


class Calls:
    """What the four calls do."""

    def __init__(self, fleet: Fleet, configuration: Configuration, results: Results, limits: Limits) -> None:
        self._fleet, self._configuration = fleet, configuration
        self._results, self._limits = results, limits

    async def models(self, request: Request) -> Response:
        """List the algorithms that can predict."""
        return answer(_unique(pool.spec.algorithm for pool in self._fleet.usable))

    async def model(self, request: Request) -> Response:
        """List the trained weights of a model, or the classes it was trained on."""
        form = await read_form(request, self._limits)
        pools = self._find(form.text("algorithm"), form.text("Model_path"))
        weights, classes = form.flag("return_weights"), form.flag("return_classes")
        if weights == classes:
            raise BadRequest("Set one of 'return_weights' and 'return_classes' to True.", field="return_weights")
        if weights:
            return answer(_unique(pool.spec.weight for pool in pools))
        return answer(pools[0].classes)

    async def configuration(self, request: Request) -> Response:
        """Show the configuration of predictions."""
        return answer(self._configuration.current)

    async def configure(self, request: Request) -> Response:
        """Make the uploaded JSON file the configuration of all following predictions."""
        form = await read_form(request, self._limits)
        return answer(await self._configuration.replace(archive.upload(form.files.get("file"))))

    async def base64(self, request: Request) -> Response:
        """Turn the images of an uploaded zip into base64 strings, in the zip's order."""
        form = await read_form(request, self._limits)
        data = archive.upload(form.files.get("file"))
        return answer(await asyncio.to_thread(archive.to_base64, data, self._limits))

    async def predict(self, request: Request) -> Response:
        """Predict on base64 images: one pair of results and image for each."""
        form = await read_form(request, self._limits)
        texts, as_files = form.texts("images"), form.flag("create_images")
        if not texts:
            raise BadRequest("Send base64 strings in 'images'.", field="images")
        if len(texts) > self._limits.images:
            raise TooLarge(f"'images' may hold {self._limits.images} images in one request.", field="images")
        pool = self._configuration.pool()
        decoded = await asyncio.to_thread(images.decode_all, texts, self._limits)
        answered = await self._run(pool, [item for item in decoded if not isinstance(item, Refused)])
        pairs = merge(decoded, answered)
        if all("error" in result for result, _ in pairs):
            first = pairs[0][0]["error"]
            raise Unprocessable(
                f"No image could be answered. {first['message']}", images=[r["error"] for r, _ in pairs]
            )
        base = request.headers.get(_PREFIX) or str(request.base_url).rstrip("/")
        rendered = await asyncio.to_thread(self._render, [picture for _, picture in pairs], as_files, base)
        return answer({"Responses": [[result, picture] for (result, _), picture in zip(pairs, rendered, strict=True)]})

    async def result(self, request: Request) -> Response:
        """Show a result that was stored as an image file."""
        data = await asyncio.to_thread(self._results.read, request.path_params["name"])
        return Response(data, media_type="image/png", headers={"Content-Security-Policy": "sandbox"})

    async def _run(self, pool: Pool, pictures: list[Picture]) -> list[tuple[dict[str, Any], Picture | None]]:
        """The model's answer to each picture that could be read."""
        if not pictures:
            return []
        header = {
            "do": "predict",
            "shapes": [picture.shape for picture in pictures],
            "options": self._configuration.options(),
        }
        reply, body = await pool.ask(header, [picture.data.cast("B") for picture in pictures])
        return list(_items(reply["items"], body))

    def _render(self, pictures: list[Picture | None], as_files: bool, base: str) -> list[str | None]:
        made = [None if picture is None else images.encode(picture) for picture in pictures]
        if as_files:
            return [None if data is None else f"{base}/results/{self._results.add(data)}" for data in made]
        return [None if data is None else base64.b64encode(data).decode() for data in made]

    def _find(self, algorithm: str | None, dataset: str | None) -> list[Pool]:
        if not algorithm:
            raise BadRequest("'algorithm' is missing. GET /models lists the algorithms.", field="algorithm")
        pools = [pool for pool in self._fleet.usable if pool.spec.algorithm == algorithm]
        if not pools:
            raise NotFound(f"There is no algorithm '{algorithm[:100]}' that can predict.", field="algorithm")
        pools = [pool for pool in pools if dataset in (None, "", pool.spec.dataset)]
        if not pools:
            raise NotFound(f"'{algorithm}' has no model for Model_path '{str(dataset)[:100]}'.", field="Model_path")
        return pools


def answer(value: Any) -> Response:
    """JSON."""
    return Response(msgspec.json.encode(value), media_type="application/json")


def merge(
    decoded: Iterable[Picture | Refused], answered: Iterable[tuple[dict[str, Any], Picture | None]]
) -> list[tuple[dict[str, Any], Picture | None]]:
    """One pair for each image sent, in order: what was refused in front, and what the model said."""
    rest = iter(answered)
    return [(item.json(), None) if isinstance(item, Refused) else next(rest) for item in decoded]


def _items(items: list[dict[str, Any]], body: bytes) -> Iterable[tuple[dict[str, Any], Picture | None]]:
    start = 0
    for item in items:
        if "error" in item:
            yield Refused(refusal(item["error"])).json(), None
            continue
        shape = cast("tuple[int, int, int]", tuple(item["shape"]))
        size = shape[0] * shape[1] * shape[2]
        yield item["json"], np.frombuffer(body, np.uint8, size, start).reshape(shape)
        start += size


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
