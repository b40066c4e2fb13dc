"""A deployed model looks at the samples: the prediction service is asked, batch by batch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx
import numpy as np
from numpy.typing import NDArray

from jupyter_crispdm.base.clock import Clock, SystemClock

from ..batch import Column, Numbers
from .port import Verdict, column_of, unknown

_MOST_ROWS = 1000
_PATIENCE_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0


class Refused(Exception):
    """The model did not answer as it should; the text says how."""


class Model:
    """Asks a deployed model about some columns; its output is the score, the last one of a row that has several.

    While it cannot be asked, nothing is known and the samples are not held up: it is asked again after a pause.
    """

    memory = 0

    def __init__(
        self, name: str, fields: Sequence[str], output: str, environ: Mapping[str, str], *,
        clock: Clock | None = None, transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:  # fmt: skip
        self.trouble = ""
        self._name, self._fields, self._output = name, list(fields), output
        self._clock = clock or SystemClock()
        self._pause, self._not_before = _FIRST_PAUSE, -math.inf
        self._input: tuple[str, str] | None = None
        token = environ.get("CRISPDM_TOKEN", "")
        base = environ.get("CRISPDM_URL", "http://127.0.0.1/").rstrip("/")
        self._path = f"{base}/crispdm/serving/v2/models/{quote(name, safe='')}"
        headers = {"Authorization": f"token {token}"} if token else {}
        self._http = httpx.AsyncClient(headers=headers, timeout=_PATIENCE_SECONDS, transport=transport, trust_env=False)

    async def judge(self, columns: Mapping[str, Column]) -> Verdict:
        """Look at some rows; those that lack one of the columns are passed over."""
        rows = np.column_stack([column_of(columns, name) for name in self._fields])
        usable = np.isfinite(rows).all(axis=1)
        if self._clock.monotonic() < self._not_before or not usable.any():
            return unknown(columns)
        score = np.full(len(rows), np.nan)
        try:
            score[usable] = await self._asked(rows[usable])
        except (httpx.HTTPError, httpx.InvalidURL, Refused) as error:
            self._fail(str(error) or type(error).__name__)
            return unknown(columns)
        self.trouble, self._pause = "", _FIRST_PAUSE
        return Verdict(score, score)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._http.aclose()

    async def _asked(self, rows: NDArray[np.float64]) -> Numbers:
        name, datatype = self._input or await self._described()
        self._input = name, datatype
        parts = [rows[start : start + _MOST_ROWS] for start in range(0, len(rows), _MOST_ROWS)]
        return np.concatenate([await self._inferred(part, name, datatype) for part in parts])

    async def _described(self) -> tuple[str, str]:
        """The name and type of the model's first input."""
        answer = _answer(await self._http.get(self._path))
        try:
            first = answer["inputs"][0]
            return str(first["name"]), str(first["datatype"])
        except (KeyError, IndexError, TypeError):
            raise Refused("it does not say what it takes") from None

    async def _inferred(self, rows: NDArray[np.float64], name: str, datatype: str) -> Numbers:
        tensor = {"name": name, "datatype": datatype, "shape": list(rows.shape), "data": rows.ravel().tolist()}
        answer = _answer(await self._http.post(f"{self._path}/infer", json={"inputs": [tensor]}))
        try:
            outputs = {str(output["name"]): output["data"] for output in answer["outputs"]}
            data = outputs[self._output] if self._output else next(iter(outputs.values()))
            return np.array(data, np.float64).reshape(len(rows), -1)[:, -1]
        except (KeyError, TypeError, ValueError, IndexError, StopIteration):
            raise Refused("its answer has no number for each sample") from None

    def _fail(self, reason: str) -> None:
        self.trouble = f"The model '{self._name}' cannot be asked: {reason[:200]}"
        self._not_before = self._clock.monotonic() + self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        self._input = None  # another version may take something else


def _answer(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Refused(f"{response.status_code}, and no JSON")
    if response.is_success:
        return answer
    raise Refused(f"{response.status_code}, {answer.get('message') or answer.get('error') or 'without a reason'}")
