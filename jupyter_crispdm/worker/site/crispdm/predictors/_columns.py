"""The columns of a table that a model takes: their names, types and categories, and rows made of a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from crispdm.algorithms._tensors import Refusal, fit, tensor, told

ROWS = "rows"
"""The one tensor that holds a table of numbers."""

TYPES = {"number": "FP64", "text": "BYTES", "flag": "BOOL"}
SHOWN = 20


@dataclass(frozen=True)
class Column:
    """One column; `categories` are all values that the model knows, None where it takes any."""

    name: str
    type: str = "number"
    categories: Optional[Tuple[Any, ...]] = None

    @classmethod
    def parse(cls, given: Any) -> Column:
        """Read a column as somebody described it: its name, or {"name", "type", "categories"}."""
        if isinstance(given, str):
            return cls(given)
        if not isinstance(given, Mapping) or not isinstance(given.get("name"), str):
            raise ValueError("'metadata.columns' must be names, or objects with 'name', 'type' and 'categories'.")
        kind = given.get("type", "text" if given.get("categories") else "number")
        if kind not in tuple(TYPES):
            raise ValueError("'type' of the column '%s' must be one of %s." % (given["name"], ", ".join(TYPES)))
        return cls(given["name"], kind, _categories(given))

    def described(self) -> Dict[str, Any]:
        """Say what it is, for the forms in which people fill it in."""
        known = {} if self.categories is None else {"categories": [_plain(value) for value in self.categories]}
        return {"name": self.name, "type": self.type, **known}


class Table:
    """All columns of a model; a request gives each as a tensor, or, where all are numbers, one tensor of rows."""

    def __init__(self, columns: Sequence[Column], named: bool) -> None:
        self.columns, self._named = list(columns), named
        self._is_numeric = all(column.type == "number" and column.categories is None for column in columns)
        self._rows = tensor(ROWS, "FP64", [-1, len(columns)])
        self._each = [tensor(column.name, TYPES[column.type], [-1]) for column in columns]

    @property
    def inputs(self) -> List[Dict[str, Any]]:
        """The tensors that a request gives."""
        return [self._rows] if self._is_numeric else self._each

    def read(self, inputs: Mapping[str, np.ndarray]) -> Any:
        """Make a table of a request, a data frame where the model knows names; Refusal names what does not fit."""
        if self._is_numeric and (len(inputs) == 1 or not self._named) and not self._is_one_column(inputs):
            return self._frame_of_rows(self._one(inputs))
        values = self._each_checked(inputs)
        if not self._named:
            return np.column_stack([values[column.name] for column in self.columns])
        return _frame(values)

    def missing(self, table: Any) -> str:
        """Say in which columns values are missing, and in which row first; empty when none is."""
        rows = np.asarray(table, object)
        gaps = [(column.name, [n for n, value in enumerate(rows[:, place]) if value is None or value != value])
                for place, column in enumerate(self.columns)]  # fmt: skip
        return ", ".join("'%s' (row %d)" % (name, found[0]) for name, found in gaps[:1000] if found)

    def example(self) -> Dict[str, np.ndarray]:
        """Make a row of zeros, and of first categories, to try the model with."""
        if self._is_numeric:
            return {ROWS: np.zeros((1, len(self.columns)))}
        return {column.name: _first(column) for column in self.columns}

    def _is_one_column(self, inputs: Mapping[str, np.ndarray]) -> bool:
        """Whether the one tensor is the one column, and not rows of it."""
        given = inputs.get(self.columns[0].name)
        return given is not None and given.ndim == 1

    def _one(self, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        if len(inputs) != 1:
            raise Refusal("The model takes one tensor: %s." % told([self._rows]), ROWS)
        ((name, array),) = inputs.items()
        return fit(array, {**self._rows, "name": name}, missing=True)

    def _frame_of_rows(self, rows: np.ndarray) -> Any:
        return _frame({column.name: rows[:, n] for n, column in enumerate(self.columns)}) if self._named else rows

    def _each_checked(self, inputs: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
        self._check_names(inputs)
        values = {column.name: self._column(column, wanted, inputs[column.name])
                  for column, wanted in zip(self.columns, self._each)}  # fmt: skip
        lengths = {name: len(array) for name, array in values.items()}
        first = self.columns[0].name
        for name, length in lengths.items():
            if length != lengths[first]:
                raise Refusal("'%s' has %d rows and '%s' %d." % (name, length, first, lengths[first]), name)
        return values

    def _check_names(self, inputs: Mapping[str, np.ndarray]) -> None:
        known = [column.name for column in self.columns]
        offered = ", ".join("'%s'" % name for name in known[:SHOWN]) + ("" if len(known) <= SHOWN else " and more")
        strange = [name for name in inputs if name not in known]
        lacking = [name for name in known if name not in inputs]
        if lacking:
            also = " ('%s' is not known)" % strange[0][:100] if strange else ""
            raise Refusal("The column '%s' is missing%s; there must be %s." % (lacking[0], also, offered), lacking[0])
        if strange:
            name = strange[0][:100]
            raise Refusal("The column '%s' is not known; there must be %s." % (name, offered), name)

    def _column(self, column: Column, wanted: Mapping[str, Any], array: np.ndarray) -> np.ndarray:
        values = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
        values = fit(values, wanted, missing=True)
        if column.type == "text":
            values = _texts(values, column.categories)
        if column.categories is not None:
            _check_categories(values, column)
        return values


def _categories(given: Mapping[str, Any]) -> Optional[Tuple[Any, ...]]:
    values = given.get("categories")
    if values is None:
        return None
    if not isinstance(values, (list, tuple)) or not all(isinstance(value, (str, int, float)) for value in values):
        raise ValueError("'categories' of the column '%s' must be a list of texts or numbers." % given["name"])
    return tuple(values)


def _texts(values: np.ndarray, categories: Optional[Tuple[Any, ...]]) -> np.ndarray:
    """An empty text says that a value is not known, unless it is a category of its own."""
    if "" in (categories or ()):
        return values
    found: np.ndarray = values.copy()
    found[found == ""] = np.nan
    return found


def _check_categories(values: np.ndarray, column: Column) -> None:
    known = set(column.categories or ())
    for row, value in enumerate(values.tolist()):
        if value == value and value not in known:
            offered = ", ".join(str(_plain(item)) for item in (column.categories or ())[:SHOWN])
            more = " and %d more" % (len(known) - SHOWN) if len(known) > SHOWN else ""
            message = "'%s' has the unknown category '%.100s' in row %d; the model knows %s%s."
            raise Refusal(message % (column.name, value, row, offered, more), column.name)


def _first(column: Column) -> np.ndarray:
    values: Tuple[Any, ...] = column.categories or {"number": (0.0,), "text": ("",), "flag": (False,)}[column.type]
    kind: Any = {"number": float, "text": object, "flag": bool}[column.type]
    return np.array([values[0]], kind)


def _frame(values: Mapping[str, np.ndarray]) -> Any:
    from ._needed import needed

    return needed("pandas").DataFrame(dict(values))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
