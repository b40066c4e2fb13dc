"""Content-Security-Policies: what a page may load and run. What is not named is closed.

Scripts are allowed by the folders that our programs come from, never by ``'unsafe-inline'`` or a bare ``'self'``:
files of users lie on this server too. So text that gets into a page by mistake stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from jupyter_server.utils import url_path_join

_HOST = re.compile(r"[A-Za-z0-9.\-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")
_FOLDER = re.compile(r"/[A-Za-z0-9_.~/\-]*/")

_CLOSED = {"default-src": "'none'", "base-uri": "'none'", "object-src": "'none'", "form-action": "'self'"}
_FRAMED = {"frame-ancestors": "'self'"}
_OWN_DATA = {"img-src": "'self' data: blob:", "font-src": "'self' data: about:", "media-src": "'self' data: blob:"}


def page_policy(nonce: str) -> str:
    """For our pages: no script at all, and the one style sheet that carries the nonce."""
    return _text({**_CLOSED, "style-src": f"'nonce-{nonce}'", "img-src": "'self' data:", **_FRAMED})


def dashboard_policy(host: str, base_url: str, mathjax_url: str | None, *, may_frame_lab: bool = False) -> str:
    """For dashboards: scripts from Voila's folders, the extensions' and ours. Widgets set styles by themselves.

    ``blob:`` is for widgets that bring their own module (anywidget): only a script could make such an address. A
    frame may show JupyterLab to those whom it is open to, and nothing else.
    """
    folders = ["voila/static/", "voila/templates/", "voila/labextensions/", "crispdm/static/"]
    paths = [url_path_join(base_url, folder) for folder in folders]
    scripts = [*sources(host, [*paths, *_mathjax_folder(mathjax_url)]), "blob:"]
    frames = _lab(host, base_url) if may_frame_lab else []
    return _text({
        **_CLOSED, **_OWN_DATA, "script-src": " ".join(scripts), "style-src": "'self' 'unsafe-inline'",
        "connect-src": "'self'", "worker-src": "'self' blob:", "frame-src": " ".join(frames) or "'none'",
        **_FRAMED,
    })


def lab_policy() -> str:
    """For JupyterLab's own pages: everything from this server.

    Lab compiles its settings' schemas (``'unsafe-eval'``), and the outputs of trusted notebooks are scripts in the
    page (``'unsafe-inline'``): an analyst's own program may do there what it could do in a kernel. Pictures and
    frames in notebooks may come from elsewhere.
    """
    return _text({
        **_CLOSED, **_OWN_DATA, "default-src": "'self'", "base-uri": "'self'", "img-src": "'self' data: blob: https:",
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:", "style-src": "'self' 'unsafe-inline'",
        "connect-src": "'self' data: blob:", "worker-src": "'self' blob:", "frame-src": "'self' data: blob: https:",
        **_FRAMED,
    })


def view_policy() -> str:
    """For the page that shows a user's HTML in a sandboxed frame."""
    return _text({**_CLOSED, "frame-src": "'self'", "style-src": "'unsafe-inline'", **_FRAMED})


def sources(host: str, paths: Iterable[str]) -> list[str]:
    """The folders of this host as a policy names them. A host or a folder with odd characters is left out."""
    if not _HOST.fullmatch(host):
        return []
    return [host + path for path in paths if _FOLDER.fullmatch(path)]


def _lab(host: str, base_url: str) -> list[str]:
    """JupyterLab and its pages of one document."""
    folders = sources(host, [url_path_join(base_url, folder) for folder in ("lab/", "doc/")])
    return [*(folder.rstrip("/") for folder in folders[:1]), *folders]


def _mathjax_folder(url: str | None) -> list[str]:
    """The folder of the server's own MathJax; one on another host stays closed."""
    parts = urlsplit(url or "")
    return [parts.path.rpartition("/")[0] + "/"] if parts.path and not parts.netloc else []


def _text(directives: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in directives.items())
