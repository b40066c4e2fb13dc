"""Deployments over HTTP, and the calls of the inference server behind the login."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx

from jupyter_crispdm.base.errors import BadRequest, TooManyRequests, Unavailable
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Reply, Route, Routes, route

from .inference.http.routes import TABLE
from .manager import DeploymentManager
from .types import Deployment, DeploymentId, DeploymentList, DeploymentRequest

_PASSED_ON = ("content-type", "content-encoding", "accept")
_PASSED_BACK = ("content-type", "content-security-policy", "retry-after", "x-crispdm-skipped")
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
    async def show(self, request: Request, id: DeploymentId) -> Deployment:
        """Show one deployment."""
        return await self._deployments.get(id)

    @route("DELETE", "deployments/{id}", resource="deployments", action="write")
    async def delete(self, request: Request, id: DeploymentId) -> None:
        """Stop a deployment and forget it."""
        await self._deployments.delete(id)


class ServingRoutes(Routes):
    """The calls of the inference server, for those who are logged in: its own table, passed on.

    Whoever may see dashboards may predict. The configuration is everybody's, so only analysts change it.
    """

    prefix = "serving"

    def __init__(self, deployments: DeploymentManager, client: httpx.AsyncClient) -> None:
        self._deployments, self._client = deployments, client
        self._under_way: Counter[str] = Counter()

    @classmethod
    def table(cls) -> list[Route]:
        """Every route of the inference server, which reads the bodies itself."""
        return [replace(entry, prefix=cls.prefix, raw=True) for entry in TABLE]

    async def pass_on(self, request: Request, method: str, path: str, body: bytes | None) -> Reply:
        """Ask the inference server and hand its answer on, errors included.

        Raises Unavailable when it does not answer, TooManyRequests when the caller has too much under way.
        """
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
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


def _passing(entry: Route) -> Callable[..., Awaitable[Reply]]:
    """The verb behind the login for a route of the inference server."""

    async def verb(self: ServingRoutes, request: Request, body: bytes | None = None, **arguments: object) -> Reply:
        for value in arguments.values():
            _check_segment(str(value))
        return await self.pass_on(request, entry.method, entry.url(**arguments), body)

    return verb


for _entry in TABLE:
    setattr(ServingRoutes, _entry.name, _passing(_entry))


def _check_segment(text: str) -> None:
    """Refuse a part of a path that could become several. Raises BadRequest."""
    if not text.replace("-", "").replace("_", "").replace(".", "").isalnum() or not text.isascii() or ".." in text:
        raise BadRequest("The address may hold only letters, digits, '_', '-' and single dots.")
