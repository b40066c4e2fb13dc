"""Deployments over HTTP, and the serving calls behind the login."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx

from jupyter_crispdm.base.errors import BadRequest, TooManyRequests, Unavailable
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Reply, Routes, route

from .inference.settings import RequestLimits
from .manager import DeploymentManager
from .types import Deployment, DeploymentList, DeploymentRequest

_PICTURES = RequestLimits().body
_QUESTION = 2 * RequestLimits().config  # the file and the form around it
_PASSED_ON = ("content-type", "content-encoding", "accept")
_PASSED_BACK = ("content-type", "retry-after", "x-crispdm-skipped")
_SECONDS = 600.0
_AT_ONCE = 16
"""Requests that one person may have under way here; they share the connections to the service with everybody."""


class DeploymentRoutes(Routes):
    """`deployments`: what is served, and what may be done with it."""

    def __init__(self, deployments: DeploymentManager) -> None:
        self._deployments = deployments

    @route("GET", "deployments", answer=DeploymentList, resource="deployments", action="read")
    async def index(self, request: Request) -> DeploymentList:
        """List the deployments."""
        return await self._deployments.all()

    @route(
        "POST",
        "deployments",
        body=DeploymentRequest,
        answer=Deployment,
        status=201,
        resource="deployments",
        action="write",
    )
    async def deploy(self, request: Request, body: DeploymentRequest) -> Reply:
        """Deploy a version of a model; the topic `deployments` tells when it is ready."""
        deployment = await self._deployments.deploy(body, owner=request.owner)
        return Reply(deployment, headers={"Location": request.url_for(DeploymentRoutes.show, id=deployment.id)})

    @route("GET", "deployments/{id}", answer=Deployment, resource="deployments", action="read")
    async def show(self, request: Request, id: str) -> Deployment:
        """Show one deployment."""
        return await self._deployments.get(id)

    @route("DELETE", "deployments/{id}", resource="deployments", action="write")
    async def delete(self, request: Request, id: str) -> None:
        """Stop a deployment and forget it."""
        await self._deployments.delete(id)


class ServingRoutes(Routes):
    """The calls of the serving process, for those who are logged in.

    Whoever may see dashboards may predict. The configuration is everybody's, so only analysts change it.
    """

    prefix = "serving"

    def __init__(self, deployments: DeploymentManager, client: httpx.AsyncClient) -> None:
        self._deployments, self._client = deployments, client
        self._under_way: Counter[str] = Counter()

    @route("GET", "models", answer=bytes, resource="serving", action="read")
    async def models(self, request: Request) -> Reply:
        """List the algorithms that can predict."""
        return await self._pass(request, "models")

    @route("POST", "models", body=bytes, answer=bytes, resource="serving", action="read", limit=_QUESTION)
    async def model(self, request: Request, body: bytes) -> Reply:
        """List the trained weights of a model, or the classes it was trained on."""
        return await self._pass(request, "models", body)

    @route("GET", "configs", answer=bytes, resource="serving", action="read")
    async def configuration(self, request: Request) -> Reply:
        """Show the configuration of predictions."""
        return await self._pass(request, "configs")

    @route("POST", "configs", body=bytes, answer=bytes, resource="serving", action="admin", limit=_QUESTION)
    async def configure(self, request: Request, body: bytes) -> Reply:
        """Make the uploaded JSON file the configuration of all following predictions."""
        return await self._pass(request, "configs", body)

    @route("POST", "base64", body=bytes, answer=bytes, resource="serving", action="read", limit=_PICTURES)
    async def base64(self, request: Request, body: bytes) -> Reply:
        """Turn the images of an uploaded zip into base64 strings, in the zip's order."""
        return await self._pass(request, "base64", body)

    @route("POST", "predict", body=bytes, answer=bytes, resource="serving", action="read", limit=_PICTURES)
    async def predict(self, request: Request, body: bytes) -> Reply:
        """Predict on base64 images: one pair of results and image for each."""
        return await self._pass(request, "predict", body)

    @route("GET", "results/{name}", answer=bytes, resource="serving", action="read")
    async def result(self, request: Request, name: str) -> Reply:
        """Show a result that was stored as an image file."""
        return await self._pass(request, f"results/{_segment(name)}")

    @route("GET", "v2", answer=bytes, resource="serving", action="read")
    async def service(self, request: Request) -> Reply:
        """Describe the service in the Open Inference Protocol."""
        return await self._pass(request, "v2")

    @route("GET", "v2/health/{state}", answer=bytes, resource="serving", action="read")
    async def health(self, request: Request, state: str) -> Reply:
        """Say whether the service runs (`live`) or every model can answer (`ready`)."""
        return await self._pass(request, f"v2/health/{_segment(state)}")

    @route("GET", "v2/models/{model}", answer=bytes, resource="serving", action="read")
    async def described(self, request: Request, model: str) -> Reply:
        """Describe a model."""
        return await self._pass(request, f"v2/models/{_segment(model)}")

    @route("GET", "v2/models/{model}/ready", answer=bytes, resource="serving", action="read")
    async def ready(self, request: Request, model: str) -> Reply:
        """Say whether a model can answer."""
        return await self._pass(request, f"v2/models/{_segment(model)}/ready")

    @route(
        "POST", "v2/models/{model}/infer", body=bytes, answer=bytes, resource="serving", action="read", limit=_PICTURES
    )
    async def infer(self, request: Request, model: str, body: bytes) -> Reply:
        """Run a model on tensors."""
        return await self._pass(request, f"v2/models/{_segment(model)}/infer", body)

    @route("POST", "v2/repository/index", body=bytes, answer=bytes, resource="serving", action="read", limit=_QUESTION)
    async def index(self, request: Request, body: bytes) -> Reply:
        """List the deployed models."""
        return await self._pass(request, "v2/repository/index", body)

    @route("GET", "openapi.json", answer=bytes, resource="serving", action="read")
    async def openapi(self, request: Request) -> Reply:
        """The serving process's own OpenAPI document."""
        return await self._pass(request, "openapi.json")

    async def _pass(self, request: Request, path: str, body: bytes | None = None) -> Reply:
        """Ask the serving process and hand its answer on, errors included."""
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        method = "GET" if body is None else "POST"
        url = f"{self._deployments.address}/{path}"
        headers.update(_known_to_the_service(request, self._deployments.key))
        try:
            with self._turn_of(request.username):
                sent = self._client.request(method, url, content=body, headers=headers, timeout=_SECONDS)
                answer = await _while_there(request, sent)
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise Unavailable(f"The serving process did not answer: {reason}.", retry_after=2) from error
        passed = {name.title(): answer.headers[name] for name in _PASSED_BACK if name in answer.headers}
        return Reply(answer.content, status=answer.status_code, headers=passed)

    @contextmanager
    def _turn_of(self, person: str) -> Iterator[None]:
        if self._under_way[person] >= _AT_ONCE:
            raise TooManyRequests(f"You have {_AT_ONCE} requests under way; wait for an answer.", retry_after=1)
        self._under_way[person] += 1
        try:
            yield
        finally:
            self._under_way[person] -= 1
            if not self._under_way[person]:
                del self._under_way[person]


async def _while_there(request: Request, asked: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
    """The service's answer; when the client leaves before, the service is left as well and drops its work."""
    handler, task = request.handler, asyncio.ensure_future(asked)

    def leave() -> None:
        task.cancel()
        handler.on_connection_close()

    handler.request.connection.set_close_callback(leave)  # type: ignore[union-attr]  # it has one while it is answered
    try:
        return await task
    except asyncio.CancelledError:
        if task.cancelled():
            raise Unavailable("The client left.") from None
        raise
    finally:
        task.cancel()


def _known_to_the_service(request: Request, key: str) -> dict[str, str]:
    """Who asks and where they see these calls, with the key that makes the service believe it."""
    person = quote(request.username, safe="")
    return {"x-crispdm-key": key, "x-crispdm-user": person, "x-crispdm-prefix": _prefix(request)}


def _prefix(request: Request) -> str:
    """The address of these calls as the caller knows it, for links in answers."""
    asked = request.handler.request
    return f"{asked.protocol}://{asked.host}{request.base_url.rstrip('/')}/crispdm/serving"


def _segment(text: str) -> str:
    """One part of a path that cannot become several. Raises BadRequest."""
    if not text.replace("-", "").replace("_", "").replace(".", "").isalnum() or not text.isascii() or ".." in text:
        raise BadRequest("The address may hold only letters, digits, '_', '-' and single dots.")
    return text
