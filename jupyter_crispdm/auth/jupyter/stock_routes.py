"""Who may use the routes that are not ours: Jupyter Server's, JupyterLab's, Voila's and those of what comes with them.

Each handler class that may be used stands here by name, with the least role for each method and, where its answer is
made from them, the arguments of its address. What does not stand here is closed to everybody, so a dependency that
grows a route opens nothing; an operator opens an extension's by ``CrispdmApp.trusted_extensions``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..pages.arguments import LAB, NONE, Allowed, Argument
from ..pages.policies import lab_policy, view_policy
from ..types import Role

_READS = ("GET", "HEAD", "OPTIONS")
_SAFE_NAME = Argument(r"[A-Za-z0-9@/._*\-]*", "part of a package's name", longest=100)
_SWITCH = Argument("true|false|0|1", "'true' or 'false'")
_COUNT = Argument("[1-9][0-9]{0,5}", "a number from 1")


@dataclass(frozen=True)
class Row:
    """The least role by method, and the arguments; None where the handler itself checks each."""

    methods: Mapping[str, Role]
    arguments: Allowed | None = None
    policy: str = ""
    """The Content-Security-Policy of a page; empty: the handler's own."""

    def least(self, method: str) -> Role | None:
        """The least role that may use the method; None: nobody."""
        return self.methods.get(method)


def _row(
    read: Role | None = None, write: Role | None = None, *, writes: Iterable[str] = (),
    arguments: Allowed | None = None, policy: str = "",
) -> Row:
    reads = dict.fromkeys(_READS, read) if read else {}
    changes = dict.fromkeys(writes, write) if write else {}
    return Row({method: role for method, role in {**reads, **changes}.items() if role}, arguments, policy)


_ANALYST = Role.ANALYST
_READ = _row(_ANALYST)
_ANYTHING = _row(_ANALYST, _ANALYST, writes=["POST", "PUT", "PATCH", "DELETE"])
_SERVICES = "jupyter_server.services"

STOCK_ROUTES: Mapping[str, Row] = {
    # Jupyter Server
    "jupyter_server.base.handlers.AuthenticatedFileHandler": _READ,
    "jupyter_server.files.handlers.FilesHandler": _READ,
    "jupyter_server.base.handlers.PrometheusMetricsHandler": _row(Role.ADMIN),
    "jupyter_server.base.handlers.Template404": _ANYTHING,
    "jupyter_server.kernelspecs.handlers.KernelSpecResourceHandler": _READ,
    "jupyter_server.nbconvert.handlers.NbconvertFileHandler": _row(
        _ANALYST, arguments={"download": _SWITCH, "sanitize_html": _SWITCH, "_xsrf": Argument("[!-~]*", "the token")}),
    "jupyter_server.nbconvert.handlers.NbconvertPostHandler": _row(write=_ANALYST, writes=["POST"]),
    "jupyter_server.view.handlers.ViewHandler": _row(_ANALYST, arguments=NONE, policy=view_policy()),
    f"{_SERVICES}.api.handlers.APISpecHandler": _READ,
    f"{_SERVICES}.api.handlers.APIStatusHandler": _READ,
    f"{_SERVICES}.api.handlers.IdentityHandler": _row(Role.VIEWER),
    f"{_SERVICES}.api.handlers.PathResolverHandler": _READ,
    # one file for all users of the server
    f"{_SERVICES}.config.handlers.ConfigHandler": _row(_ANALYST, Role.ADMIN, writes=["PUT", "PATCH"]),
    # viewers: their folders, which the room of files looks after
    f"{_SERVICES}.contents.handlers.CheckpointsHandler": _row(Role.VIEWER, Role.VIEWER, writes=["POST"]),
    f"{_SERVICES}.contents.handlers.ContentsHandler": _row(
        Role.VIEWER, Role.VIEWER, writes=["POST", "PUT", "PATCH", "DELETE"]),
    f"{_SERVICES}.contents.handlers.ModifyCheckpointsHandler": _row(
        Role.VIEWER, Role.VIEWER, writes=["POST", "DELETE"]),
    "jupyter_crispdm.files.jupyter.contents.FileDownloadHandler": _row(Role.VIEWER),
    f"{_SERVICES}.contents.handlers.NotebooksRedirectHandler": _READ,
    f"{_SERVICES}.contents.handlers.TrustNotebooksHandler": _row(_ANALYST, _ANALYST, writes=["POST"]),
    f"{_SERVICES}.events.handlers.EventHandler": _row(_ANALYST, _ANALYST, writes=["POST"]),
    f"{_SERVICES}.events.handlers.SubscribeWebsocket": _READ,
    f"{_SERVICES}.kernels.handlers.KernelActionHandler": _row(_ANALYST, _ANALYST, writes=["POST"]),
    # viewers: those that they started, which the gate looks after
    f"{_SERVICES}.kernels.handlers.KernelHandler": _row(Role.VIEWER, _ANALYST, writes=["DELETE"]),
    f"{_SERVICES}.kernels.handlers.MainKernelHandler": _row(_ANALYST, _ANALYST, writes=["POST"]),
    f"{_SERVICES}.kernels.websocket.KernelWebsocketHandler": _row(Role.VIEWER),
    f"{_SERVICES}.kernelspecs.handlers.KernelSpecHandler": _READ,
    f"{_SERVICES}.kernelspecs.handlers.MainKernelSpecHandler": _READ,
    f"{_SERVICES}.nbconvert.handlers.NbconvertRootHandler": _READ,
    f"{_SERVICES}.security.handlers.CSPReportHandler": _row(write=_ANALYST, writes=["POST"]),
    f"{_SERVICES}.sessions.handlers.SessionHandler": _row(_ANALYST, _ANALYST, writes=["PATCH", "DELETE"]),
    f"{_SERVICES}.sessions.handlers.SessionRootHandler": _row(_ANALYST, _ANALYST, writes=["POST"]),
    f"{_SERVICES}.shutdown.ShutdownHandler": _row(write=Role.ADMIN, writes=["POST"]),
    "jupyter_server_terminals.api_handlers.TerminalHandler": _row(_ANALYST, _ANALYST, writes=["DELETE"]),
    "jupyter_server_terminals.api_handlers.TerminalRootHandler": _row(_ANALYST, _ANALYST, writes=["POST"]),
    "jupyter_server_terminals.handlers.TermSocket": _READ,
    # JupyterLab; its BuildHandler is closed to everybody, for the extension manager is read-only
    "jupyterlab.handlers.announcements.CheckForUpdateHandler": _READ,
    "jupyterlab.handlers.announcements.NewsHandler": _READ,
    "jupyterlab.handlers.extension_manager_handler.ExtensionHandler": _row(_ANALYST, arguments={
        "query": Argument(r"[^\x00-\x1f\x7f]*", "words", longest=200), "page": _COUNT, "per_page": _COUNT,
        "refresh": _SWITCH}),
    "jupyterlab.handlers.plugin_manager_handler.PluginHandler": _row(_ANALYST, Role.ADMIN, writes=["POST"]),
    "jupyterlab_server.handlers.LabHandler": _row(_ANALYST, arguments=LAB, policy=lab_policy()),
    "jupyterlab_server.handlers.NotFoundHandler": _row(_ANALYST, arguments=LAB, policy=lab_policy()),
    "jupyterlab_server.licenses_handler.LicensesHandler": _row(_ANALYST, arguments={
        "full_text": _SWITCH, "download": _SWITCH, "bundles": _SAFE_NAME,
        "format": Argument("json|csv|markdown", "'json', 'csv' or 'markdown'")}),
    "jupyterlab_server.listings_handler.ListingsHandler": _READ,
    "jupyterlab_server.settings_handler.SettingsHandler": _row(_ANALYST, _ANALYST, writes=["PUT"]),
    "jupyterlab_server.translations_handler.TranslationsHandler": _READ,
    "jupyterlab_server.workspaces_handler.WorkspacesHandler": _row(_ANALYST, _ANALYST, writes=["PUT", "DELETE"]),
    "jupyter_lsp.handlers.LanguageServerWebSocketHandler": _READ,
    "jupyter_lsp.handlers.LanguageServersHandler": _READ,
    # Voila; its own list of notebooks, its files and its contents are closed, for ours stand in their place
    "voila.shutdown_kernel_handler.VoilaShutdownKernelHandler": _row(write=Role.VIEWER, writes=["POST"]),
}

NOBODY = Row({})


def name_of(handler: type) -> str:
    """A handler class's full name, as the table writes it."""
    return f"{handler.__module__}.{handler.__qualname__}"


def row_of(handler: type, trusted: Iterable[str] = ()) -> Row:
    """The row of a handler class that is not ours; `trusted` names packages whose routes analysts may use."""
    name = name_of(handler)
    if name in STOCK_ROUTES:
        return STOCK_ROUTES[name]
    is_trusted = any(name.startswith(f"{package}.") for package in trusted if package)
    return _ANYTHING if is_trusted else NOBODY
