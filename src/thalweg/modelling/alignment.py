"""Numbers beside a block: one for all, an array in its order, or a series, table or mapping by its labels.

What has the labels of some levels of the block is repeated beside the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg import inputs
from thalweg.errors import InputError, suggest
from thalweg.modelling.labels import Labels
from thalweg.modelling.levels import grouped, levels_meant
from thalweg.result import Array


def aligned(values: Any, labels: Labels, what: str, default: float | None = None) -> tuple[Array, Labels]:
    """Return one number for each entry, and the labels: those of a series replace plain numbers.

    ``default`` stands for labels that a mapping leaves out, and for None.

    Raises
    ------
    InputError
        Another number of entries, labels that are missing or not there, NaN (not infinity), text.
    """
    values = default if values is None and default is not None else values
    if labels.scalar and (isinstance(values, Mapping) or is_table(values)):
        raise InputError(f"{what} gives numbers by label, but there are no labels here; pass one number.")
    if isinstance(values, Mapping):
        return _placed(_ByLabel(dict(values), (), what, default), labels)
    if is_table(values):
        return _placed(_cells(values, labels, what), labels)
    if is_series(values):
        return _from_series(values, labels, what)
    array = _numbers(values, what, default)
    if array.ndim == 0:
        return _checked(np.full(labels.size, float(array)), labels, what), labels
    if labels.scalar and array.ndim == 1:
        labels = Labels.of(array.size, what)
    if array.ndim > 1 and array.shape != labels.shape:
        expected = "one number" if labels.scalar else labels.shape
        product = " Write A @ x for a product with a matrix." if len(labels.levels) == 1 else ""
        raise InputError(f"{what} has shape {array.shape}; expected {expected}.{product}")
    if array.size != labels.size:
        raise InputError(f"{what} has {array.size} entries; expected {labels.size} (or one number for all).")
    return _checked(array.ravel(), labels, what), labels


def finite(array: Array, labels: Labels, what: str) -> Array:
    """Refuse infinity."""
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        raise InputError(f"{what} is infinite at {_place(labels, int(bad[0]))}. Only limits may be infinite.")
    return array


def divisors(values: Any, labels: Labels) -> tuple[Array, Labels]:
    """Read what a block is divided by: finite and nowhere 0."""
    numbers, labels = aligned(values, labels, "the divisor")
    if not numbers.all():
        raise InputError("the divisor is 0 in at least one place.")
    return finite(numbers, labels, "the divisor"), labels


def is_table(values: Any) -> bool:
    """Whether something is a data frame."""
    return hasattr(values, "columns") and hasattr(values, "to_numpy")


def is_series(values: Any) -> bool:
    """Whether something is a series with an index, as those of pandas."""
    return hasattr(values, "index") and hasattr(values, "to_numpy") and not is_table(values)


def level_names(index: Any) -> tuple[Any, ...]:
    """Names of the levels of a pandas (Multi)Index; none of anything else."""
    return tuple(getattr(index, "names", ()))


def counts(entries: list[Any]) -> bool:
    """Whether labels are 0, 1, 2, ..., as pandas gives them where nobody else does."""
    return entries == list(range(len(entries)))


def _numbers(values: Any, what: str, default: float | None) -> Array:
    """Convert to floats; None becomes the default, or NaN where there is none."""
    if inputs.is_sparse(values):
        raise InputError(f"{what} is a sparse matrix; write A @ x for a product with it, and pass arrays elsewhere.")
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise InputError(f"{what} is not an array of numbers ({error}).") from None
    if array.dtype == object and array.ndim:
        array = _from_objects(array, default)
    if array.dtype.kind not in "biuf":
        raise InputError(f"{what} is {values!r:.80}; expected numbers.")
    return array.astype(np.float64)


def _from_objects(array: Any, default: float | None) -> Any:
    """Convert numbers among objects, such as a row of a table with columns of several types; leave all others."""
    none = np.nan if default is None else default
    found = [none if value is None else value for value in array.ravel().tolist()]
    if any(isinstance(value, (str, bytes)) for value in found):
        return array
    try:
        return np.array([float(value) for value in found]).reshape(array.shape)
    except (TypeError, ValueError, OverflowError):
        return array


def _checked(array: Array, labels: Labels, what: str) -> Array:
    bad = np.flatnonzero(np.isnan(array))
    if bad.size:
        place = _place(labels, int(bad[0]))
        raise InputError(f"{what} has NaN at {place}. Fill it first; a limit that is not there is infinite.")
    return array


def _place(labels: Labels, position: int) -> str:
    return "its only entry" if labels.scalar else repr(labels.entries()[position])


@dataclass(frozen=True)
class _ByLabel:
    """Numbers by label, with the names of the labels' levels where they have some."""

    values: dict[Any, Any]
    names: Sequence[Any]
    what: str
    default: float | None = None


def _from_series(series: Any, labels: Labels, what: str) -> tuple[Array, Labels]:
    numbers, entries = _numbers(series.to_numpy(), what, None), list(series.index)
    values = dict(zip(entries, numbers.tolist(), strict=True))
    if len(values) != len(entries):
        raise InputError(f"the index of {what} has labels that repeat; each label must stand there once.")
    counted = counts(entries)
    if labels.scalar:
        own = Labels.of(len(entries) if counted else series.index, f"index of {what}")
        return _checked(numbers, own, what), own
    if numbers.size == labels.size and not _is_known(values, labels):
        if counted:  # nobody gave it labels
            return _checked(numbers, labels, what), labels
        own = Labels.of(series.index, f"index of {what}")
        if labels.plain and (len(labels.levels) == 1 or own.shape == labels.shape):
            return _checked(numbers, own, what), own
    return _placed(_ByLabel(values, level_names(series.index), what), labels)


def _is_known(values: dict[Any, Any], labels: Labels) -> bool:
    """Whether the values have the labels of all entries, or of one level."""
    whole = any(set(own.entries()) == values.keys() for own in labels.all_labels)
    return whole or any(set(level) == values.keys() for own in labels.all_labels for level in own.levels)


def _cells(table: Any, labels: Labels, what: str) -> _ByLabel:
    """Read a table: a cell has the labels of its row, then those of its column."""
    if len(labels.levels) == 1:
        raise InputError(
            f"{what} is a table; beside a block of one level write a series, such as table.loc[row] or table[column]. "
            "x.weighted(table) is the product of a table and a block; of a block of several levels "
            "x.weighted(table, by=...) keeps some, and its entries stand beside a table."
        )
    index = table.index if hasattr(table, "index") else range(len(table))
    rows, columns = ([_parts(label) for label in side] for side in (index, table.columns))
    numbers = _numbers(table.to_numpy(), what, None)
    cells = (row + column for row in rows for column in columns)
    values = dict(zip(cells, numbers.ravel().tolist(), strict=True))
    if len(values) != numbers.size:
        raise InputError(f"rows or columns of {what} repeat; each label must stand there once.")
    return _ByLabel(values, (*level_names(index), *level_names(table.columns)), what)


def _parts(label: Any) -> tuple[Any, ...]:
    return label if isinstance(label, tuple) else (label,)


def _placed(given: _ByLabel, labels: Labels) -> tuple[Array, Labels]:
    """Look up each entry: by its whole label, or by those of its levels that the numbers speak of.

    Where slices were combined, the numbers may have the labels of any of them.
    """
    chosen = labels
    for own in labels.all_labels if labels.others else ():
        if set(_part(given, own)[1].entries()) == given.values.keys():
            chosen = own
            break
    groups, part = _part(given, chosen)
    numbers = _by_label(given, part)
    return numbers if part is chosen else numbers[groups], chosen


def _part(given: _ByLabel, labels: Labels) -> tuple[Any, Labels]:
    """Return the group of each entry, and the labels of the groups, for the levels that the numbers speak of."""
    kept = levels_meant(given.values, given.names, labels, given.what)
    if kept == tuple(range(len(labels.levels))):
        return slice(None), labels
    return grouped(labels, kept)


def _by_label(given: _ByLabel, labels: Labels) -> Array:
    """Look up each label; strangers are refused, and so are gaps unless there is a default."""
    values, entries = given.values, labels.entries()
    strangers = values.keys() - set(entries)
    if strangers:
        raise _stranger(given, labels, next(label for label in values if label in strangers))
    missing = [label for label in entries if label not in values] if len(values) < len(entries) else []
    if missing and given.default is None:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise InputError(f"{given.what} has no number for {missing[0]!r}{more}.")
    found = [values.get(label, given.default) for label in entries]
    return _checked(_numbers(found, given.what, given.default), labels, given.what)


def _stranger(given: _ByLabel, labels: Labels, label: Any) -> InputError:
    """Say which label is not there, and what may be meant."""
    if label in labels.names:
        hint = f"{label!r} is the name of a level: a mapping as index gives names of levels; pass a list of labels."
    else:
        hint = suggest(str(label), map(str, labels.entries()))
    return InputError(f"{given.what} has the label {label!r}, which is not there. {hint}")
