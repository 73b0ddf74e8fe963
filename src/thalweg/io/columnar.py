"""Tables as columns: Parquet, and Arrow's own formats (.arrow, .feather, .ipc), read by PyArrow.

Each kind of column has a named outcome: numbers and booleans are numbers, decimals become floats; text and categories
may be a target; dates, lists and all else are refused by name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from thalweg.errors import InputError, MissingExtra
from thalweg.io import files, kinds
from thalweg.io.delimited import check_names
from thalweg.io.files import PathLike
from thalweg.visible import visible

INDEX = "__index_level_"  # how pandas calls an index without a name


class Columns(NamedTuple):
    """A table, and what is wrong with some of its columns.

    Attributes
    ----------
    frame : pandas.DataFrame
        Unsuitable columns are there, too: nobody may want them.
    labels : dict of str to str
        Columns that are no numbers but may be a target, and what they hold.
    unsuitable : dict of str to str
        Columns that are of no use, what they hold, and the cure.
    """

    frame: Any
    labels: dict[str, str]
    unsuitable: dict[str, str]


def is_columnar(path: PathLike) -> bool:
    """Whether a file is Parquet or Arrow: by its first bytes, or else by its name."""
    known = Path(path).suffix.lower() in kinds.COLUMNAR
    return known or files.first_bytes(path).startswith((b"PAR1", b"ARROW1", b"FEA1"))


def read_columnar(path: PathLike) -> Columns:
    """Read a Parquet or Arrow file.

    Raises
    ------
    InputError
        No such file, damaged, repeated or empty column names.
    MissingExtra
        If PyArrow or pandas is not installed.
    """
    place = files.readable(path)
    try:
        import pyarrow as pa
    except ImportError:
        raise MissingExtra("pyarrow", "tables", "reading Parquet and Arrow files") from None
    try:
        import pandas  # noqa: F401  (PyArrow hands the columns over to it)
    except ImportError:
        raise MissingExtra("pandas", "tables", "reading Parquet and Arrow files") from None
    try:
        table = _table(place)
        table.validate(full=True)  # offsets and codes of a forged file may point anywhere
        check_names(table.column_names, path)
        return _columns(table)
    except InputError:
        raise
    except MemoryError:
        raise InputError(f"{path} needs more memory than there is, or is damaged.") from None
    except (pa.ArrowException, OSError, ValueError, OverflowError, SystemError, TypeError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        kind = "Parquet" if _is_parquet(place) else "Arrow"
        raise InputError(f"{path} cannot be read as {kind}: {reason:.200}. Is it truncated or damaged?") from None


def _is_parquet(place: Path) -> bool:
    return files.first_bytes(place).startswith(b"PAR1") or place.suffix.lower() in (".parquet", ".pq")


def _table(place: Path) -> Any:
    """Read a file by its kind, with the plain readers: others take the names of folders for columns."""
    if _is_parquet(place):
        from pyarrow.parquet import ParquetFile

        return ParquetFile(place).read()
    from pyarrow import ipc

    head = files.first_bytes(place)
    if head.startswith(b"FEA1"):
        raise InputError(f"{place} is Feather of version 1, which Arrow gave up. Write it anew, as Parquet or Arrow.")
    if head.startswith(b"ARROW1"):
        return ipc.open_file(place).read_all()
    return ipc.open_stream(place.read_bytes()).read_all()


def _columns(table: Any) -> Columns:
    """Turn decimals into floats and categories into their values; note what is no number."""
    import pyarrow as pa

    columns, labels, unsuitable = {}, {}, {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type
        if pa.types.is_dictionary(kind):
            labels[name] = f"categories ({visible(str(kind.value_type))}, first {_first(column)})"
            kind = kind.value_type
            column = column.cast(kind) if _is_text(kind) or _is_number(kind) or pa.types.is_decimal(kind) else column
        if pa.types.is_decimal(kind):
            column = column.cast(pa.float64())
        elif _is_text(kind):
            labels.setdefault(name, f"text, first {_first(column)}")
        elif not _is_number(kind):
            unsuitable[name] = f"{_noun(kind)} ({visible(str(kind))}, first {_first(column)})"
        if name.startswith(INDEX):
            unsuitable[name] = "the row index of pandas, not data"
        columns[name] = column
    plain = {name: pa.nulls(len(table)) if name in unsuitable else column for name, column in columns.items()}
    return Columns(pa.table(plain).to_pandas(ignore_metadata=True), labels, unsuitable)


def _is_number(kind: Any) -> bool:
    from pyarrow import types

    return types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind) or types.is_null(kind)


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    views = types.is_string_view(kind) if hasattr(types, "is_string_view") else False
    return types.is_string(kind) or types.is_large_string(kind) or views


def _noun(kind: Any) -> str:
    from pyarrow import types

    if types.is_temporal(kind):
        return "durations" if types.is_duration(kind) or types.is_interval(kind) else "dates or times"
    if types.is_nested(kind):
        return "lists or records"
    return "values that are no numbers"


def _first(column: Any) -> str:
    """The first value that is there, shortened; Python cannot hold every date, nor knows every time zone."""
    import pyarrow as pa

    try:
        values = column.drop_null().slice(0, 1).to_pylist()
    except (pa.ArrowException, ValueError, OverflowError, LookupError, TypeError):
        return "one out of Python's range"
    for value in values:
        return f"{value!r:.80}" if isinstance(value, str) else visible(str(value)[:80])
    return "none"
