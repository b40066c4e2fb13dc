"""Settings and extensions that open a door of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config
from traitlets.config.loader import DeferredConfigString
from voila.configuration import VoilaConfiguration

from jupyter_crispdm.auth.jupyter.doors import OWN_DOORS, program_here, refusals, remarks, voila_files
from jupyter_crispdm.auth.jupyter.safety import server_config

OPENS = [
    "file_allowlist", "allow_template_override", "template", "resources", "progressive_rendering",
    "show_tracebacks", "http_header_envs", "extra_labextensions_path", "prelaunch_hook", "page_config_hook",
    "multi_kernel_manager_class", "preheat_kernel", "extension_language_mapping", "something_new",
]  # fmt: skip


def refused(config: dict[str, Any], voila: dict[str, Any] | None = None) -> list[str]:
    merged = server_config()
    merged.merge(Config(config))
    return refusals(merged, server_config(), voila or {})


def test_what_we_set_ourselves_is_refused_by_nobody() -> None:
    assert refused({}) == []
    assert refused({"VoilaConfiguration": {"allow_template_override": DeferredConfigString("NO")}}) == []
    assert refused({}, {"file_allowlist": [], "theme": "dark"}) == []


@pytest.mark.proves("door.closed-lists")
@pytest.mark.parametrize("name", OPENS)
def test_a_setting_of_voilas_that_is_not_listed_is_refused_from_wherever_it_comes(name: str) -> None:
    for reasons in (refused({"VoilaConfiguration": {name: "YES"}}), refused({}, {name: ["x"]})):
        assert len(reasons) == 1
        assert reasons[0].startswith(f"VoilaConfiguration.{name} is set")
        assert "Leave it out" in reasons[0]


def test_every_setting_of_voilas_is_either_refused_or_known_to_be_harmless() -> None:
    names = VoilaConfiguration.class_trait_names(config=True)
    harmless = {name for name in names if not refused({"VoilaConfiguration": {name: "another"}})}
    assert harmless == {
        "theme", "allow_theme_override", "show_margins", "strip_sources", "http_keep_alive_timeout",
        "extension_allowlist", "extension_denylist", "extension_config", "language_kernel_mapping",
        "attempt_fix_notebook",
    }  # fmt: skip


@pytest.mark.proves("door.open-server")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("authenticate_prometheus", False),
        ("authenticate_prometheus", DeferredConfigString("False")),
        ("jinja_environment_options", {"autoescape": False}),
        ("login_handler_class", "x.Y"),
        ("tornado_settings", {"xsrf_cookies": False}),
        ("tornado_settings", {"headers": {}, "identity_provider": None}),
        ("tornado_settings", DeferredConfigString("{}")),
    ],
)
def test_a_setting_of_the_servers_that_opens_the_door_is_refused(name: str, value: Any) -> None:
    (reason,) = refused({"ServerApp": {name: value}})
    assert f"ServerApp.{name}" in reason


def test_what_is_not_known_is_said() -> None:
    config = Config({"ServerApp": {"port": 1, "extra_static_paths": ["x"]}, "LabApp": {"expose_app_in_browser": True}})
    said = remarks(config, ["jupyterlab", "jupyterlab_git", "jupyter_ai.extension"], ["jupyter_ai"])
    assert [text.split(" is ")[0] for text in said] == [
        "ServerApp.extra_static_paths", "LabApp.expose_app_in_browser", "The server extension jupyterlab_git",
    ]  # fmt: skip
    assert "trusted_extensions names 'jupyterlab_git'" in said[-1]


@pytest.mark.proves("door.other-extensions")
def test_an_extension_that_lets_people_in_by_itself_is_named_even_when_it_is_trusted() -> None:
    (said,) = remarks(Config(), ["jupyter_server_mcp"], ["jupyter_server_mcp"])
    assert "3001 without a login" in said
    assert "jupyter server extension disable jupyter_server_mcp" in said
    assert all(words.startswith(("listens", "opens")) for words in OWN_DOORS.values())


def test_voilas_own_files_are_read_and_never_run(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b", "c", "d", "missing")]
    texts = ('{"VoilaConfiguration": {"template": "x"}}', "[1", "[]", '{"VoilaConfiguration": 1}')
    for folder, text in zip(folders, texts, strict=False):
        folder.mkdir()
        (folder / "voila.json").write_text(text)
    assert voila_files(folders) == {"template": "x"}
    assert program_here(tmp_path) is None
    (tmp_path / "voila.py").write_text("raise SystemExit('ran')")
    reason = program_here(tmp_path)
    assert reason is not None
    assert "would run as a part of the server" in reason
    json.dumps(voila_files([tmp_path]))
