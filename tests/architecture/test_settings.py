"""Every setting says what holds without it, and what is promised to hold without a setting does."""

from __future__ import annotations

import pytest
from traitlets.config import Configurable

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.auth.jupyter.kernels.manager import CrispdmKernelManager

OURS: tuple[type[Configurable], ...] = (CrispdmApp, CrispdmKernelManager)


@pytest.mark.proves("settings.help")
@pytest.mark.parametrize("owner", OURS, ids=lambda owner: owner.__name__)
def test_every_setting_says_its_default(owner: type[Configurable]) -> None:
    traits = owner.class_own_traits(config=True)
    assert [name for name, trait in traits.items() if "Default" not in trait.help] == []


@pytest.mark.proves("settings.serving-port", "serving.port", "settings.executor", "settings.published",
                    "settings.database-url", "settings.package-urls", "settings.retention")  # fmt: skip
def test_without_a_setting_what_is_promised_holds() -> None:
    app = CrispdmApp()
    assert (app.serving_port, app.executor, app.database_url) == (8503, "local", "")
    assert (app.published, app.environment_paths, app.webhooks) == (["dashboards/*.ipynb"], [], [])
    assert (app.package_urls, app.keep_jobs_days, app.keep_jobs_bytes) == (False, None, None)
    assert app.session_days == 14
