"""Settings and extensions that open doors of their own: what a start refuses, and what it and `doctor` say.

Closed is what is not listed here: for Voila a setting that is not listed is refused, for the others it is said.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from traitlets.config import Config

KNOWN_EXTENSIONS = frozenset({
    "jupyter_crispdm", "jupyterlab", "jupyter_lsp", "jupyter_server_mathjax", "jupyter_server_terminals",
    "notebook_shim", "voila", "voila.server_extension", "nb_conda_kernels", "nb_venv_kernels",
    "jupyter_server_fileid",
})
"""Extensions of which we know what they offer."""

OWN_DOORS = {
    "jupyter_server_mcp": "listens on port 3001 without a login, so every program and user of this machine may command "
                          "it. Disable it: jupyter server extension disable jupyter_server_mcp",
}
"""Extensions that are known to let people in past our door."""

_VOILA = frozenset({
    "theme", "allow_theme_override", "show_margins", "strip_sources", "http_keep_alive_timeout",
    "extension_allowlist", "extension_denylist", "extension_config", "language_kernel_mapping",
    "attempt_fix_notebook",
})
_SERVER = frozenset({
    "allow_credentials", "allow_origin", "allow_origin_pat", "allow_password_change", "allow_remote_access",
    "allow_root", "allow_unauthenticated_access", "answer_yes", "authenticate_prometheus", "authorizer_class",
    "autoreload", "base_url", "browser", "certfile", "client_ca", "config_file", "config_file_name",
    "config_manager_class", "contents_manager_class", "cookie_secret", "cookie_secret_file", "custom_display_url",
    "default_url", "disable_check_xsrf", "file_url_prefix", "identity_provider_class", "iopub_data_rate_limit",
    "iopub_msg_rate_limit", "ip", "jpserver_extensions", "kernel_manager_class", "kernel_spec_manager_class",
    "kernel_websocket_connection_class", "kernel_ws_protocol", "keyfile", "limit_rate", "local_hostnames",
    "log_datefmt", "log_format", "log_level", "logging_config", "max_body_size", "max_buffer_size",
    "min_open_files_limit", "notebook_dir", "open_browser", "password", "port", "port_retries", "preferred_dir",
    "quit_button", "rate_limit_window", "reraise_server_extension_failures", "root_dir", "session_manager_class",
    "show_config", "show_config_json", "shutdown_no_activity_timeout", "sock", "sock_mode", "ssl_options",
    "terminado_settings", "terminals_enabled", "token", "tornado_settings", "trust_xheaders", "use_redirect_file",
    "webbrowser_open_new", "websocket_compression_options", "websocket_ping_interval", "websocket_ping_timeout",
})
_IDENTITY = frozenset({"token", "cookie_name", "cookie_options", "secure_cookie", "get_secure_cookie_kwargs"})
_LAB = frozenset({
    "app_settings_dir", "check_for_updates_class", "collaborative", "core_mode", "default_url",
    "extension_manager", "news_url", "open_browser", "override_static_url", "override_theme_url",
    "user_settings_dir", "workspaces_dir",
})
_KNOWN: Mapping[str, frozenset[str]] = {
    "ServerApp": _SERVER, "IdentityProvider": _IDENTITY, "CrispdmIdentityProvider": _IDENTITY, "LabApp": _LAB,
}
_TORNADO = frozenset({"headers", "websocket_ping_interval", "websocket_ping_timeout", "cookie_options", "debug"})


def refusals(config: Config, pinned: Config, voila: Mapping[str, Any]) -> list[str]:
    """Why a server with these settings does not start. `pinned` is what we set, `voila` what Voila's own files say."""
    return [*_of_voila(config, pinned, voila), *_of_the_server(config)]


def remarks(config: Config, extensions: Iterable[str], trusted: Iterable[str]) -> list[str]:
    """What whoever runs the server should know of its settings and extensions."""
    said = [
        f"{section}.{name} is set, which this program does not know. See whether it lets in more than you mean."
        for section, known in _KNOWN.items() if section in config
        for name in sorted(config[section].keys() - known)
    ]
    for extension in sorted(set(extensions) - KNOWN_EXTENSIONS):
        package = extension.partition(".")[0]
        if package in OWN_DOORS:
            said.append(f"The server extension {extension} {OWN_DOORS[package]}.")
        elif package not in trusted:
            said.append(
                f"The server extension {extension} is not known here. Its routes are closed unless "
                f"CrispdmApp.trusted_extensions names '{package}'; see also whether it opens a port of its own."
            )
    return said


def voila_files(folders: Iterable[Path]) -> dict[str, Any]:
    """What Voila's own JSON files set; a file of these folders that cannot be read sets nothing."""
    found: dict[str, Any] = {}
    for folder in folders:
        try:
            said = json.loads((folder / "voila.json").read_text("utf-8"))
            found.update(said.get("VoilaConfiguration", {}))
        except (OSError, ValueError, AttributeError, TypeError):
            continue
    return found


def program_here(folder: Path) -> str | None:
    """Why Voila's settings in this folder are refused: it runs the file, whoever wrote it."""
    if not (folder / "voila.py").exists():
        return None
    return (f"{folder / 'voila.py'} would run as a part of the server. Move it to Jupyter's configuration directory "
            "(jupyter --config-dir), or start the server elsewhere.")


def _of_voila(config: Config, pinned: Config, voila: Mapping[str, Any]) -> Iterator[str]:
    ours = pinned.VoilaConfiguration
    given = {**config.get("VoilaConfiguration", {}), **voila}
    for name, value in sorted(given.items()):
        if name in _VOILA or (name in ours and _same(value, ours[name])):
            continue
        yield (f"VoilaConfiguration.{name} is set, and may show more than published dashboards, or to more people. "
               f"Leave it out. These may be set: {', '.join(sorted(_VOILA))}.")


def _of_the_server(config: Config) -> Iterator[str]:
    server = config.get("ServerApp", {})
    if _same(server.get("authenticate_prometheus", True), False):
        yield "ServerApp.authenticate_prometheus is False: anybody could read the figures. Leave the option out."
    for name in ("jinja_environment_options", "jinja_template_vars", "login_handler_class", "logout_handler_class"):
        if name in server:
            yield f"ServerApp.{name} changes the pages at the door. Leave the option out."
    settings = server.get("tornado_settings", {})
    odd = sorted(settings.keys() - _TORNADO) if isinstance(settings, Mapping) else ["that are not a dictionary"]
    if odd:
        yield f"ServerApp.tornado_settings sets {', '.join(odd)}, which may open the door. Leave it out."


def _same(value: Any, wanted: Any) -> bool:
    """Whether a setting has this value; one of the command line is text until its class is there."""
    return value == wanted or str(value) == str(wanted)
