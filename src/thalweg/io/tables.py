"""Tables of numbers from files (CSV, Parquet, Arrow): features, one target column, and perhaps weights.

The same checks for every format; nothing is imputed or encoded silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from thalweg.errors import InputError, suggest
from thalweg.io import kinds
from thalweg.io.columnar import Columns, is_columnar, read_columnar
from thalweg.io.columns import as_numbers, as_target, check_finite, check_labels, is_number, quoted
from thalweg.io.delimited import Layout, read_delimited
from thalweg.io.files import PathLike

COMMAS = Layout()


class Table(NamedTuple):
    """What a fit needs of a file.

    Attributes
    ----------
    features : pandas.DataFrame
        Every column but the target, the weights and those left out; numbers only.
    target : pandas.Series
        Numbers, booleans, or text labels.
    weights, offset : pandas.Series or None
        One number per row.
    """

    features: Any
    target: Any
    weights: Any = None
    offset: Any = None


class Features(NamedTuple):
    """What a prediction needs of a file.

    Attributes
    ----------
    features : pandas.DataFrame
        The columns of the model in its order; numbers only.
    ignored : tuple of str
        Further columns.
    offset : pandas.Series or None
        One number per row.
    """

    features: Any
    ignored: tuple[str, ...]
    offset: Any = None


def read_table(
    path: PathLike,
    target: str,
    weights: str | None = None,
    drop: Sequence[str] = (),
    layout: Layout = COMMAS,
    *,
    offset: str | None = None,
) -> Table:
    """Read a table and take the target (and weights and offset) out of it.

    Parameters
    ----------
    path : str or path
        Text (UTF-8, also compressed as .gz) whose first line names the columns; or Parquet, or Arrow.
    target : str
        Column to be explained; it may hold two text labels.
    weights : str, optional
        Column of row weights.
    drop : sequence of str
        Columns to leave out; what they hold does not matter.
    layout : Layout
        Separator and decimal mark of a text file. Default: commas and points.
    offset : str, optional
        Column of a known part of the predictor, or of what its logarithm is taken.

    Raises
    ------
    InputError
        No such file, empty, damaged or ragged; no such column (near names are offered); repeated column names; text,
        categories, dates, missing or infinite values, with column, row and the cure.
    MissingExtra
        If pandas or PyArrow is not installed.
    """
    table = _read(path, layout)
    known = dict.fromkeys(table.frame.columns)
    beside = list(dict.fromkeys(name for name in (weights, offset) if name is not None))
    for column in [target, *beside, *drop]:
        if column not in known:
            several = " Name one column each time, and repeat the option." if "," in column else ""
            raise InputError(f"{path} has no column {quoted(column)}. {_near(column, known)}{several}")
    apart = {target, *beside, *drop}
    names = [name for name in known if name not in apart]
    if not names:
        raise InputError(f"{path} has no feature column besides {quoted(target)}. A fit needs at least one.")
    numbers = {}
    for name in [*names, *beside]:
        leave_out = f"Leave it out (--drop {quoted(name)}), or encode it as numbers first, e.g. pandas.get_dummies."
        numbers[name] = table.numbers(name, leave_out)
    labels = table.labels(target)
    check_finite({**numbers, target: labels}, path)
    taken = (None if name is None else numbers[name] for name in (weights, offset))
    return Table(_frame(table.frame, numbers, names), labels, *taken)


def read_features(
    path: PathLike, names: Sequence[str], layout: Layout = COMMAS, *, offset: str | None = None
) -> Features:
    """Read those columns of a table that a model needs, in its order, and the one of its offset.

    Raises
    ------
    InputError
        As `read_table`; and columns that the model needs are not there (near names are offered).
    MissingExtra
        If pandas or PyArrow is not installed.
    """
    table = _read(path, layout)
    known = dict.fromkeys(table.frame.columns)
    needed = [*names, *([] if offset is None or offset in names else [offset])]
    absent = [name for name in needed if name not in known]
    if absent:
        raise InputError(
            f"{path} lacks {len(absent)} of the {len(needed)} columns that the model needs, first {quoted(absent[0])}. "
            f"{_near(absent[0], known)}"
        )
    numbers = {name: table.numbers(name, "The model needs numbers there, as it was fitted on.") for name in needed}
    check_finite(numbers, path)
    ignored = tuple(name for name in known if name not in numbers)
    return Features(_frame(table.frame, numbers, names), ignored, None if offset is None else numbers[offset])


class _Source(NamedTuple):
    """A table as it was read, and what is known of its columns."""

    columns: Columns
    path: Any
    layout: Layout

    @property
    def frame(self) -> Any:
        return self.columns.frame

    def numbers(self, name: str, cure: str) -> Any:
        """Return a column of numbers, or say what it holds instead, and the cure."""
        wrong = self.columns.unsuitable.get(name) or self.columns.labels.get(name)
        if wrong is not None:
            raise InputError(f"{self.path}: column {quoted(name)} holds {wrong}. {cure}")
        try:
            return as_numbers(self.frame[name], name, self.path, self.layout)
        except InputError as error:
            raise InputError(f"{error} {cure}") from None

    def labels(self, name: str) -> Any:
        """Return a column of numbers or labels."""
        wrong = self.columns.unsuitable.get(name)
        if wrong is not None:
            raise InputError(f"{self.path}: column {quoted(name)} holds {wrong}. A target is numbers, or two labels.")
        column = self.frame[name]
        if name not in self.columns.labels:  # a typed file says itself what is text
            column = as_target(column, name, self.path, self.layout)
        check_labels(column, name, self.path)
        return column


def _read(path: PathLike, layout: Layout) -> _Source:
    kinds.expect(path, "a table (CSV, Parquet or Arrow)", kinds.Kind.TABLE)
    columns = read_columnar(path) if is_columnar(path) else Columns(read_delimited(path, layout), {}, {})
    if len(columns.frame) == 0:
        raise InputError(f"{path} has column names but no rows. Check the filter that produced it.")
    return _Source(columns, path, layout)


def _frame(whole: Any, numbers: dict[str, Any], names: Sequence[str]) -> Any:
    """Put columns together again: a frame of the same library."""
    return type(whole)({name: numbers[name] for name in names})


def _near(column: str, known: Iterable[str]) -> str:
    hint = " The first line holds numbers: does the file lack a line of column names?"
    numbers = all(is_number(name, COMMAS) for name in known)
    return suggest(column, known) + (hint if numbers else "")
