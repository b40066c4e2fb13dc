"""The routes of the inference server: what it answers on its own port, and the Jupyter server behind its login.

Both ways are made from this table, which imports neither Starlette nor a model's mathematics: the Jupyter server reads
it, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import jupyter_crispdm
from jupyter_crispdm.base.http.openapi import About, document, page
from jupyter_crispdm.base.http.route import Reply, Routes, route, tables

from ..protocols.terms import read_terms, response_headers
from ..settings import RequestLimits
from ..types import (
    Config,
    Encoded,
    IndexEntry,
    InferReply,
    InferRequest,
    Live,
    ModelMetadata,
    ModelQuestion,
    ModelReady,
    Predictions,
    PredictRequest,
    Ready,
    RepositoryModel,
    ServiceMetadata,
    Upload,
    encoded,
)
from .text.routes import GenerationRoutes, OpenAIRoutes

if TYPE_CHECKING:
    from ..protocols.forms import Form
    from ..protocols.four_calls import FourCalls
    from ..protocols.open_inference import OpenInference
    from .call import Call

_FORMS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
_PICTURES = RequestLimits().body
_QUESTION = 2 * RequestLimits().config  # the file and the form around it
_SKIPPED = "x-crispdm-skipped"
_ABOUT = About("jupyter_crispdm serving", "Predictions of the models that are deployed.")
_BINARY = "binary_tensor_data"
EXTENSIONS, EXTENSIONS_OF_MANY = [_BINARY, "model_repository"], [_BINARY]
OF_ONE_PROCESS = frozenset(
    {"configuration", "configure", "result", "load", "unload", "metrics", "openapi", "docs"}
)
"""Verbs whose answer, or effect, is that of the process which is asked: of no use where callers do not know which."""
_VERSION = "v2/models/{model}/versions/{version}"


class FourCallRoutes(Routes):
    """The four calls on pictures, as their users' programs make them."""

    prefix = ""

    def __init__(self, calls: FourCalls) -> None:
        self._calls = calls

    @route("GET", "models", answer=list[str], resource="serving")
    async def models(self, call: Call) -> list[str]:
        """List the algorithms that can predict."""
        return self._calls.models()

    @route("POST", "models", body=ModelQuestion, media=_FORMS, limit=_QUESTION, answer=list[str], resource="serving")
    async def model(self, call: Call, body: Form) -> list[str]:
        """List the trained weights of a model, or the classes it was trained on."""
        return self._calls.model(body)

    @route("GET", "configs", answer=Config, resource="serving")
    async def configuration(self, call: Call) -> Config:
        """Show the configuration of predictions that holds for the caller."""
        return self._calls.configuration(call.caller)

    @route(
        "POST",
        "configs",
        body=Upload,
        media=_FORMS,
        limit=_QUESTION,
        answer=Config,
        resource="serving",
        action="admin",
    )
    async def configure(self, call: Call, body: Form) -> Config:
        """Make the uploaded JSON file the configuration of all following predictions of the caller."""
        return await self._calls.configure(body, call.caller)

    @route("POST", "base64", body=Upload, media=_FORMS, limit=_PICTURES, answer=list[str], resource="serving")
    async def base64(self, call: Call, body: Form) -> Reply:
        """Turn the images of an uploaded zip into base64 strings, in the zip's order; what is no image is left out."""
        texts, skipped = await self._calls.base64(body)
        return Reply(texts, headers={_SKIPPED: skipped} if skipped else {})

    @route(
        "POST", "predict", body=PredictRequest, media=_FORMS, limit=_PICTURES, answer=Predictions, resource="serving"
    )
    async def predict(self, call: Call, body: Form) -> Encoded[Predictions]:
        """Predict on base64 images: one pair of results and image for each."""
        return await self._calls.predict(body, call.caller, call.address)

    @route("GET", "results/{name}", answer=bytes, resource="serving")
    async def result(self, call: Call, name: str) -> Reply:
        """Show a result that was stored as an image file."""
        headers = {"Content-Type": "image/png", "Content-Security-Policy": "sandbox"}
        return Reply(await self._calls.result(name), headers=headers)


class OpenInferenceRoutes(Routes):
    """The Open Inference Protocol, version 2."""

    prefix = ""

    def __init__(self, protocol: OpenInference, extensions: Sequence[str] = tuple(EXTENSIONS)) -> None:
        self._protocol, self._extensions = protocol, list(extensions)

    @route("GET", "v2/health/live", answer=Live, resource="serving")
    async def live(self, call: Call) -> Live:
        """Say whether the service runs."""
        return Live(live=True)

    @route("GET", "v2/health/ready", answer=Ready, resource="serving")
    async def all_ready(self, call: Call) -> Ready:
        """Say whether every deployed model can answer."""
        return self._protocol.all_ready()

    @route("GET", "v2", answer=ServiceMetadata, resource="serving")
    async def service(self, call: Call) -> ServiceMetadata:
        """Describe the service."""
        return ServiceMetadata("jupyter_crispdm", jupyter_crispdm.__version__, self._extensions)

    @route("GET", "v2/models/{model}", answer=ModelMetadata, resource="serving")
    async def described(self, call: Call, model: str) -> ModelMetadata:
        """Describe a model."""
        return self._protocol.described(model)

    @route("GET", _VERSION, answer=ModelMetadata, resource="serving")
    async def version_described(self, call: Call, model: str, version: int) -> ModelMetadata:
        """Describe a version of a model."""
        return self._protocol.described(model, version)

    @route("GET", "v2/models/{model}/ready", answer=ModelReady, resource="serving")
    async def ready(self, call: Call, model: str) -> ModelReady:
        """Say whether a model can answer."""
        return self._protocol.ready(model)

    @route("GET", f"{_VERSION}/ready", answer=ModelReady, resource="serving")
    async def version_ready(self, call: Call, model: str, version: int) -> ModelReady:
        """Say whether a version of a model can answer."""
        return self._protocol.ready(model, version)

    @route(
        "POST",
        "v2/models/{model}/infer",
        body=InferRequest,
        raw=True,
        limit=_PICTURES,
        answer=InferReply,
        resource="serving",
    )
    async def infer(self, call: Call, model: str, body: bytes) -> Reply:
        """Run a model on tensors."""
        return await self._infer(call, model, None, body)

    @route(
        "POST", f"{_VERSION}/infer", body=InferRequest, raw=True, limit=_PICTURES, answer=InferReply, resource="serving"
    )
    async def version_infer(self, call: Call, model: str, version: int, body: bytes) -> Reply:
        """Run a version of a model on tensors."""
        return await self._infer(call, model, version, body)

    async def _infer(self, call: Call, model: str, version: int | None, body: bytes) -> Reply:
        terms = read_terms(call.header)
        answer = await self._protocol.infer(body, model, version, call.caller.name, terms)
        return Reply(b"".join(answer.body), headers=response_headers(terms, answer.header_length))

    @route("GET", "v2/repository/index", answer=list[IndexEntry], resource="serving")
    async def listed(self, call: Call) -> list[IndexEntry]:
        """List the deployed models."""
        return self._protocol.index()

    @route("POST", "v2/repository/index", body=bytes, limit=_QUESTION, answer=list[IndexEntry], resource="serving")
    async def index(self, call: Call, body: bytes) -> list[IndexEntry]:
        """List the deployed models, as the protocol asks for them."""
        return self._protocol.index()

    @route(
        "POST",
        "v2/repository/models/{model}/unload",
        body=bytes,
        limit=_QUESTION,
        answer=RepositoryModel,
        resource="serving",
        action="admin",
    )
    async def unload(self, call: Call, model: str, body: bytes) -> RepositoryModel:
        """Take a model out of memory; it answers nobody until it is loaded."""
        return await self._protocol.unload(model)

    @route(
        "POST",
        "v2/repository/models/{model}/load",
        body=bytes,
        limit=_QUESTION,
        answer=RepositoryModel,
        resource="serving",
        action="admin",
    )
    async def load(self, call: Call, model: str, body: bytes) -> RepositoryModel:
        """Load a model that was taken out of memory; requests wait until it is there."""
        return await self._protocol.load(model)


class Exposition(Protocol):
    """Numbers for Prometheus."""

    def text(self) -> bytes:
        """All numbers, in the text format."""


class ServiceRoutes(Routes):
    """What the service says of itself."""

    prefix = ""

    def __init__(self, metrics: Exposition) -> None:
        self._metrics = metrics

    @route("GET", "metrics", answer=bytes, resource="serving", action="admin")
    async def metrics(self, call: Call) -> Reply:
        """Show counts and times for Prometheus."""
        return Reply(self._metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    @route("GET", "openapi.json", answer=dict, resource="serving")
    async def openapi(self, call: Call) -> Encoded[dict[str, Any]]:
        """Describe these calls as OpenAPI 3.1."""
        return _document()

    @route("GET", "docs", answer=bytes, resource="serving")
    async def docs(self, call: Call) -> Reply:
        """Describe these calls as a page."""
        policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
        return Reply(_page(), headers=headers)


ROUTES: tuple[type[Routes], ...] = (
    FourCallRoutes, OpenInferenceRoutes, GenerationRoutes, OpenAIRoutes, ServiceRoutes,
)  # fmt: skip
TABLE = tables(ROUTES)


def openapi() -> dict[str, Any]:
    """The calls as an OpenAPI 3.1 document, with the addresses that they have on the service's own port."""
    described = document(TABLE, (), jupyter_crispdm.__version__, _ABOUT)
    return {**described, "security": [{"token": []}, {}]}  # on this machine's own address none is asked for


@cache
def _document() -> Encoded[dict[str, Any]]:
    return encoded(openapi())


@cache
def _page() -> bytes:
    return page(TABLE, (), jupyter_crispdm.__version__, _ABOUT).encode()
