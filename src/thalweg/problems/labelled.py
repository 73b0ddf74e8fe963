"""Labels of what a program is given: those of tables and series are followed or refused, never ignored.

Labels that are text are names. A series that counts 0, 1, 2, ... goes by position, as arrays do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from thalweg import inputs, naming
from thalweg.errors import InputError
from thalweg.result import Array

Names = tuple[str, ...]


def aligned_costs(program: Any, costs: Any, what: str) -> Array:
    """Check the costs; those of a labelled series are brought into the order of the variables, or name them."""
    names = program.names if program.names is not None else inputs.column_names(program.A)
    labels = naming.labels_of(costs)
    if names is None and labels is not None:
        names = labels
        object.__setattr__(program, "names", names)
    known = texts(names)
    if labels is not None and known is not None:
        _check_sides(program.A, labels, known, what)
    return inputs.vector(naming.aligned(readable(costs, known, what), known, what), what)


def variable_names(program: Any, size: int) -> Names | None:
    """Names of the variables: those that were given, else of the columns of A, else of bounds with labels."""
    columns = inputs.column_names(program.A)
    found = program.names if program.names is not None else columns or _first(program, ("lower", "upper"), size)
    names = naming.names_of(found, "names", size)
    check_order(columns, names, "A")
    return names


def names_of_rows(program: Any, size: int) -> Names | None:
    """Names of the rows: those that were given, else labels of the rows of A, else of limits with labels."""
    labels = inputs.row_labels(program.A)
    if program.row_names is None and labels is not None:
        _check_once(labels)
    found = program.row_names
    if found is None:
        found = labels or _first(program, ("row_lower", "row_upper"), size)
    names = naming.names_of(found, "row_names", size)
    i = _first_difference(labels, names)
    if i is not None and labels is not None and names is not None:
        raise InputError(
            f'row {i} of A is "{labels[i]}", but row {i} of row_names is "{names[i]}". Bring the rows into the order '
            "of the names, e.g. A.loc[list(row_names)], or leave row_names out."
        )
    return names


def readable(values: Any, names: Sequence[str] | None, what: str, like: Any = None) -> Any:
    """Return values whose labels, if they have any that are more than positions, are text.

    Labels that are no text pass where they are those of a table beside (``like``) in the same order.

    Raises
    ------
    InputError
        Labels that are neither names nor 0, 1, 2, ... in order, such as those that sorting or a filter leaves.
    """
    index = getattr(values, "index", None)
    if index is None or getattr(values, "ndim", 0) != 1 or not hasattr(values, "to_dict"):
        return values
    labels = list(index)
    counted = list(range(len(labels)))
    if labels == counted or naming.labels_of(values) is not None:
        return values
    if names is not None and set(map(str, labels)) <= set(names):
        return values.set_axis(list(map(str, labels)))
    if inputs.column_names(like) is not None and labels == list(getattr(like, "index", ())):
        return values
    shown = ", ".join(map(str, labels[:3])) + (", ..." if len(labels) > 3 else "")
    turned = set(labels) == set(counted)
    back = f"{what}.sort_index() if they are positions, " if turned else ""
    raise InputError(
        f"{what} has the index {shown}: these are neither names of the problem nor 0, 1, 2, ... in order. Was it "
        f"sorted or filtered? Pass {back}{what}.reset_index(drop=True) or {what}.to_numpy() if its order is right, or "
        "give it names as index."
    )


def check_order(columns: Sequence[str] | None, names: Sequence[str] | None, what: str) -> None:
    """Refuse a data frame whose columns are the problem's variables in another order: they are taken as they stand."""
    j = _first_difference(columns, names)
    if j is not None and columns is not None and names is not None:
        raise InputError(
            f'column {j} of {what} is "{columns[j]}", but variable {j} of the problem is "{names[j]}". '
            f"Bring the columns into the order of the variables, e.g. {what}[list(names)]."
        )


def check_square(P: Any, names: Sequence[str] | None) -> None:
    """Refuse a table of products whose rows or columns are the variables in another order."""
    columns, rows = inputs.column_names(P), inputs.row_labels(P)
    j = _first_difference(rows, columns)
    if names is None and j is not None and rows is not None and columns is not None:
        raise InputError(
            f'row {j} of P is "{rows[j]}", but its column {j} is "{columns[j]}". Bring the rows into the order of the '
            "columns, e.g. P.loc[list(P.columns)]."
        )
    for noun, own in (("row", rows), ("column", columns)):
        j = _first_difference(own, texts(names))
        if j is not None and own is not None and names is not None:
            raise InputError(
                f'{noun} {j} of P is "{own[j]}", but variable {j} of the problem is "{names[j]}". Bring rows and '
                "columns into the order of the variables, e.g. P.loc[list(names), list(names)], where names are those "
                "of the problem (problem.names)."
            )


def texts(names: Any) -> Names | None:
    """Names as they will be stored; None for what is no list of names, which is refused elsewhere."""
    return None if names is None or isinstance(names, str) else tuple(map(str, names))


def _first_difference(labels: Sequence[str] | None, names: Sequence[str] | None) -> int | None:
    """First place where labels differ from names, if they are the same ones in another order."""
    if labels is None or names is None or tuple(labels) == tuple(names) or sorted(labels) != sorted(names):
        return None
    return next(k for k, (one, other) in enumerate(zip(labels, names, strict=True)) if one != other)


def _first(program: Any, sides: Sequence[str], size: int) -> Names | None:
    """Labels of the first of these sides that has one for each entry."""
    for side in sides:
        labels = naming.labels_of(getattr(program, side))
        if labels is not None and len(labels) == size:
            naming.by_label(getattr(program, side), labels)  # refuses labels that repeat
            return labels
    return None


def _check_once(labels: Sequence[str]) -> None:
    """Refuse row labels that repeat: as names they would mean two rows."""
    if len(set(labels)) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        first = labels.index(twice)
        raise InputError(
            f'rows {first} and {labels.index(twice, first + 1)} of A have the same label "{twice}", and labels of rows '
            "are read as names, which must differ. Pass A.reset_index(drop=True) for rows without names, or row_names."
        )


def _check_sides(A: Any, labels: Sequence[str], names: Sequence[str], what: str) -> None:
    """Refuse costs that belong to the rows of A: then A was not transposed where it should be."""
    if not set(labels).isdisjoint(names):
        return
    shape = getattr(A, "shape", ())
    turned = len(shape) == 2 and shape[0] == len(labels) != shape[1]
    if turned or set(labels) == set(inputs.row_labels(A) or ()):
        raise InputError(
            f'{what} has {len(labels)} entries with labels such as "{labels[0]}", which belong to the rows of A; its '
            f'columns are called "{names[0]}" and so on. A looks transposed: pass its .T.'
        )
