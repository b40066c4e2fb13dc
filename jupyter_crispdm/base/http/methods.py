"""Which methods an address answers, as ``Allow`` tells them."""

from __future__ import annotations

from tornado import web


def allowed(kind: type[web.RequestHandler]) -> str:
    """The methods that a tornado handler class implements, as the value of ``Allow``."""
    missing = web.RequestHandler._unimplemented_method
    names = [name for name in kind.SUPPORTED_METHODS if getattr(kind, name.lower(), missing) is not missing]
    return ", ".join(names)
