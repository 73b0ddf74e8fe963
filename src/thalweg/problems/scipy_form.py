"""SciPy's way to write constraints (A_ub x <= b_ub, A_eq x = b_eq, bounds), turned into two-sided rows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from thalweg import inputs, naming
from thalweg.errors import InputError
from thalweg.problems.labelled import Names, readable
from thalweg.result import Array
from thalweg.terms.matrices import stacked


class SciPyForm(NamedTuple):
    """The constraint arguments of ``scipy.optimize.linprog``."""

    A_ub: Any
    b_ub: Any
    A_eq: Any
    b_eq: Any
    bounds: Any


def two_sided(form: SciPyForm, size: int) -> dict[str, Any]:
    """Keyword arguments A, row_lower, row_upper, lower, upper, names and row_names; A_ub goes before A_eq."""
    blocks: list[Any] = []
    row_lower: list[Array] = []
    row_upper: list[Array] = []
    labels: list[Names | None] = []
    for A, b, equal, name in ((form.A_ub, form.b_ub, False, "ub"), (form.A_eq, form.b_eq, True, "eq")):
        if (A is None) != (b is None):
            raise InputError(f"A_{name} and b_{name} come together; one of them is missing.")
        if A is not None:
            block = inputs.matrix(A, f"A_{name}", columns=size)
            right, own = _right_side(A, b, f"b_{name}", block.shape[0])
            blocks.append(block)
            row_lower.append(right if equal else np.full(right.size, -np.inf))
            row_upper.append(right)
            labels.append(own)
    lower, upper = _bounds(form.bounds, size)
    sides = {"lower": lower, "upper": upper, "names": _columns(form)}
    if not blocks:
        return {"A": None, **sides}
    rows = {"row_lower": np.concatenate(row_lower), "row_upper": np.concatenate(row_upper)}
    return {"A": stacked(blocks), **sides, **rows, "row_names": _rows(labels, [side.size for side in row_upper])}


def _right_side(A: Any, b: Any, what: str, rows: int) -> tuple[Array, Names | None]:
    """Right-hand sides in the order of the rows of A, and the names of these rows."""
    names = inputs.row_labels(A)
    read = readable(b, names, what, A, like_name=what.replace("b", "A", 1))
    names = names or naming.labels_of(read)
    right = inputs.vector(naming.aligned(read, names, what), what, size=rows, of="rows")
    return right, names


def _columns(form: SciPyForm) -> Names | None:
    """Names of the columns, in which A_ub and A_eq must agree; None for tables that only count them."""
    first, second = _names_of_columns(form.A_ub), _names_of_columns(form.A_eq)
    if first is not None and second is not None and first != second and len(first) == len(second):
        k = next(k for k, (one, other) in enumerate(zip(first, second, strict=True)) if one != other)
        raise InputError(
            f'column {k} of A_ub is "{first[k]}", but column {k} of A_eq is "{second[k]}". Give both the same columns '
            "in the same order, e.g. A_eq[list(A_ub.columns)]."
        )
    return first or second


def _names_of_columns(A: Any) -> Names | None:
    """Column names of a table, unless they are the numbers 0, 1, 2, ... that pandas gives by itself."""
    names = inputs.column_names(A)
    counted = names is not None and hasattr(A, "iloc") and list(A.columns) == list(range(len(names)))
    return None if counted else names


def _rows(labels: list[Names | None], sizes: list[int]) -> list[str] | None:
    """Names of all rows, where some have any; the others are called row0, row1, ... by their places."""
    if not any(labels):
        return None
    places = [f"row{k}" for k in range(sum(sizes))]
    first = sizes[0]
    names = [*(labels[0] or places[:first]), *((labels[-1] or places[first:]) if len(labels) > 1 else ())]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(
            f'two rows of A_ub and A_eq have the same label "{twice}", and labels of rows are read as names, which '
            "must differ. Pass A_ub.reset_index(drop=True), and the same of A_eq, for rows without names."
        )
    return names


def _bounds(bounds: Any, size: int) -> tuple[Any, Any]:
    """SciPy's forms: None, one (min, max) pair for all, a sequence of pairs, or an object with lb and ub."""
    if bounds is None:
        return [0.0] * size, [None] * size
    if hasattr(bounds, "lb"):
        lower: Array = np.broadcast_to(bounds.lb, size)
        upper: Array = np.broadcast_to(bounds.ub, size)
        return list(lower), list(upper)
    if hasattr(bounds, "iloc") and getattr(bounds, "shape", ())[1:] == (2,):  # a table: its rows may have names
        return bounds.iloc[:, 0], bounds.iloc[:, 1]
    try:
        _refuse_labels(bounds)
        pairs = list(bounds)
        _refuse_labels(*pairs)
    except TypeError:
        raise InputError(f"bounds is {bounds!r}; pass one (min, max) pair, or one for each variable.") from None
    if len(pairs) == 2 and not any(np.ndim(end) for end in pairs):
        pairs = [tuple(pairs)] * size
    if len(pairs) == 1:
        pairs = pairs * size
    if len(pairs) != size or any(np.shape(pair)[:1] != (2,) for pair in pairs):
        raise InputError(f"bounds must be one (min, max) pair or {size} of them; got {len(pairs)} entries.")
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _refuse_labels(*series: Any) -> None:
    """Refuse pairs that come in a series whose labels would be ignored."""
    for one in series:
        labels = naming.index_labels(one)
        if labels is not None and labels != list(range(len(labels))):
            raise InputError(
                "bounds comes as a series with labels, which are not followed here. Pass a data frame with the columns "
                "min and max, whose index is, or bounds.tolist() in the order of the variables."
            )
