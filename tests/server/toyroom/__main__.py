"""`python -m tests.server.toyroom …` is `jupyter crispdm …` with one room more in its list."""

from __future__ import annotations

import sys

from jupyter_crispdm.rooms import ROOMS

ROOMS.append("tests.server.toyroom")

if __name__ == "__main__":
    from jupyter_crispdm.cli import main

    sys.exit(main())
