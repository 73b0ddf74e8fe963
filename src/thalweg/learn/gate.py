"""From what users hand to ``fit`` and ``predict`` to checked arrays, by scikit-learn's conventions.

Feature names and counts are remembered and compared by scikit-learn; what the numbers are is said in thalweg's words.
Every refusal is an `InputError` (a ValueError), except for objects that cannot be read as a number: there
scikit-learn's convention is a TypeError.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.utils.validation import column_or_1d, validate_data

from thalweg import inputs
from thalweg.errors import InputError, ProblemError, ThalwegError
from thalweg.result import Array


def features(estimator: Any, X: Any, *, reset: bool) -> Any:
    """Return X as a finite float64 array, or CSC array if it is sparse; a `Design` asks whether an array is finite.

    ``reset`` stores the number and names of the features on the estimator; otherwise they are compared with the stored.
    """
    if isinstance(X, Mapping) and not hasattr(X, "shape"):  # some of SciPy's sparse matrices are dicts
        lines = "pandas.DataFrame([X])" if all(np.isscalar(value) for value in X.values()) else "pandas.DataFrame(X)"
        raise InputError(f"X is a {type(X).__name__}, not a table. Pass {lines}, or rows of numbers.")
    with own_words():
        if inputs.column_names(X) is not None:
            validate_data(estimator, X, reset=reset, skip_check_array=True)
            # column by column, so that messages name the column
            return _enough(inputs.matrix(X, "X")) if reset else inputs.matrix(X, "X")
        if np.ma.is_masked(X):
            inputs.matrix(X, "X")
        _refuse_text(X)
        if getattr(getattr(X, "dtype", None), "kind", "") in ("m", "M"):
            raise InputError("X holds dates or durations. Convert them to numbers in a unit of your choice first.")
        numbers = {"accept_sparse": "csc", "dtype": np.float64, "ensure_all_finite": False}
        checked = validate_data(estimator, X, reset=reset, **numbers)
    return _enough(inputs.matrix(checked, "X", finite=False)) if reset else inputs.matrix(checked, "X")


def _enough(X: Any) -> Any:
    """Refuse a single row: it says nothing about any feature."""
    if X.shape[0] == 1:
        raise InputError("X has 1 sample; a fit needs 2 rows at least. Check the filter, or whether X is transposed.")
    return X


def targets(y: Any, rows: int, estimator: str) -> Any:
    """Return y as one entry per row of X, of whatever type."""
    if y is None:
        raise InputError(f"{estimator} requires y to be passed, but the target y is None. Call fit(X, y).")
    if np.ma.is_masked(y):
        masked = np.flatnonzero(np.ma.getmaskarray(y))
        raise InputError(f"y has {masked.size} masked values, first at row {masked[0]}. Drop or fill them first.")
    if getattr(getattr(y, "dtype", None), "kind", "") == "T":  # NumPy's text of any length, which scikit-learn refuses
        y = y.astype(object)
    with own_words():
        column = column_or_1d(y, warn=True)
    if column.dtype.kind == "S":
        raise InputError(f"y holds bytes, first {column[0]!r}. Decode them to text, or convert them to numbers.")
    if column.size != rows:
        raise InputError(f"X has {rows} rows, y has {column.size} entries. Were they filtered differently?")
    return column


def sample_weights(values: Any, rows: int) -> Array:
    """Return weights >= 0, at least one of them positive; None means 1 for every row."""
    if values is None:
        return np.ones(rows)
    weights = inputs.vector(values, "sample_weight", size=rows, of="rows")
    negative = np.flatnonzero(weights < 0)
    if negative.size:
        raise InputError(
            f"sample_weight has {negative.size} negative value{'s' if negative.size > 1 else ''}, first "
            f"{weights[negative[0]]:g} at row {negative[0]}. Weights are >= 0; 0 leaves a row out."
        )
    if not weights.any():
        raise InputError(f"sample_weight is zero for all {rows} rows; no row is left to fit.")
    return weights


def refuse_constant(y: Array, weights: Array, offset: Array) -> None:
    """Raise if an intercept alone fits the target in all rows that count: then features have nothing to explain."""
    used = weights > 0
    if np.ptp(y[used]) == 0 and np.ptp(offset[used]) == 0:
        raise ProblemError(
            f"y is constant ({y[used][0]:g} in all {int(used.sum())} rows); there is nothing that features could "
            "explain. Check the filter or the join that produced y, or predict the constant."
        )


def offset(values: Any, rows: int, classes: bool = False) -> Array:
    """Return one finite number per row (and class, where that is asked for); None means 0."""
    if values is None:
        return np.zeros(rows)
    if classes and np.ndim(values) == 2:
        return np.asarray(inputs.matrix(values, "offset", rows=rows))
    return inputs.vector(values, "offset", size=rows, of="rows")


def number(value: Any, what: str, low: float, high: float) -> float:
    """Return a parameter as a number in [low, high]; finite unless the interval is closed by infinity itself."""
    try:
        checked = float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{what} is {value!r}; expected a number.") from None
    if not low <= checked <= high or math.isinf(checked):
        expected = f"between {low:g} and {high:g}" if math.isfinite(high) else f"a finite number >= {low:g}"
        raise InputError(f"{what} is {checked:g}; it must be {expected}.")
    return checked


def choice(value: Any, what: str, options: tuple[str, ...]) -> str:
    """Return a parameter that is one of a few words."""
    if not isinstance(value, str) or value not in options:
        raise InputError(f"{what} is {value!r}; choose one of {', '.join(map(repr, options))}.")
    return value


def _refuse_text(X: Any) -> None:
    """Refuse text by its place; scikit-learn would turn "1.5" into 1.5 silently."""
    array = np.asarray(X) if isinstance(X, (list, tuple)) else X
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "USO":
        return
    if any(isinstance(value, (str, bytes)) for value in array.flat):
        inputs.matrix(array, "X")


@contextmanager
def own_words() -> Iterator[None]:
    """Turn scikit-learn's ValueError into an InputError with the same text."""
    try:
        yield
    except ThalwegError:
        raise
    except ValueError as error:
        raise InputError(str(error)) from None
