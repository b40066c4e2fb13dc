from __future__ import annotations

from traitlets import Bool, Unicode

from jupyter_crispdm.widgets.base import CrispdmWidget


class Wall(CrispdmWidget):
    _view_name = Unicode("NotesView").tag(sync=True)
    controls = Bool(False).tag(sync=True)
