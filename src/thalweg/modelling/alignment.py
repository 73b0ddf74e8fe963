"""Numbers beside a block: one for all, an array in its order, or a series, table or mapping by its labels.

What has the labels of one level of the block is repeated beside the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from thalweg import inputs
from thalweg.errors import InputError, suggest
from thalweg.modelling.labels import Labels
from thalweg.result import Array


def aligned(values: Any, labels: Labels, what: str, default: float | None = None) -> tuple[Array, Labels]:
    """Return one number for each entry, and the labels: those of a series replace plain numbers.

    ``default`` stands for labels that a mapping leaves out, and for None. NaN is refused; infinity is not.
    """
    values = default if values is None and default is not None else values
    if isinstance(values, Mapping):
        return _placed(dict(values), labels, what, default), labels
    if _is_table(values):
        return _from_table(values, labels, what)
    if hasattr(values, "index") and hasattr(values, "to_numpy"):
        return _from_series(values, labels, what)
    array = _numbers(values, what, default)
    if array.ndim == 0:
        return _checked(np.full(labels.size, float(array)), labels, what), labels
    if labels.scalar and array.ndim == 1:
        labels = Labels.of(array.size, what)
    if array.ndim > 1 and array.shape != labels.shape:
        raise InputError(f"{what} has shape {array.shape}; expected {labels.shape}.")
    if array.size != labels.size:
        raise InputError(f"{what} has {array.size} entries; expected {labels.size} (or one number for all).")
    return _checked(array.ravel(), labels, what), labels


def finite(array: Array, labels: Labels, what: str) -> Array:
    """Refuse infinity."""
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        raise InputError(f"{what} is infinite at {_place(labels, int(bad[0]))}. Only limits may be infinite.")
    return array


def _is_table(values: Any) -> bool:
    return hasattr(values, "columns") and hasattr(values, "to_numpy")


def _numbers(values: Any, what: str, default: float | None) -> Array:
    """Convert to floats; None becomes the default."""
    if isinstance(values, (list, tuple)) and default is not None:
        values = [default if value is None else value for value in values]
    if inputs.is_sparse(values):
        raise InputError(f"{what} is a sparse matrix; write A @ x for a product with it, and pass arrays elsewhere.")
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise InputError(f"{what} is not an array of numbers ({error}).") from None
    if array.dtype.kind not in "biuf":
        raise InputError(f"{what} is {values!r:.80}; expected numbers.")
    return array.astype(np.float64)


def _checked(array: Array, labels: Labels, what: str) -> Array:
    bad = np.flatnonzero(np.isnan(array))
    if bad.size:
        raise InputError(f"{what} has NaN at {_place(labels, int(bad[0]))}. Drop or fill it first.")
    return array


def _place(labels: Labels, position: int) -> str:
    return "its only entry" if labels.scalar else repr(labels.entries()[position])


def _from_series(series: Any, labels: Labels, what: str) -> tuple[Array, Labels]:
    numbers = _numbers(series.to_numpy(), what, None)
    entries, fits = list(series.index), numbers.size == labels.size
    if len(set(entries)) != len(entries):
        raise InputError(f"the index of {what} has labels that repeat; each label must stand there once.")
    there = set(entries)
    same = next((own for own in labels.all_labels if set(own.entries()) == there), None) if fits else None
    strange, labels = fits and same is None, same or labels
    if labels.scalar or (labels.plain and strange):
        own = Labels.of(series.index, f"index of {what}")
        return _checked(numbers, own, what), own
    if strange and entries == list(range(numbers.size)):  # nobody gave it labels
        return _checked(numbers, labels, what), labels
    values = dict(zip(entries, numbers.tolist(), strict=True))
    return _placed(values, labels, what, None, getattr(series.index, "name", None)), labels


def _placed(values: dict[Any, Any], labels: Labels, what: str, default: float | None, name: Any = None) -> Array:
    """Look up each entry; where the values have labels of one level, each entry's label in that level.

    ``name`` is that of the values' index, and tells levels with the same labels apart.
    """
    k = _level_of(values, labels, what, name)
    if k is None:
        return _by_label(values, labels, what, default)
    return _by_label(values, Labels((labels.levels[k],)), what, default)[labels.all_codes[k]]


def _level_of(values: dict[Any, Any], labels: Labels, what: str, name: Any) -> int | None:
    """Return the one level that has labels of the values; None if there is none, or no other level."""
    fits = [k for k, level in enumerate(labels.levels) if not values.keys().isdisjoint(level)]
    if len(labels.levels) < 2 or not fits:
        return None
    if len(fits) > 1 and name is not None:
        fits = [k for k in fits if labels.names[k] == name] or fits
    if len(fits) > 1:
        raise InputError(
            f"{what} has labels of levels {fits[0]} and {fits[1]}; pass a series whose index has the name of the level "
            "that is meant, or a number for each entry."
        )
    return fits[0]


def _from_table(table: Any, labels: Labels, what: str) -> tuple[Array, Labels]:
    """Read a table whose rows are the first level and whose columns are the second."""
    if len(labels.levels) != 2:
        raise InputError(f"{what} is a table; a block of {len(labels.levels)} levels needs a series or an array.")
    rows = list(table.index) if hasattr(table, "index") else list(range(len(table)))
    columns, numbers = list(table.columns), _numbers(table.to_numpy(), what, None)
    pairs = [(row, column) for row in rows for column in columns]
    if len(set(pairs)) != len(pairs):
        raise InputError(f"rows or columns of {what} repeat; each label must stand there once.")
    return _by_label(dict(zip(pairs, numbers.ravel().tolist(), strict=True)), labels, what, None), labels


def _by_label(values: dict[Any, Any], labels: Labels, what: str, default: float | None) -> Array:
    """Look up each label; strangers are refused, and so are gaps unless there is a default."""
    if labels.scalar:
        raise InputError(f"{what} gives numbers by label, but there are no labels here; pass one number.")
    entries = labels.entries()
    strangers = values.keys() - set(entries)
    if strangers:
        first = next(label for label in values if label in strangers)
        raise InputError(
            f"{what} has the label {first!r}, which is not there. {suggest(str(first), map(str, entries))}"
        )
    missing = [label for label in entries if label not in values] if len(values) < len(entries) else []
    if missing and default is None:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise InputError(f"{what} has no number for {missing[0]!r}{more}.")
    found = [values.get(label, default) for label in entries]
    return _checked(_numbers(found, what, default), labels, what)
