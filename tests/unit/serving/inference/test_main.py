from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.serving.inference.main import CannotStart, run
from jupyter_crispdm.serving.inference.settings import InferenceSettings


@pytest.mark.parametrize("token", [None, "", "short"])
def test_other_addresses_need_a_token(tmp_path: Path, token: str | None) -> None:
    with pytest.raises(CannotStart, match="CRISPDM_SERVING_TOKEN"):
        run(InferenceSettings(tmp_path, host="0.0.0.0", port=0, token=token))
