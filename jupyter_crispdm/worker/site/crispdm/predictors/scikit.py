"""Models of scikit-learn and what has its shape: by skops, of types that somebody trusts, or by an allowed pickle."""

from __future__ import annotations

import warnings
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from crispdm.algorithms._tensors import MANY, NAMES, Refusal, tensor

from ._columns import Column, Table
from ._needed import needed, telling_what_is_missing

EVERYTHING = "pickle"
"""What `trusted` holds where an admin allowed a file to run whatever it holds."""

KINDS = {"f": "float64", "i": "int64", "u": "int64", "b": "bool"}
"""How answers travel."""


def ready(header: Mapping[str, Any]) -> None:
    """Import scikit-learn, and what reads the file; refuse a pickle that nobody allowed."""
    needed("sklearn")
    if header.get("format") == "skops":
        needed("skops.io")
    else:
        _check_allowed(header)
        needed("joblib")


def load(header: Mapping[str, Any]) -> Any:
    """Load an estimator, and what there is to know of its columns."""
    with telling_what_is_missing():  # what the estimator is made of may be of any package
        estimator = _read_skops(header) if header.get("format") == "skops" else _read_pickle(header)
    if not callable(getattr(estimator, "predict", None)):
        told = "The file holds a %s, which has no 'predict'." % type(estimator).__name__
        raise ValueError(told)
    return Tabular(estimator, header["metadata"])


def _read_skops(header: Mapping[str, Any]) -> Any:
    """Read a tree of objects, of types that are trusted by everybody or by the registry."""
    skops, exceptions = needed("skops.io"), needed("skops.io.exceptions")
    try:
        return skops.load(header["path"], trusted=sorted(header.get("trusted", ())))
    except exceptions.UntrustedTypesFoundException as error:
        raise ValueError("The model file holds types that nobody has trusted: %.500s" % error) from error


def _check_allowed(header: Mapping[str, Any]) -> None:
    if EVERYTHING not in header.get("trusted", ()):
        raise ValueError("A pickle runs code when it is loaded, and no admin has allowed this one.")


def _read_pickle(header: Mapping[str, Any]) -> Any:
    _check_allowed(header)
    return needed("joblib").load(header["path"])


class Tabular:
    """A fitted estimator: rows in, labels and how likely they are out."""

    def __init__(self, estimator: Any, metadata: Mapping[str, Any]) -> None:
        self._estimator = estimator
        names = getattr(estimator, "feature_names_in_", None)
        self._table = Table(_columns(estimator, metadata, names), named=names is not None)
        self._asked = [name for name in ("predict_proba", "decision_function") if _has(estimator, name)][:1]
        self.classes = _classes(estimator, metadata)
        self.signature = {
            "inputs": self._table.inputs,
            "outputs": self._outputs(),
            "columns": [column.described() for column in self._table.columns],
        }
        travels = [one["datatype"] for side in ("inputs", "outputs") for one in self.signature[side]]
        self.batch = 1 if "BYTES" in travels else MANY  # texts are not cut by rows

    def infer(self, inputs: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """Answer rows: "predict", and what the estimator says of how sure it is."""
        table = self._table.read(inputs)
        try:
            return {name: _answer(getattr(self._estimator, name)(table)) for name in ("predict", *self._asked)}
        except ValueError as error:
            missing = self._table.missing(table)
            if not missing:
                raise
            field = missing.split("'")[1]
            raise Refusal("The model takes no missing values; they are missing in %s." % missing, field) from error

    def _outputs(self) -> List[Dict[str, Any]]:
        """Find out by a row what comes out; where that row cannot be answered, only names are known."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tried = self.infer(self._table.example())
        except Exception:  # an odd estimator may refuse zeros; it may still answer what clients send
            return [tensor(name, "FP64", [-1]) for name in ("predict", *self._asked)]
        return [tensor(name, NAMES[str(array.dtype)], [-1, *array.shape[1:]]) for name, array in tried.items()]


def _has(estimator: Any, name: str) -> bool:
    """Whether it can; a pipeline says so by its last step."""
    try:
        return callable(getattr(estimator, name))
    except AttributeError:
        return False


def _answer(given: Any) -> np.ndarray:
    """What an estimator answered, as a tensor that travels; of several outputs each a column."""
    array = np.stack([np.asarray(part) for part in given], 1) if isinstance(given, list) else np.asarray(given)
    if array.dtype.kind in "OUS":
        texts = np.empty(array.shape, object)
        texts[:] = array.astype(str)
        return texts
    if array.dtype.kind not in KINDS:
        raise TypeError("The model answers %s, which is no tensor." % array.dtype)
    return array.astype(KINDS[array.dtype.kind])


def _classes(estimator: Any, metadata: Mapping[str, Any]) -> List[str]:
    """The classes as they were registered, or as the estimator knows them."""
    given = metadata.get("classes")
    known = getattr(estimator, "classes_", None)
    if given or not isinstance(known, np.ndarray):
        return [str(name) for name in given or ()]
    return [str(name) for name in known.tolist()]


def _columns(estimator: Any, metadata: Mapping[str, Any], names: Optional[Sequence[Any]]) -> List[Column]:
    """The columns that a model takes: as they were registered, else as it says itself."""
    if metadata.get("columns"):
        return _described(metadata["columns"], names)
    if names is not None:
        found = dict(_encoded(estimator))
        return [found.get(str(name), Column(str(name))) for name in names]
    count = getattr(estimator, "n_features_in_", None)
    if not isinstance(count, (int, np.integer)) or not 1 <= count <= 1_000_000:
        raise ValueError("The model does not say how many columns it takes; register it with 'metadata.columns'.")
    return [Column("column%d" % number) for number in range(int(count))]


def _described(given: Any, names: Optional[Sequence[Any]]) -> List[Column]:
    columns = [Column.parse(column) for column in given] if isinstance(given, (list, tuple)) else []
    told = [column.name for column in columns]
    if not columns or len(set(told)) < len(told):
        raise ValueError("'metadata.columns' must be a list of columns with different names.")
    if names is not None and told != [str(name) for name in names]:
        known = ", ".join(map(str, names))
        raise ValueError("'metadata.columns' must be those of the training, in their order: %.500s." % known)
    return columns


def _encoded(estimator: Any) -> Iterator[Tuple[str, Column]]:
    """The columns whose categories an encoder has learned; those of an encoder that takes others too are open."""
    for part in _parts(estimator):
        for _, transformer, columns in getattr(part, "transformers_", ()):
            names = [columns] if isinstance(columns, str) else list(columns) if not isinstance(columns, slice) else []
            for encoder in _parts(transformer):
                learned = getattr(encoder, "categories_", None)
                if learned is not None and len(learned) == len(names):
                    strict = getattr(encoder, "handle_unknown", "error") == "error"
                    yield from ((str(name), _column(name, values, strict)) for name, values in zip(names, learned))


def _column(name: Any, learned: Any, strict: bool) -> Column:
    values = [value for value in np.asarray(learned).tolist() if value is not None and value == value]
    kind = "text" if any(isinstance(value, str) for value in values) else "number"
    return Column(str(name), kind, tuple(values) if strict else None)


def _parts(estimator: Any) -> Iterator[Any]:
    """An estimator and, of a pipeline, its steps."""
    yield estimator
    for _, step in getattr(estimator, "steps", ()):
        yield from _parts(step)
