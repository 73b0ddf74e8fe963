"""Labels of what a program is given: those of tables and series are followed or refused, never ignored.

Labels that are text are names. A series that counts 0, 1, 2, ... goes by position, as arrays do, unless these numbers
are the names in another order. A table of one column or one row is a series.
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
    if known is None and naming.index_labels(costs) is not None:  # it may count what bounds with labels name
        known = _first(program, ("lower", "upper"), len(naming.series_of(costs)))
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
    own = texts(inputs.row_index(program.A))
    i = misplaced(own, names)
    if i is not None and own is not None and names is not None:
        table = "A" if labels else "A.rename(index=str)"
        raise InputError(
            f'row {i} of A is "{own[i]}", but row {i} of row_names is "{names[i]}". Bring the rows into the order '
            f"of the names, e.g. {table}.loc[list(row_names)], or leave row_names out."
        )
    return names


def readable(values: Any, names: Sequence[str] | None, what: str, like: Any = None, *, like_name: str = "A") -> Any:
    """Return values whose labels, if they have any that are more than positions, are text.

    Labels that are no text pass where they are those of a table beside (``like``) in the same order.

    Raises
    ------
    InputError
        Labels that are neither names nor 0, 1, 2, ... in order, such as those that sorting or a filter leaves.
    """
    check_order(inputs.row_columns(values), names, what)
    labels = naming.index_labels(values)
    if labels is None:
        return values
    series, counted = naming.series_of(values), list(range(len(labels)))
    if naming.labels_of(series) is not None:
        return series
    named = _as_names(labels, names)
    if named is not None:
        return series if named == names else series.set_axis(list(named))
    rows = inputs.row_index(like)
    if labels == counted:
        _check_rows(labels, rows, what, like_name)
        return series
    if labels == rows:
        return series
    raise InputError(_neither(labels, what))


def _as_names(labels: Sequence[Any], names: Sequence[str] | None) -> Names | None:
    """Labels that are no text as the names that they are, if all are; of numbers that count, all names must be."""
    counted = list(labels) == list(range(len(labels)))
    for found in (tuple(map(str, labels)), *([tuple(map(str, range(len(labels))))] if counted else [])):
        if names is not None and set(found) <= set(names) and (not counted or len(found) == len(names)):
            return found
    return None


def _check_rows(labels: Sequence[Any], rows: Sequence[Any] | None, what: str, table: str) -> None:
    """Refuse a series that counts beside a table whose rows are counted in another order."""
    i = misplaced(labels, rows)
    if i is not None and rows is not None:
        raise InputError(
            f"{what} has the index 0, 1, 2, ..., but row {i} of {table} is {rows[i]}: by label these are other rows. "
            f"Pass {what}.to_numpy() if its order is right, {what}.loc[{table}.index] if its labels are."
        )


def _neither(labels: Sequence[Any], what: str) -> str:
    """Tell what is wrong with labels that are neither names nor positions."""
    shown = ", ".join(map(str, labels[:3])) + (", ..." if len(labels) > 3 else "")
    turned = set(labels) == set(range(len(labels)))
    back = f"{what}.sort_index() if they are positions, " if turned else ""
    return (
        f"{what} has the index {shown}: these are neither names of the problem nor 0, 1, 2, ... in order. Was it "
        f"sorted or filtered? Pass {back}{what}.reset_index(drop=True) or {what}.to_numpy() if its order is right, or "
        "give it names as index."
    )


def check_order(columns: Sequence[str] | None, names: Sequence[str] | None, what: str) -> None:
    """Refuse a data frame whose columns are the problem's variables at other places: they are taken as they stand."""
    j = misplaced(columns, names)
    if j is not None and columns is not None and names is not None:
        table = f"{what}.rename(columns=str)" if all(map(str.isdigit, columns)) else what
        raise InputError(
            f'column {j} of {what} is "{columns[j]}", but variable {j} of the problem is "{names[j]}". '
            + _cure(columns, names, f"Bring the columns into the order of the variables, e.g. {table}[list(names)].")
        )


def check_square(P: Any, names: Sequence[str] | None) -> None:
    """Refuse a table of products whose rows or columns are the variables at other places."""
    columns, rows, known = inputs.column_names(P), texts(inputs.row_index(P)), texts(names)
    j = misplaced(rows, columns)
    if j is not None and rows is not None and columns is not None and (names is None or not inputs.row_labels(P)):
        cure = "Bring the rows into the order of the columns, e.g. P.loc[list(P.columns)]."
        raise InputError(
            f'row {j} of P is "{rows[j]}", but its column {j} is "{columns[j]}". {_cure(rows, columns, cure)}'
        )
    for noun, own in (("row", rows), ("column", columns)):
        j = misplaced(own, known)
        if j is not None and own is not None and known is not None:
            table = "P" if inputs.row_labels(P) else "P.rename(index=str, columns=str)"
            cure = (
                f"Bring rows and columns into the order of the variables, e.g. {table}.loc[list(names), list(names)], "
                "where names are those of the problem (problem.names)."
            )
            raise InputError(
                f'{noun} {j} of P is "{own[j]}", but variable {j} of the problem is "{known[j]}". '
                + _cure(own, known, cure)
            )


def _cure(labels: Sequence[str], names: Sequence[str], order: str) -> str:
    """Say what would help: another order, if these are the same names."""
    return order if set(labels) == set(names) else "Rename one of them, so that each name means one place."


def answer_of(problem: Any, name: str, values: Any, what: str) -> tuple[Any, Names | None]:
    """Return one array of an answer with labels that are text, if it has any, and the names of its entries.

    Raises
    ------
    InputError
        Labels that are neither names nor positions; a table by class whose rows or columns are in another order.
    """
    classes = getattr(problem, "class_names", None)
    if classes is not None and getattr(values, "ndim", 0) == 2:
        _check_classes(problem, values, what)
        return values, None
    if name.endswith("intercept"):
        if classes is None:  # one number, whatever its label
            return (values if naming.index_labels(values) is None else values.to_numpy()), None
        return readable(values, classes, what), classes
    names = texts(getattr(problem, "column_names", getattr(problem, "names", None)))
    return of_block(readable(values, names, what), names), names


def of_block(values: Any, names: Sequence[str] | None) -> Any:
    """Return a series with the labels of a model's only block, "oats" of ``eat[oats]``, by its full names."""
    labels = naming.labels_of(values)
    if labels is None or names is None or not set(labels).isdisjoint(names):
        return values
    block = names[0].partition("[")[0]
    called = tuple(f"{block}[{label}]" for label in labels)
    return values.set_axis(list(called)) if set(called) == set(names) else values


def _check_classes(problem: Any, values: Any, what: str) -> None:
    """Refuse coefficients by class and feature whose labels stand at other places than in the problem."""
    check_order(inputs.column_names(values), problem.names, what)
    own, classes = texts(inputs.row_index(values)), texts(problem.class_names)
    i = misplaced(own, classes)
    if i is not None and own is not None and classes is not None:
        raise InputError(
            f'row {i} of {what} is "{own[i]}", but class {i} of the problem is "{classes[i]}". '
            + _cure(own, classes, f"Bring the rows into the order of the classes, {', '.join(classes[:3])}, ...")
        )


def texts(names: Any) -> Names | None:
    """Names as they will be stored; None for what is no list of names, which is refused elsewhere."""
    if names is None or isinstance(names, str):
        return None
    try:
        return tuple(map(str, names))
    except TypeError:
        return None


def misplaced(labels: Sequence[Any] | None, names: Sequence[Any] | None) -> int | None:
    """First place of a label that stands at another place among the names, None if there is none.

    Labels that only count 0, 1, 2, ... are positions, unless all of them are names.
    """
    if labels is None or names is None or len(labels) != len(names) or list(labels) == list(names):
        return None
    places = {name: j for j, name in enumerate(names)}
    counted = [str(label) for label in labels] == [str(j) for j in range(len(labels))]
    if counted and not all(label in places for label in labels):
        return None
    return next((j for j, label in enumerate(labels) if places.get(label, j) != j), None)


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
