"""The four calls, as their users' programs make them: /models, /configs, /base64, /predict."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterable
from urllib.parse import quote

from jupyter_crispdm.base.errors import BadRequest, NotFound, TooLarge, Unprocessable

from ..callers import Caller
from ..notes import note
from ..settings import RequestLimits
from ..types import Config, Encoded, Pair, Predictions, encoded
from ..workers.pool import WorkerPool
from ..workers.repository import ModelRepository
from . import archive, images
from .configuration import Configurations, options
from .forms import Form, upload
from .predictions import Keep, predict
from .results import ResultStore

_NAMED = 20
_NO_FILES = (
    "Several answer here, and a file would lie at one of them. "
    "Leave 'create_images' False, and pictures come in base64."
)


class FourCalls:
    """What the four calls do; without `results` no picture is kept as a file."""

    def __init__(
        self,
        repository: ModelRepository,
        configuration: Configurations,
        results: ResultStore | None,
        limits: RequestLimits,
    ) -> None:
        self._repository, self._configuration = repository, configuration
        self._results, self._limits = results, limits

    def models(self) -> list[str]:
        """The algorithms that can predict."""
        return _unique(pool.spec.algorithm for pool in self._repository.usable)

    def model(self, form: Form) -> list[str]:
        """The trained weights of a model, or the classes it was trained on. Raises BadRequest, NotFound."""
        form.only("algorithm", "Model_path", "return_weights", "return_classes")
        pools = self._find(form.text("algorithm"), form.text("Model_path"))
        weights, classes = form.flag("return_weights"), form.flag("return_classes")
        if weights == classes:
            raise BadRequest("Set one of 'return_weights' and 'return_classes' to True.", field="return_weights")
        return _unique(pool.spec.weight for pool in pools) if weights else pools[0].classes

    def configuration(self, caller: Caller) -> Config:
        """The configuration of predictions that holds for a caller."""
        return self._configuration.of(caller.address)

    async def configure(self, form: Form, caller: Caller) -> Config:
        """Make the uploaded JSON file the configuration of all following predictions of a caller.

        Raises BadRequest, TooLarge, Unprocessable, StorageFull.
        """
        is_whole = form.json is not None and set(form.fields) != {"file"}
        data = form.json if is_whole else upload(form.only("file"), "file")
        return await self._configuration.replace(data or "", caller.address, caller.name)

    async def base64(self, form: Form) -> tuple[list[str], str]:
        """The images of an uploaded zip in base64, in the zip's order, and in words what was left out.

        Raises BadRequest, TooLarge, Unprocessable.
        """
        data = archive.as_bytes(upload(form.only("file"), "file"))
        found = await asyncio.to_thread(archive.to_base64, data, self._limits)
        names = [f"{quote(name, safe='')} {reason}" for name, reason in list(found.skipped.items())[:_NAMED]]
        return found.texts, f"{len(found.skipped)}: {', '.join(names)}" if names else ""

    async def predict(self, form: Form, caller: Caller, address: str) -> Encoded[Predictions]:
        """One pair of results and image for each base64 image; files are linked below `address`.

        Raises BadRequest, NotFound, TooLarge, Unavailable, and Unprocessable when no image could be answered.
        """
        given, as_files = self._asked(form)
        config, weight = self._configuration.of(caller.address), form.text("weight")
        if weight and weight != config.get("weight"):
            config = {"weight": weight}  # what is configured for another model may be nothing to this one
        pool = self._configuration.pool(config)
        note(model=pool.spec.model, version=pool.spec.version, rows=len(given))
        keep = self._keep(as_files, address)
        with pool.visit():  # from here on it is not withdrawn under a request that was sent to it
            sent = await asyncio.to_thread(images.measure_all, given, self._limits, is_urlencoded=form.is_urlencoded)
            pairs = await predict(pool, options(config), sent, caller.name, self._limits, keep)
        _refuse_if_none(pairs)
        note(score=_score(pairs))
        return await asyncio.to_thread(encoded, Predictions(pairs))

    async def result(self, name: str) -> bytes:
        """A result that was stored as a PNG file. Raises NotFound."""
        if self._results is None:
            raise NotFound(_NO_FILES)
        return await asyncio.to_thread(self._results.read, name)

    def _asked(self, form: Form) -> tuple[list[str | bytes], bool]:
        """The pictures of a request, and whether results are wanted as files. Raises BadRequest, TooLarge."""
        form.only("images", "create_images", "weight")
        given: list[str | bytes] = [*form.texts("images"), *form.files.get("images", [])]
        as_files = form.flag("create_images")
        if as_files and self._results is None:
            raise Unprocessable(_NO_FILES, field="create_images")
        if not given:
            raise BadRequest("Send base64 strings in 'images'.", field="images")
        if len(given) > self._limits.images:
            raise TooLarge(
                f"'images' has {len(given)} images; one request may have {self._limits.images}.",
                field="images",
                limit=self._limits.images,
            )
        return given, as_files

    def _keep(self, as_files: bool, base: str) -> Keep:
        results = self._results
        if as_files and results is not None:
            return lambda data: f"{base}/results/{results.add(data)}"
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


def _refuse_if_none(pairs: list[Pair]) -> None:
    errors = [result["error"] for result, _ in pairs if "error" in result]
    if len(errors) == len(pairs):
        raise Unprocessable(f"No image could be answered. {errors[0].message}", images=errors)


def _score(pairs: list[Pair]) -> float | None:
    """The mean, over the pictures in which something was found, of what is surest in each."""
    best = [max(scores) for result, _ in pairs if (scores := result.get("results", {}).get("scores"))]
    return float(sum(best) / len(best)) if best else None


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
