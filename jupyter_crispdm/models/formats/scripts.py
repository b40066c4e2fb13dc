"""The user's code beside a model: read as text, never imported by the server; it runs in the model's own process."""

from __future__ import annotations

import ast
from pathlib import Path

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.base.files.regular import Unreadable, read_regular

MOST_BYTES = 256 * 1024
WANTED = ("load", "predict")
_FAULTS = (SyntaxError, ValueError, RecursionError, MemoryError)


def check_script(path: Path) -> None:
    """Refuse what is no Python with a class that loads and predicts. Raises Unprocessable.

    What this Python cannot parse is left to the environment's own, which may be a newer one.
    """
    try:
        tree = ast.parse(read_regular(path, MOST_BYTES).decode())
    except Unreadable:
        raise Unprocessable(f"The script is over {MOST_BYTES // 1024} KiB.", field="script") from None
    except UnicodeDecodeError:
        raise Unprocessable("The script is no text in UTF-8.", field="script") from None
    except _FAULTS:
        return
    if not any(_serves(item) for item in tree.body):
        raise Unprocessable(
            "The script has no class with the methods 'load' and 'predict' (and 'preprocess', 'postprocess', 'stream' "
            "where they are needed).",
            field="script",
        )


def _serves(item: ast.stmt) -> bool:
    if not isinstance(item, ast.ClassDef):
        return False
    methods = {one.name for one in item.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    return (bool(item.bases) and "predict" in methods) or methods.issuperset(WANTED)
