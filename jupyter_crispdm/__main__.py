"""``python -m jupyter_crispdm …`` is ``jupyter crispdm …``."""

from jupyter_crispdm.cli import main

raise SystemExit(main())
