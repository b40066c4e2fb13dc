"""What all our widgets share: where their view is found."""

from __future__ import annotations

from typing import Any

from ipywidgets import DOMWidget
from traitlets import Unicode

_MODULE = "jupyter-crispdm"
_VERSION = "^0.1.0"


class CrispdmWidget(DOMWidget):
    """A view of the browser extension, placed in a notebook or dashboard."""

    _model_module = Unicode(_MODULE).tag(sync=True)
    _model_module_version = Unicode(_VERSION).tag(sync=True)
    _model_name = Unicode("CrispdmModel").tag(sync=True)
    _view_module = Unicode(_MODULE).tag(sync=True)
    _view_module_version = Unicode(_VERSION).tag(sync=True)

    def __init__(self, **values: Any) -> None:
        unknown = sorted(set(values) - set(self.traits()))
        if unknown:
            raise TypeError(f"{type(self).__name__} has no option '{unknown[0]}'.")
        super().__init__(**values)
