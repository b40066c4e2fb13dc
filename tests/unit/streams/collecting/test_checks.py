from __future__ import annotations

import pytest

from jupyter_crispdm.base.rooms.checks import Verdict
from jupyter_crispdm.streams.collecting import checks
from jupyter_crispdm.streams.settings import StreamSettings


async def test_all_is_well_where_everything_is_installed_and_nothing_is_asked_for() -> None:
    assert [check.verdict for check in await checks.look(StreamSettings())] == [Verdict.ok, Verdict.ok]


def test_what_is_not_installed_is_named_with_its_repair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_PARTS", {"no.such.module": "nothing", "nosuch": "other", "msgspec": "msgspec"})
    check = checks.packages()
    assert check.verdict is Verdict.limited
    assert check.reason.startswith("nothing and other cannot be imported")
    assert check.repair == "Install nothing other beside jupyter_crispdm."


@pytest.mark.proves("streams.secrets")
def test_a_password_that_is_allowed_and_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINE_PASSWORD", "geheim")
    monkeypatch.delenv("OTHER_PASSWORD", raising=False)
    check = checks.passwords(["LINE_PASSWORD", "OTHER_PASSWORD"])
    assert (check.verdict, check.reason) == (Verdict.limited, "not set: OTHER_PASSWORD")
    assert checks.passwords(["LINE_PASSWORD"]).reason == "sources may use 1"
