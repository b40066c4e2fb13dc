"""An MLflow tracking server in short: the verbs of its REST API that are used, with its rules and its error codes."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

_NAME = re.compile(r"[/\w.\- ]{1,250}")
_TAG = re.compile(r"tags\.`([^`]+)` = '([^']*)'")


class Wrong(Exception):
    """An answer that is none of success."""

    def __init__(self, status: int, code: str, message: str = "no") -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Double:
    """What it was told. `trouble(verb, number of the call)` may raise Wrong, or say True: then nobody is answered."""

    def __init__(self) -> None:
        self.experiments: dict[str, dict[str, Any]] = {}
        self.runs: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.said: list[dict[str, Any] | None] = []
        self.authorizations: list[str] = []
        self.artifacts = "mlflow-artifacts:"
        self.trouble: Callable[[str, int], bool] = lambda verb, number: False
        self.url = ""

    def answer(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        """A verb."""
        return getattr(self, "_" + re.sub("[-/]", "_", verb))(body) or {}

    def calls(self, verb: str) -> int:
        """How often a verb was called."""
        return [one for one, _ in self.heard].count(verb)

    def curve(self, run: str, key: str) -> list[tuple[int, Any, int]]:
        """The points of a metric: step, value, ms."""
        return [(one["step"], one["value"], one["timestamp"]) for one in self.runs[run]["metrics"] if one["key"] == key]

    def one(self) -> dict[str, Any]:
        """The only run."""
        (run,) = self.runs.values()
        return run

    def _experiments_search(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"experiments": list(self.experiments.values())}

    def _experiments_get_by_name(self, body: dict[str, Any]) -> dict[str, Any]:
        for one in self.experiments.values():
            if one["name"] == body["experiment_name"]:
                return {"experiment": one}
        raise Wrong(404, "RESOURCE_DOES_NOT_EXIST")

    def _experiments_create(self, body: dict[str, Any]) -> dict[str, Any]:
        if any(one["name"] == body["name"] for one in self.experiments.values()):
            raise Wrong(400, "RESOURCE_ALREADY_EXISTS")
        if not body["name"]:
            raise Wrong(400, "INVALID_PARAMETER_VALUE", "an experiment needs a name")
        id = str(len(self.experiments) + 1)
        self.experiments[id] = {"experiment_id": id, "name": body["name"], "lifecycle_stage": "active"}
        return {"experiment_id": id}

    def _runs_search(self, body: dict[str, Any]) -> dict[str, Any]:
        match = _TAG.fullmatch(body["filter"])
        assert match is not None
        key, value = match.groups()
        found = [run for run in self.runs.values()
                 if run["info"]["experiment_id"] in body["experiment_ids"] and run["tags"].get(key) == value]
        return {"runs": [{"info": run["info"], "data": {}} for run in found]} if found else {}

    def _runs_create(self, body: dict[str, Any]) -> dict[str, Any]:
        id, experiment = f"{len(self.runs) + 1:032x}", body["experiment_id"]
        info = {"run_id": id, "run_uuid": id, "experiment_id": experiment, "status": "RUNNING",
                "run_name": body["run_name"], "start_time": body["start_time"], "lifecycle_stage": "active",
                "artifact_uri": f"{self.artifacts}/{experiment}/{id}/artifacts"}  # fmt: skip
        tags = {one["key"]: one["value"] for one in body["tags"]}
        assert all(_NAME.fullmatch(key) and 0 < len(value) <= 8000 for key, value in tags.items())
        self.runs[id] = {"info": info, "tags": tags, "params": {}, "metrics": []}
        return {"run": {"info": info, "data": {}}}

    def _runs_log_batch(self, body: dict[str, Any]) -> None:
        run, metrics, params = self._run(body), body.get("metrics", []), body.get("params", [])
        if len(metrics) > 1000 or len(params) > 100 or len(json.dumps(body)) > 1_000_000:
            raise Wrong(400, "INVALID_PARAMETER_VALUE", "too many at once")
        for one in [*metrics, *params]:
            if not _NAME.fullmatch(one["key"]) or {"", ".", ".."} & set(one["key"].split("/")):
                raise Wrong(400, "INVALID_PARAMETER_VALUE", f"Invalid name: {one['key']!r}")
        for one in metrics:
            assert (type(one["step"]), type(one["timestamp"])) == (int, int)
            assert isinstance(one["value"], float | int) or one["value"] in ("NaN", "Infinity", "-Infinity")
        for one in params:
            if run["params"].setdefault(one["key"], one["value"]) != one["value"] or len(one["value"]) > 6000:
                raise Wrong(400, "INVALID_PARAMETER_VALUE", "Changing param values is not allowed.")
        run["metrics"] += metrics

    def _runs_set_tag(self, body: dict[str, Any]) -> None:
        self._run(body)["tags"][body["key"]] = body["value"]

    def _runs_update(self, body: dict[str, Any]) -> None:
        self._run(body)["info"] |= {"status": body["status"], "end_time": body["end_time"]}

    def _metrics_get_history(self, body: dict[str, Any]) -> dict[str, Any]:
        found = [one for one in self._run(body)["metrics"] if one["key"] == body["metric_key"]]
        at, most = int(body.get("page_token", 0)), min(int(body["max_results"]), 1000)
        page = {"metrics": found[at : at + most]}
        return page if at + most >= len(found) else {**page, "next_page_token": str(at + most)}

    def _run(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["run_id"] not in self.runs:
            raise Wrong(404, "RESOURCE_DOES_NOT_EXIST")
        return self.runs[body["run_id"]]


class _Verb(RequestHandler):
    def initialize(self, double: Double) -> None:
        self.double = double

    async def get(self, verb: str) -> None:
        """A verb that asks."""
        self._answer(verb, {name: self.get_query_argument(name) for name in self.request.query_arguments})

    async def post(self, verb: str) -> None:
        """A verb that tells."""
        self._answer(verb, json.loads(self.request.body))

    async def put(self, path: str) -> None:
        """A file."""
        self._answer("files", {"path": path})

    def _answer(self, verb: str, body: dict[str, Any]) -> None:
        double = self.double
        double.authorizations.append(self.request.headers.get("Authorization", ""))
        double.heard.append((verb, body))
        told = len(double.said)
        double.said.append(None)
        try:
            is_silent = double.trouble(verb, double.calls(verb))
            if verb == "files":
                double.files[body["path"]] = self.request.body
                answer: dict[str, Any] = {}
            else:
                answer = double.answer(verb, body)
            double.said[told] = answer
        except Wrong as wrong:
            self.set_status(wrong.status)
            answer, is_silent = {"error_code": wrong.code, "message": wrong.message}, False
        if is_silent:
            self.request.connection.stream.close()  # type: ignore[union-attr]
            return
        self.finish(answer)


@asynccontextmanager
async def served(double: Double, port: int = 0) -> AsyncIterator[int]:
    """Has it served, also below a path; answers its port."""
    routes = [(r".*/api/2\.0/mlflow/(.+)", _Verb, {"double": double}),
              (r".*/api/2\.0/mlflow-artifacts/artifacts/(.+)", _Verb, {"double": double})]  # fmt: skip
    server = HTTPServer(Application(routes))
    sockets = bind_sockets(port, "127.0.0.1")
    server.add_sockets(sockets)
    number = sockets[0].getsockname()[1]
    double.url = f"http://127.0.0.1:{number}"
    try:
        yield number
    finally:
        server.stop()
        await server.close_all_connections()
