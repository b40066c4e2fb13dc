from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from jupyter_crispdm.serving.inference import main
from jupyter_crispdm.serving.inference.main import CannotStart, _lock, run
from jupyter_crispdm.serving.inference.settings import InferenceSettings


@pytest.mark.parametrize("token", [None, "", "short"])
def test_other_addresses_need_a_token(tmp_path: Path, token: str | None) -> None:
    with pytest.raises(CannotStart, match="CRISPDM_SERVING_TOKEN"):
        run(InferenceSettings(tmp_path, host="0.0.0.0", port=0, token=token))


def test_who_only_looks_whether_a_directory_is_taken_keeps_nobody_from_taking_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "front.lock").open("ab") as looks:
        fcntl.flock(looks, fcntl.LOCK_SH)
        monkeypatch.setattr(main, "sleep", lambda _: fcntl.flock(looks, fcntl.LOCK_UN))
        with _lock(tmp_path), pytest.raises(CannotStart, match="Another serving process works"):
            _lock(tmp_path)
