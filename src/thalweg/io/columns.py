"""Columns of a table as numbers: what is text, a date, missing or infinite is named with column, row and cure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.io.delimited import Layout
from thalweg.visible import visible

_THOUSANDS = {
    "commas": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?"),
    "points": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?"),
    "blanks or apostrophes": re.compile(r"[+-]?\d{1,3}([ '\u2019\u00a0\u202f]\d{3})+([.,]\d+)?"),
}
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_UNIT = re.compile(r"([$\u20ac\u00a3]\s*[+-]?[\d.,]+)|([+-]?[\d.,]+\s*[%$\u20ac\u00a3])")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}.*|\d{1,2}:\d{2}(:\d{2}.*)?")


def as_numbers(column: Any, name: str, path: Any, layout: Layout) -> Any:
    """Return a column of a text table as numbers; missing values stay what they are."""
    if column.dtype.kind in "biuf":
        return column
    numbers: list[float] = []  # integers beyond 64 bits, digits of other scripts, or nothing at all
    for row, value in enumerate(column):
        number = _number(value, layout) if isinstance(value, str) else _as_float(value)
        if number is None:
            raise InputError(
                f"{path}: column {quoted(name)} holds {_noun(value)}, first {value!r:.80} in row {row + 1}."
                f"{_hint(value, column, layout)}"
            )
        numbers.append(number)
    return type(column)(numbers, index=column.index, name=column.name, dtype=float)


def as_target(column: Any, name: str, path: Any, layout: Layout) -> Any:
    """Return a column of a text table as numbers, or as text labels where not all of them are numbers.

    Numbers in another spelling (decimal commas, thousands, units) are refused as in a feature: they are no labels.
    """
    labels = _texts(column)
    if all(is_number(label, layout) or _is_misspelled(label) for label in labels):
        return as_numbers(column, name, path, layout)
    return column


def check_labels(column: Any, name: str, path: Any) -> None:
    """Refuse labels that differ in surrounding blanks only: they would be classes of their own."""
    known: dict[str, str] = {}
    for label in _texts(column):
        other = known.setdefault(label.strip(), label)
        if other != label:
            row = next(row for row, value in enumerate(column) if value == label) + 1
            raise InputError(
                f"{path}: column {quoted(name)} has labels that differ in surrounding blanks only: {other!r:.80} and "
                f"{label!r:.80}, which is first in row {row}. Write them alike."
            )


def check_finite(columns: Mapping[str, Any], path: Any) -> None:
    """Refuse missing and infinite values, with column and row."""
    for name, column in columns.items():
        missing = column.isna().to_numpy()
        if missing.any():
            raise InputError(
                f"{path}: column {quoted(name)} has {_count(missing, 'missing')}. "
                "thalweg does not impute: drop the rows or fill them first, e.g. sklearn.impute.SimpleImputer."
            )
        infinite = np.isinf(column.to_numpy()) if column.dtype.kind == "f" else np.zeros(0, dtype=bool)
        if infinite.any():
            raise InputError(
                f"{path}: column {quoted(name)} has {_count(infinite, 'infinite')}. "
                "No fit can use them: drop the rows, or find out what they stand for."
            )


def is_number(value: str, layout: Layout) -> bool:
    """Whether text is a number in this layout."""
    return _number(value, layout) is not None


def quoted(name: str) -> str:
    """Return a name in quotes, on one line."""
    return f'"{visible(name)}"'


def _texts(column: Any) -> list[str]:
    """Return the different texts in a column, in order."""
    if column.dtype.kind in "biuf":
        return []
    return [value for value in column.unique().tolist() if isinstance(value, str)]


def _number(value: str, layout: Layout) -> float | None:
    """Return text as a number; None if it is none in this layout."""
    if "_" in value:  # Python's own spelling of 1_000
        return None
    if layout.decimal != ".":
        if "." in value:
            return None
        value = value.replace(layout.decimal, ".")
    try:
        return float(value)
    except ValueError:
        return None


def _as_float(value: Any) -> float:
    """Return what is no text as a float: missing values, booleans, integers of any size."""
    try:
        return float("nan") if value is None else float(value)
    except OverflowError:
        return float("inf") if value > 0 else -float("inf")


def _is_misspelled(label: str) -> bool:
    """Whether text is a number in a spelling that one or the other layout does not allow."""
    patterns = (_DECIMAL_COMMA, _DECIMAL_POINT, _UNIT, *_THOUSANDS.values())
    return any(pattern.fullmatch(label.strip()) for pattern in patterns)


def _count(wrong: Any, what: str) -> str:
    """Say how many values there are, and where the first is."""
    total = int(wrong.sum())
    return f"{total} {what} value{'s' if total > 1 else ''}, first in row {int(np.flatnonzero(wrong)[0]) + 1}"


def _noun(value: str) -> str:
    return "dates or times" if _DATE.fullmatch(value.strip()) else "text"


def _hint(value: str, column: Any, layout: Layout) -> str:
    """Say what the text seems to be, if it seems to be a number written in another way."""
    text = value.strip()
    if _DATE.fullmatch(text):
        return " Turn it into a number first, e.g. days since a date."
    if _UNIT.fullmatch(text):
        return " It seems to be a number with a unit: write the number alone."
    if layout.decimal == "." and _DECIMAL_COMMA.fullmatch(text) and not _all_thousands(column):
        return " It seems to be a decimal comma: pass --decimal , (or write decimal points)."
    mark = next((mark for mark, pattern in _THOUSANDS.items() if pattern.fullmatch(text)), None)
    if mark is not None:
        decimal = (
            " and pass --decimal ,"
            if layout.decimal == "." and _DECIMAL_COMMA.search(text) and "," in text[-3:]
            else ""
        )
        return f" It seems to have {mark} between thousands: write the numbers without them{decimal}, e.g. 1234.5."
    if layout.decimal == "," and _DECIMAL_POINT.fullmatch(text):
        return " It seems to be a decimal point, but --decimal says commas: leave that option out."
    return ""


def _all_thousands(column: Any) -> bool:
    """Whether every comma in a column stands before three digits: then it is no decimal comma."""
    texts = [value.strip() for value in column if isinstance(value, str) and "," in value]
    return all(_THOUSANDS["commas"].fullmatch(text) for text in texts)


def logarithm(exposure: Any, path: Any) -> Any:
    """Offset of a column of exposures, which are above 0."""
    wrong = exposure.index[~(exposure > 0)]
    if len(wrong):
        raise InputError(
            f"{path}: the exposure in column {quoted(exposure.name)} is {exposure[wrong[0]]:g} in row {wrong[0] + 1}; "
            f"exposures are above 0 ({len(wrong)} are not). Drop those rows: nothing was at risk in them."
        )
    return np.log(exposure)
