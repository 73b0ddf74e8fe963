"""The one gate from what users hold (lists, arrays, SciPy sparse, pandas, polars, Arrow) to checked float64 arrays.

Everything behind this gate may rely on: float64, finite where promised, right shapes, names kept.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.naming import by_label, index_of, label, places_of
from thalweg.result import Array

INFINITE = 1e19  # files and other libraries write infinity as 1e20, 1e30 or 9.999999999999998e19


def is_sparse(matrix: Any) -> bool:
    """Whether a matrix is SciPy sparse; does not import SciPy."""
    sparse = None if type(matrix) is np.ndarray else sys.modules.get("scipy.sparse")
    return sparse is not None and sparse.issparse(matrix)


def vector(values: Any, what: str, *, size: int | None = None, of: str = "entries") -> Array:
    """Return a finite one-dimensional float64 array; ``size`` entries if given (a scalar is repeated)."""
    array = _numbers(values, what)
    if array.ndim == 0 and size is not None:
        array = np.full(size, float(array))
    if array.ndim == 2 and 1 in array.shape:  # one column of a DataFrame, or an n x 1 array
        array = array.ravel()
    if array.ndim != 1:
        raise InputError(f"{what} has shape {array.shape}; expected one dimension.")
    if size is not None and array.size != size:
        raise InputError(f"{what} has {array.size} entries; the problem has {size} {of}.")
    _finite(array, what)
    return owned(array)


def flat(values: Any, what: str) -> Array:
    """Return any rectangular array of numbers as one dimension of float64."""
    return _numbers(values, what).ravel()


def owned(data: Any) -> Any:
    """Return a read-only copy, so that nobody changes a checked problem afterwards."""
    copy = data.copy()
    (copy.data if is_sparse(copy) else copy).flags.writeable = False
    return copy


def limits(
    values: Any, what: str, size: int, *, default: float, names: Sequence[str] | None = None, symbol: str = "x"
) -> Array:
    """Return bounds: None means none; a scalar is repeated; magnitudes of 1e19 and more mean infinite.

    A mapping gives bounds by name.
    """
    if values is None:
        return np.full(size, default)
    values = by_label(values, names)
    if isinstance(values, Mapping):
        return _limits_by_name(values, what, places_of(names, size, symbol), default)
    if isinstance(values, (list, tuple)) and any(v is None for v in values):
        values = [default if v is None else v for v in values]
    array = _numbers(values, what)
    array = np.full(size, float(array)) if array.ndim == 0 else array.ravel().copy()
    if array.size != size:
        raise InputError(f"{what} has {array.size} entries; expected {size} (or one number for all).")
    if np.isnan(array).any():
        raise InputError(f"{what} has NaN at {_where(np.isnan(array), names)}. Write {default} or None for no limit.")
    array[array >= INFINITE] = np.inf
    array[array <= -INFINITE] = -np.inf
    wrong = array == -default
    if wrong.any():
        raise InputError(
            f"{what} is {-default} at {_where(wrong, names)}; no point can satisfy it. Were lower and upper exchanged?"
        )
    array.flags.writeable = False
    return array


def matrix(values: Any, what: str, *, columns: int | None = None, rows: int | None = None, finite: bool = True) -> Any:
    """Return a finite float64 matrix: an array, or a canonical CSC array if the input is SciPy sparse.

    Whoever looks at every number anyway can leave the question whether an array is ``finite`` for then.
    """
    if is_sparse(values) and values.ndim == 2:
        checked = _sparse(values, what)
    else:
        checked = _numbers(values, what)
        if checked.size == 0 and columns is not None and checked.ndim != 2:
            checked = checked.reshape(0, columns)
        if checked.ndim == 1 and columns is not None and checked.size == columns and rows in (None, 1):
            checked = checked.reshape(1, -1)  # one row
        if checked.ndim != 2:
            raise InputError(f"{what} has shape {checked.shape}; expected two dimensions.")
        if finite:
            _finite(checked, what, names=column_names(values))
    for axis, expected, noun in ((0, rows, "rows"), (1, columns, "columns")):
        if expected is not None and checked.shape[axis] != expected:
            fits = checked.shape[0] in (columns, None) and (rows is None or checked.shape[1] == rows)
            turned = " The matrix looks transposed: pass its .T." if fits else ""
            raise InputError(f"{what} has shape {checked.shape}; expected {expected} {noun}.{turned}")
    return checked


def column_names(values: Any) -> tuple[str, ...] | None:
    """Column names of a data frame of any kind that narwhals knows; None for arrays."""
    frame = _frame(values)
    return tuple(str(name) for name in frame.columns) if frame is not None and hasattr(frame, "columns") else None


def row_labels(values: Any) -> tuple[str, ...] | None:
    """Labels of a data frame's rows, if they are names."""
    labels = row_index(values)
    return tuple(labels) if labels and all(isinstance(label, str) for label in labels) else None


def row_index(values: Any) -> list[Any] | None:
    """Labels of a data frame's rows, whatever they are; None where rows have no labels."""
    index = getattr(values, "index", None) if column_names(values) is not None else None
    return None if index is None or callable(index) else list(index)


def row_columns(values: Any) -> tuple[str, ...] | None:
    """Column names of a data frame of one row and several columns whose rows have no labels (polars, Arrow)."""
    shape = getattr(values, "shape", None)
    if not isinstance(shape, tuple) or len(shape) != 2 or shape[0] != 1 or shape[1] < 2 or hasattr(values, "iloc"):  # pyright: ignore[reportUnknownArgumentType]
        return None
    return column_names(values)


def _limits_by_name(values: Mapping[Any, Any], what: str, places: Mapping[str, int], default: float) -> Array:
    array, found = np.full(len(places), default), dict[int, Any]()
    for name, value in values.items():
        j = index_of(str(name), places, what)
        if j in found:
            raise InputError(f'{what} gives "{name}" twice, in two spellings ({found[j]!r} and {name!r}).')
        found[j] = name
        array[j] = limits([value], f'{what}["{name}"]', 1, default=default)[0]
    return array


def _frame(values: Any) -> Any:
    """Narwhals view of a data frame or series, or None for anything else; imports nothing for arrays and lists."""
    if values is None or isinstance(values, (np.ndarray, list, tuple, int, float)) or is_sparse(values):
        return None
    import narwhals as nw

    try:
        native = nw.from_native(values, pass_through=True, allow_series=True)
    except nw.exceptions.DuplicateError:
        names = [str(name) for name in getattr(values, "column_names", values.columns)]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f'the data frame has more than one column "{twice}". Column names must differ.') from None
    return native if isinstance(native, (nw.DataFrame, nw.LazyFrame, nw.Series)) else None


def _numbers(values: Any, what: str) -> Array:
    """Convert to a float64 array; strings, objects and complex numbers are refused by name and place."""
    frame = _frame(values)
    if frame is not None:
        return _from_frame(frame, what)
    if is_sparse(values):
        raise InputError(f"{what} is a sparse array of shape {values.shape}; expected two dimensions.")
    mask = getattr(values, "mask", None)
    if isinstance(mask, (np.ndarray, np.bool_)) and mask.any():
        raise InputError(f"{what} is a masked array with {int(mask.sum())} masked entries. Drop or fill them first.")
    try:
        array = np.asarray(values)
    except Exception as error:  # foreign arrays raise what they like: a tensor that records gradients a RuntimeError
        raise InputError(f"{what} is not a rectangular array of numbers ({error}).") from None
    if array.dtype.kind in "USO":
        array = _from_objects(array, what)
    if array.dtype.kind not in "biuf":
        raise InputError(f"{what} has dtype {array.dtype}; expected real numbers.")
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused as such
        numbers = np.asarray(array, dtype=np.float64)
    flags = numbers.flags  # C and F order are kept, so that X is not copied; of other strides sums depend on the layout
    return numbers if flags.c_contiguous or flags.f_contiguous else np.ascontiguousarray(numbers)


def _from_objects(array: Any, what: str) -> Any:
    """Objects that are all numbers pass (mixed int and float, Decimal); text is refused with its place."""
    for place, value in np.ndenumerate(array):
        if isinstance(value, (str, bytes)):
            raise InputError(
                f"{what} holds text, first {str(value)!r} at {_place(place)}. "
                "Convert it to numbers first, e.g. astype(float), or encode categories."
            )
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{what} has dtype object with entries that are not numbers ({error}).") from None


def _from_frame(frame: Any, what: str) -> Array:
    import narwhals as nw

    if isinstance(frame, nw.LazyFrame):
        raise InputError(f"{what} is a lazy frame; collect it first, e.g. frame.collect().")
    if isinstance(frame, nw.Series):
        return _column(frame, what)
    # iterated, not looked up: frame[0] would be a row where pandas' column names are numbers
    columns = [_column(series, f'{what} column "{series.name}"') for series in frame.iter_columns()]
    return np.column_stack(columns) if columns else np.empty((len(frame), 0))


def _column(series: Any, what: str) -> Array:
    if not (series.dtype.is_numeric() or str(series.dtype) == "Boolean"):
        return np.asarray(_from_objects(np.asarray(series.to_list(), dtype=object), what), dtype=np.float64)
    return np.asarray(series.cast(_float64()).to_numpy(), dtype=np.float64)


def _float64() -> Any:
    import narwhals as nw

    return nw.Float64


def _sparse(values: Any, what: str) -> Any:
    from scipy import sparse

    if values.dtype.kind not in "biuf":
        raise InputError(f"{what} has dtype {values.dtype}; expected real numbers.")
    checked = sparse.csc_array(values, dtype=np.float64)
    checked.data = np.asarray(checked.data, dtype=np.float64)  # NumPy is slow on a type from a file that is not its own
    if not checked.has_canonical_format:
        checked = checked.copy()
        checked.sum_duplicates()
    if checked.nnz and not np.isfinite(checked.data).all():
        bad = checked.tocoo()
        k = int(np.flatnonzero(~np.isfinite(bad.data))[0])
        noun = "NaN" if np.isnan(bad.data[k]) else "an infinite value"
        place = _place((int(bad.coords[0][k]), int(bad.coords[1][k])))
        raise InputError(f"{what} has {noun} at {place}. Drop or fill it first.")
    return checked


def _finite(array: Array, what: str, names: Sequence[str] | None = None) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        if array.size == 0 or np.isfinite(array.sum()) or np.isfinite(array).all():  # the sum is one cheap pass
            return
    for test, noun in ((np.isnan, "NaN"), (np.isinf, "infinite")):
        bad = test(array)
        if bad.any():
            count, place = int(bad.sum()), tuple(int(k) for k in np.argwhere(bad)[0])
            column = f' (column "{names[place[1]]}")' if names is not None and len(place) == 2 else ""
            plural = "s" if count > 1 else ""
            raise InputError(
                f"{what} has {count} {noun} value{plural}, first at {_place(place)}{column}. Drop or fill it first."
            )


def _place(place: tuple[int, ...]) -> str:
    return f"row {place[0]}, column {place[1]}" if len(place) == 2 else f"position {place[0] if place else 0}"


def _where(mask: Array, names: Sequence[str] | None) -> str:
    """First place of a mask, and how many more there are."""
    first, more = int(np.flatnonzero(mask)[0]), int(mask.sum()) - 1
    place = f"position {first}" if names is None else label(names, first)
    return f"{place} and {more} more" if more else place
