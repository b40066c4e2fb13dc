"""schemathesis, run as a program of its own: its plugin, warnings and threads stay out of our tests."""

from __future__ import annotations

import json
import os
import sys
from asyncio import create_subprocess_exec, wait_for
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LONGEST = 1500.0  # seconds
ROOT = Path(__file__).parents[3]
CHECKS = (
    "no_failure_of_ours", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance",
)  # fmt: skip
# The same few calls each time; `make fuzz` looks for new ones.
FEW = ("--phases", "fuzzing", "--max-examples", "2", "--seed", "1")
MANY = ("--phases", "fuzzing", "--max-examples", "50")


def readable(described: Any) -> Any:
    """A document without `prefixItems`, of which schemathesis makes what OpenAPI 3.1 does not have."""
    if isinstance(described, list):
        return [readable(part) for part in described]
    if not isinstance(described, dict):
        return described
    parts = {name: readable(part) for name, part in described.items()}
    if kinds := parts.pop("prefixItems", None):
        parts["items"] = {"anyOf": kinds}
    return parts


async def contract(
    document: dict[str, Any], address: str, home: Path, *, token: str = "",
    there: Mapping[str, Mapping[str, str]], without: Sequence[str] = (),
) -> str:  # fmt: skip
    """What schemathesis has against an API; "" for nothing. `without`: expressions for paths to leave alone."""
    amount = MANY if os.environ.get("CRISPDM_TEST_EXAMPLES") == "fuzz" else FEW
    (home / "document.json").write_text(json.dumps(readable(document)))
    asked = [
        "run", "document.json", "--url", address, "--checks", ",".join(CHECKS), *amount, "--continue-on-failure",
        "--request-timeout", "60", "--suppress-health-check", "all", "--no-color", "--warnings", "off", "--no-shrink",
    ]  # fmt: skip
    if token:
        asked += ["--header", f"Authorization: {token}"]
    for expression in without:
        asked += ["--exclude-path-regex", expression]
    process = await create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", *asked, stdout=PIPE, stderr=STDOUT, cwd=home,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.server.contract.hooks", "PYTHONPATH": str(ROOT),
             "CRISPDM_CONTRACT_THERE": json.dumps(there)},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = (await wait_for(process.stdout.read(), LONGEST)).decode(errors="replace")
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return said if process.returncode else ""
