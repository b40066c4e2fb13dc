"""A script that somebody registered with a model: a class with load, preprocess, predict, postprocess and stream."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Dict, Iterator, List, Mapping

import numpy as np

from crispdm.algorithms._tensors import NAMES, check

from ._signature import parse

MODULE = "_crispdm_script"
WHOLE = "The script needs one class with 'load(path, metadata)' and 'predict(inputs)'"


def ready(header: Mapping[str, Any]) -> None:
    """Nothing: the script imports what it needs."""


def load(header: Mapping[str, Any]) -> Any:
    """Import the script under a name of its own, and let its class load the model's file."""
    path = header.get("script") or header["path"]
    kind = _class(_imported(str(path)))
    model = kind() if not isinstance(inspect.getattr_static(kind, "load"), (classmethod, staticmethod)) else kind
    loaded = model.load(header["path"], header["metadata"])
    program = loaded if model is kind else model
    if program is None:
        raise ValueError("'load' of the script's class %s returned nothing." % kind.__name__)
    return Script(program, header)


def _imported(path: str) -> ModuleType:
    spec = importlib.util.spec_from_loader(MODULE, loader=None, origin=path)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__file__ = path
    sys.modules[MODULE] = module  # dataclasses and pickles of the script look it up by its name
    code = compile(Path(path).read_bytes(), path, "exec", dont_inherit=True)
    exec(code, module.__dict__)
    return module


def _class(module: ModuleType) -> Any:
    kinds = [
        value for value in vars(module).values()
        if inspect.isclass(value) and value.__module__ == MODULE
        and callable(getattr(value, "load", None)) and callable(getattr(value, "predict", None))
    ]  # fmt: skip
    named = [kind for kind in kinds if kind.__name__ == "Model"] or kinds
    if len(named) != 1:
        names = ", ".join(kind.__name__ for kind in kinds)
        raise ValueError("%s%s." % (WHOLE, "; of %s none is called Model" % names if kinds else ", and has none"))
    return named[0]


class Script:
    """Somebody's class at work: what it says is made sure of, what it raises is in the worker's log."""

    def __init__(self, program: Any, header: Mapping[str, Any]) -> None:
        self._program = program
        told = getattr(program, "signature", None) or header.get("signature") or {}
        self.signature = parse(told)
        own = getattr(program, "classes", None)  # may be an array, which is neither true nor false
        classes = own if own is not None and len(own) else header["metadata"].get("classes") or ()
        self.classes = [str(name) for name in classes]
        self.batch = int(getattr(program, "batch", 1))
        for name in ("stream", "work"):
            if callable(getattr(program, name, None)):
                setattr(self, name, getattr(self, "_" + name))
        if callable(getattr(program, "predict_images", None)):
            self.predict = self._predict

    def infer(self, inputs: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """Hand tensors through preprocess, predict and postprocess, of which only `predict` must be there."""
        given: Any = check(inputs, self.signature, missing=True) if self.signature["inputs"] else dict(inputs)
        with _told("predict"):
            for step in ("preprocess", "predict", "postprocess"):
                work = getattr(self._program, step, None)
                given = given if work is None else work(given)
        return _tensors(given)

    def warm_up(self) -> None:
        """Let the script warm up, where it knows how to."""
        work = getattr(self._program, "warm_up", None)
        if callable(work):
            work()

    def _predict(self, images: Any, options: Mapping[str, Any]) -> Any:
        with _told("predict_images"):
            return list(self._program.predict_images(images, options))

    def _work(self, options: Mapping[str, Any], shapes: Any) -> List[int]:
        with _told("work"):
            return [int(count) for count in self._program.work(options, shapes)]

    def _stream(self, parameters: Mapping[str, Any]) -> Iterator[Dict[str, Any]]:
        """Yield what the script yields: texts, or objects; when the caller leaves, the script's own work is closed."""
        with _told("stream"):
            for piece in self._program.stream(parameters):
                if not isinstance(piece, (str, Mapping)):
                    raise TypeError("'stream' must yield texts or objects, not %s." % type(piece).__name__)
                yield {"text": piece} if isinstance(piece, str) else dict(piece)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Write what a script raises to the worker's log; a ValueError is what the script refuses, and no fault of its."""
    try:
        yield
    except ValueError:
        raise
    except Exception:
        print("The script failed in '%s':" % what, file=sys.stderr)
        traceback.print_exc()
        raise


def _tensors(answer: Any) -> Dict[str, np.ndarray]:
    """An answer as tensors with names; TypeError says what it is instead."""
    named = dict(answer) if isinstance(answer, Mapping) else {"output": answer}
    found = {}
    for name, value in named.items():
        array = np.asarray(value.detach() if hasattr(value, "detach") else value)
        if array.dtype.kind in "US":
            array = array.astype(object)
        is_text = array.dtype.kind == "O" and array.size and all(isinstance(text, str) for text in array.ravel())
        if not isinstance(name, str) or str(array.dtype) not in NAMES or (array.dtype.kind == "O" and not is_text):
            kind = type(value).__name__ if array.dtype.kind == "O" else str(array.dtype)
            raise TypeError("The script's answer must be tensors by name; %.100r is %s." % (name, kind))
        found[name] = array
    if not found:
        raise TypeError("The script's answer must be tensors by name; it is empty.")
    return found
