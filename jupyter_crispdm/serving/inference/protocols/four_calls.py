"""The four calls, as their users' programs make them: /models, /configs, /base64, /predict."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from jupyter_crispdm.base.errors import BadRequest, NotFound, TooLarge, Unprocessable

from ..callers import caller_of
from ..settings import RequestLimits
from ..workers.pool import WorkerPool
from ..workers.repository import ModelRepository
from . import archive, images
from .configuration import Configurations, options
from .forms import read_form, upload
from .predictions import Keep, Pair, predict
from .results import ResultStore

SKIPPED = "x-crispdm-skipped"
_NAMED = 20


class FourCalls:
    """What the four calls do."""

    def __init__(
        self, repository: ModelRepository, configuration: Configurations, results: ResultStore, limits: RequestLimits
    ) -> None:
        self._repository, self._configuration = repository, configuration
        self._results, self._limits = results, limits

    async def models(self, request: Request) -> Response:
        """List the algorithms that can predict."""
        return answer(_unique(pool.spec.algorithm for pool in self._repository.usable))

    async def model(self, request: Request) -> Response:
        """List the trained weights of a model, or the classes it was trained on."""
        form = await read_form(request, self._limits)
        form.only("algorithm", "Model_path", "return_weights", "return_classes")
        pools = self._find(form.text("algorithm"), form.text("Model_path"))
        weights, classes = form.flag("return_weights"), form.flag("return_classes")
        if weights == classes:
            raise BadRequest("Set one of 'return_weights' and 'return_classes' to True.", field="return_weights")
        if weights:
            return answer(_unique(pool.spec.weight for pool in pools))
        return answer(pools[0].classes)

    async def configuration(self, request: Request) -> Response:
        """Show the configuration of predictions that holds for the caller."""
        return answer(self._configuration.of(caller_of(request).address))

    async def configure(self, request: Request) -> Response:
        """Make the uploaded JSON file the configuration of all following predictions of the caller."""
        form, caller = await read_form(request, self._limits), caller_of(request)
        is_whole = form.json is not None and set(form.fields) != {"file"}
        data = form.json if is_whole else upload(form.only("file"), "file")
        return answer(await self._configuration.replace(data or "", caller.address, caller.name))

    async def base64(self, request: Request) -> Response:
        """Turn the images of an uploaded zip into base64 strings, in the zip's order; what is no image is left out."""
        form = await read_form(request, self._limits)
        data = archive.as_bytes(upload(form.only("file"), "file"))
        found = await asyncio.to_thread(archive.to_base64, data, self._limits)
        told = answer(found.texts)
        if found.skipped:
            names = [f"{quote(name, safe='')} {reason}" for name, reason in list(found.skipped.items())[:_NAMED]]
            told.headers[SKIPPED] = f"{len(found.skipped)}: {', '.join(names)}"
        return told

    async def predict(self, request: Request) -> Response:
        """Predict on base64 images: one pair of results and image for each."""
        form, caller = await read_form(request, self._limits), caller_of(request)
        form.only("images", "create_images")
        given: list[str | bytes] = [*form.texts("images"), *form.files.get("images", [])]
        as_files = form.flag("create_images")
        if not given:
            raise BadRequest("Send base64 strings in 'images'.", field="images")
        if len(given) > self._limits.images:
            raise TooLarge(
                f"'images' has {len(given)} images; one request may have {self._limits.images}.",
                field="images",
                limit=self._limits.images,
            )
        config = self._configuration.of(caller.address)
        pool = self._configuration.pool(config)
        sent = await asyncio.to_thread(images.measure_all, given, self._limits, is_urlencoded=form.is_urlencoded)
        keep = self._keep(as_files, caller.prefix or str(request.base_url).rstrip("/"))
        pairs = await predict(pool, options(config), sent, caller.name, self._limits, keep)
        _refuse_if_none(pairs)
        return await asyncio.to_thread(answer, {"Responses": pairs})

    async def result(self, request: Request) -> Response:
        """Show a result that was stored as an image file."""
        data = await asyncio.to_thread(self._results.read, request.path_params["name"])
        return Response(data, media_type="image/png", headers={"Content-Security-Policy": "sandbox"})

    def _keep(self, as_files: bool, base: str) -> Keep:
        if as_files:
            return lambda data: f"{base}/results/{self._results.add(data)}"
        return lambda data: base64.b64encode(data).decode()

    def _find(self, algorithm: str | None, dataset: str | None) -> list[WorkerPool]:
        if not algorithm:
            raise BadRequest("'algorithm' is missing. GET /models lists the algorithms.", field="algorithm")
        pools = [pool for pool in self._repository.usable if pool.spec.algorithm == algorithm]
        if not pools:
            raise NotFound(f"There is no algorithm '{algorithm[:100]}' that can predict.", field="algorithm")
        pools = [pool for pool in pools if dataset in (None, "", pool.spec.dataset)]
        if not pools:
            raise NotFound(f"'{algorithm}' has no model for Model_path '{str(dataset)[:100]}'.", field="Model_path")
        return pools


def answer(value: Any) -> Response:
    """JSON."""
    return Response(msgspec.json.encode(value), media_type="application/json")


def _refuse_if_none(pairs: list[Pair]) -> None:
    if all("error" in result for result, _ in pairs):
        errors = [result["error"] for result, _ in pairs]
        raise Unprocessable(f"No image could be answered. {errors[0]['message']}", images=errors)


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
