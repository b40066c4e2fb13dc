"""Programs of torch: TorchScript, and what torch.export wrote. They hold no Python, only torch's own operators.

What torch.export reads with them by itself could: tensors by pickle, which are read as weights only here, and sizes,
which are looked at before.
"""

from __future__ import annotations

import os
import pickle
import warnings
import zipfile
from typing import Any, Callable, Dict, List, Mapping, Sequence, Tuple

import numpy as np
import torch

from crispdm.algorithms._quick import as_tensor
from crispdm.algorithms._tensors import KINDS, MANY, NAMES, Refusal, check, tensor

from ._expressions import check_expressions
from ._signature import parse

SCALARS = {"int": ("INT64", int), "float": ("FP64", float), "bool": ("BOOL", bool)}
"""What a program takes beside tensors: how it travels, and what it becomes."""

BROKEN = (
    RuntimeError, OSError, EOFError, LookupError, TypeError, AttributeError, AssertionError, zipfile.BadZipFile,
    pickle.UnpicklingError,
)  # fmt: skip
"""What reading damaged or forged bytes raises."""


def ready(header: Mapping[str, Any]) -> None:
    """Import what reads the file."""
    if header.get("format") == "exported":
        import torch.export  # noqa: F401


def load(header: Mapping[str, Any]) -> Any:
    """Load a program; ValueError says why it is none, or what must be told of it."""
    try:
        return (_exported if header.get("format") == "exported" else _script)(header)
    except BROKEN as error:
        raise ValueError("The model file cannot be read: %s: %.500s" % (type(error).__name__, error)) from error


class Program:
    """A program that is loaded, and what it takes and gives."""

    def __init__(
        self, run: Callable[..., Any], inputs: Sequence[Mapping[str, Any]], outputs: Sequence[Mapping[str, Any]],
        header: Mapping[str, Any], reset: Callable[[], Any] = lambda: None, scalars: Mapping[str, Any] = {},
    ) -> None:  # fmt: skip
        self._run, self._reset, self._scalars = run, reset, scalars
        self.classes = [str(name) for name in header["metadata"].get("classes") or ()]
        self._names = [one["name"] for one in outputs]
        self.signature = {"inputs": [dict(one) for one in inputs], "outputs": [dict(one) for one in outputs]}
        self.batch = MANY if outputs and _takes_rows([*inputs, *outputs]) else 1
        if not outputs:
            self._try()

    @torch.inference_mode()
    def infer(self, inputs: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """Run the program, from its beginning: nothing stays of what others asked."""
        given = [self._argument(name, array) for name, array in check(inputs, self.signature).items()]
        try:
            self._reset()
            answers = _flat(self._run(*given))
        except RuntimeError as error:
            raise Refusal("The model cannot be run on this: %s" % _last_line(error)) from error
        names = self._names or ["output%d" % number for number in range(len(answers))]
        if len(names) != len(answers):
            raise TypeError("The model gave %d tensors; %d were promised." % (len(answers), len(names)))
        return {name: answer.detach().contiguous().numpy() for name, answer in zip(names, answers)}

    def warm_up(self) -> None:
        """Answer zeros once, so that the first client does not wait for what is done only once."""
        self.infer(self._zeros())

    def _argument(self, name: str, array: np.ndarray) -> Any:
        return self._scalars[name](array.reshape(-1)[0]) if name in self._scalars else as_tensor(array)

    def _zeros(self) -> Dict[str, np.ndarray]:
        wanted = self.signature["inputs"]
        return {one["name"]: np.zeros([max(1, n) for n in one["shape"]], KINDS[one["datatype"]]) for one in wanted}

    def _try(self) -> None:
        """Find out by zeros what comes out; where these cannot be answered, nothing is told of it."""
        try:
            tried = self.infer(self._zeros())
        except (ValueError, TypeError):
            return
        self.signature["outputs"] = [
            tensor(name, NAMES[str(array.dtype)], [-1] * array.ndim) for name, array in tried.items()
        ]


def _script(header: Mapping[str, Any]) -> Program:
    """TorchScript: what it takes besides names must have been registered with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        module = torch.jit.load(header["path"], map_location="cpu").eval()  # type: ignore[no-untyped-call]
    config = header["metadata"].get("config") or {}
    method = _method(module, config.get("method", "forward"))
    arguments = [(one.name, str(one.type)) for one in method.schema.arguments[1:] if not one.has_default_value()]
    told = parse(header.get("signature") or {})
    inputs = told["inputs"] or _scalar_inputs(arguments)
    if [one["name"] for one in inputs] != [name for name, _ in arguments]:
        known = ", ".join("%s: %s" % argument for argument in arguments)
        raise ValueError("'signature.inputs' must describe what '%s' takes, in this order: %s." % (method.name, known))
    scalars = {name: SCALARS[kind][1] for name, kind in arguments if kind in SCALARS}
    reset = _method(module, config["reset"]) if config.get("reset") else lambda: None
    return Program(method, inputs, told["outputs"], header, reset, scalars)


def _method(module: Any, name: Any) -> Any:
    if not isinstance(name, str) or name not in module._c._method_names():
        raise ValueError("'metadata.config' names '%.100s', which is no method of the TorchScript." % name)
    return module._c._get_method(name)


def _scalar_inputs(arguments: Sequence[Tuple[str, str]]) -> List[Dict[str, Any]]:
    """Describe the arguments, where none is a tensor: of those nobody knows the shape."""
    if any(kind not in SCALARS for _, kind in arguments):
        return []
    return [tensor(name, SCALARS[kind][0], [1]) for name, kind in arguments]


def _exported(header: Mapping[str, Any]) -> Program:
    """A program of torch.export: it says itself what it takes and gives."""
    check_expressions(header["path"])
    os.environ["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] = "1"  # or torch would read tensors as pickles of anything
    program = torch.export.load(header["path"])
    values = {node.name: node.meta.get("val") for node in program.graph.nodes}
    taken = [(str(name), values.get(str(name))) for name in program.graph_signature.user_inputs]
    given = [(str(name), values.get(str(name))) for name in program.graph_signature.user_outputs]
    strange = [name for name, value in [*taken, *given] if not isinstance(value, torch.Tensor)]
    if strange:
        raise ValueError("The program takes or gives '%.100s', which is no tensor." % strange[0])
    names = [one["name"] for one in parse(header.get("signature") or {})["outputs"]]
    if len(names) != len(given):
        names = [name for name, _ in given]
    outputs = [_described(name, value) for name, (_, value) in zip(names, given)]
    return Program(program.module(), [_described(name, value) for name, value in taken], outputs, header)


def _described(name: str, value: Any) -> Dict[str, Any]:
    kind = str(value.dtype).replace("torch.", "")
    if kind not in NAMES:
        raise ValueError("'%s' is %s, which cannot be sent." % (name, kind))
    return tensor(name, NAMES[kind], [length if type(length) is int else -1 for length in value.shape])


def _takes_rows(tensors: Sequence[Mapping[str, Any]]) -> bool:
    return all(one["shape"][:1] == [-1] for one in tensors)


def _flat(answer: Any) -> List[Any]:
    """The tensors of an answer, which may lie in tuples, lists and dicts."""
    if isinstance(answer, torch.Tensor):
        return [answer]
    if isinstance(answer, Mapping):
        return [one for value in answer.values() for one in _flat(value)]
    if isinstance(answer, (tuple, list)):
        return [one for value in answer for one in _flat(value)]
    if isinstance(answer, (bool, int, float)):
        return [torch.tensor(answer)]
    raise TypeError("The model gave a %s, which is no tensor." % type(answer).__name__)


def _last_line(error: Exception) -> str:
    """The reason itself: above it stands where in the program it happened."""
    lines = [line for line in str(error).strip().splitlines() if line.strip()] or [type(error).__name__]
    return lines[-1][:500]
