"""The ground's settings."""

from __future__ import annotations

from pathlib import Path

from jupyter_core.paths import jupyter_data_dir
from traitlets import HasTraits, Unicode, default


class BaseSettings(HasTraits):
    """Where things are kept."""

    data_dir = Unicode(
        config=True,
        help="Directory of the database, the jobs and the models. Default: 'crispdm' in Jupyter's data directory.",
    )
    database_url = Unicode(
        "", config=True,
        help="Address of the database (SQLAlchemy), for example postgresql+psycopg://…. Default: empty, which "
        "means the SQLite file crispdm.db in data_dir.",
    )

    @default("data_dir")
    def _default_data_dir(self) -> str:
        return str(Path(jupyter_data_dir()) / "crispdm")

    @property
    def data_directory(self) -> Path:
        """`data_dir` as an absolute path."""
        return Path(self.data_dir).expanduser().resolve()
