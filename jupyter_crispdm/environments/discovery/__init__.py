"""Finding environments by reading directories; no program is ever run.

Search (search.py)            every place in order, each environment once
├── projects.py               folders of the server's root and the configured paths
├── venvs.py                  one prefix with a pyvenv.cfg; where venvs, poetry, pipenv and uv keep theirs
├── conda.py                  one prefix with a conda-meta; environments.txt, .condarc, usual installations
└── interpreters.py           pyenv's and uv's own interpreters, those on PATH
"""

from .found import FoundEnvironment, Surroundings, is_isolated
from .interpreters import is_script
from .search import Search

__all__ = ["FoundEnvironment", "Search", "Surroundings", "is_isolated", "is_script"]
