"""Rules for metrics over HTTP: who may, what is refused, and what a trial answers."""

from __future__ import annotations

from typing import Any

import pytest

from .test_jobs_api import Api, api

__all__ = ["api"]
LOSS = {"template": "loss {value} at {step}", "name": "loss"}


@pytest.mark.proves("training.rules", "training.rules-live")
async def test_rules_are_set_tried_and_kept(api: Api) -> None:
    status, empty, _ = await api("GET", "tracking/rules")
    assert (status, empty) == (200, {"revision": 0, "rules": [], "ignore": [], "automatic": True, "trouble": ""})
    status, tried, _ = await api("POST", "tracking/rules/try", {"text": "loss 0.5 at 3\n", "rules": {"rules": [LOSS]}})
    assert (status, tried["lines"][0]["rule"]) == (200, 0)
    assert tried["series"] == [{"name": "loss", "points": 1, "step": 3, "value": 0.5}]
    status, kept, _ = await api("PUT", "tracking/rules", {"rules": [LOSS], "base": 0})
    assert (status, kept["revision"], kept["rules"]) == (200, 1, [LOSS])
    assert (await api("GET", "tracking/rules"))[1] == kept
    assert (await api("PUT", "tracking/rules", {"rules": [], "base": 0}))[0] == 409


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PUT", "tracking/rules", {"rules": [{"template": "loss"}]}, "rules[0].template"),
        ("PUT", "tracking/rules", {"rules": [{"template": ""}]}, "rules"),
        ("PUT", "tracking/rules", {"rules": 3}, "rules"),
        ("PUT", "tracking/rules", {"other": 3}, "other"),
        ("POST", "tracking/rules/try", {"text": "a", "rules": {"rules": [{"template": "{x"}]}}, "rules"),
        ("POST", "tracking/rules/try", {"text": "a" * (257 << 10)}, "text"),
        ("POST", "tracking/rules/try", {}, "text"),
    ],
)
async def test_bad_rules_name_their_field(api: Api, method: str, path: str, body: dict[str, Any], field: str) -> None:
    status, error, _ = await api(method, path, body)
    assert status == 400
    assert field in str(error["details"].get("field")) or field in error["message"]
