"""Tables of numbers from CSV files, read by pandas: features, one target column, and perhaps weights."""

from __future__ import annotations

import csv
import io
import os
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from thalweg.errors import InputError, MissingExtra, suggest
from thalweg.io import files


class Table(NamedTuple):
    """What a fit needs of a file.

    Attributes
    ----------
    features : pandas.DataFrame
        Every column but the target, the weights and those left out; numbers only.
    target : pandas.Series
        Numbers, booleans, or text labels.
    weights : pandas.Series or None
        One weight per row.
    """

    features: Any
    target: Any
    weights: Any = None


def read_table(
    path: str | os.PathLike[str], target: str, weights: str | None = None, drop: Sequence[str] = ()
) -> Table:
    """Read a CSV file, also compressed (.gz), and take the target (and the weights) out of it.

    Parameters
    ----------
    path : str or path
        Comma-separated UTF-8 text whose first line names the columns.
    target : str
        Column to be explained; it may hold two text labels.
    weights : str, optional
        Column of row weights.
    drop : sequence of str
        Columns to leave out; what they hold does not matter.

    Raises
    ------
    InputError
        No such file, empty, binary or ragged; no such column (near names are offered); repeated column names; text or
        missing values, with column, row and the cure. Nothing is imputed or encoded silently.
    MissingExtra
        If pandas is not installed.
    """
    frame = _frame(path)
    for column in [target, *([] if weights is None else [weights]), *drop]:
        if column not in frame.columns:
            raise InputError(f'{path} has no column "{column}". {_columns(frame, column)}')
    used = [name for name in frame.columns if name not in drop or name in (target, weights)]
    _check_text(frame[[name for name in used if name != target]], path)
    _check_missing(frame[used], path)
    features = frame[[name for name in used if name not in (target, weights)]]
    if features.shape[1] == 0:
        raise InputError(f'{path} has no feature column besides "{target}". A fit needs at least one.')
    return Table(features, frame[target], None if weights is None else frame[weights])


def _frame(path: str | os.PathLike[str]) -> Any:
    """Read the file as it is; names and rows are checked."""
    try:
        import pandas as pd
    except ImportError:
        raise MissingExtra("pandas", "tables", "reading CSV files") from None
    text = files.read_text(path)
    _check_header(text, path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # lines longer than the first would be cut
            frame = pd.read_csv(io.StringIO(text), skipinitialspace=True, index_col=False, low_memory=False)
    except (pd.errors.ParserError, pd.errors.ParserWarning, ValueError) as error:
        reason = " ".join(str(error).removeprefix("Error tokenizing data. C error: ").rstrip(". \n").split())
        raise InputError(f"{path} is not a table: {reason}. Every line needs as many commas as the first.") from None
    frame.columns = [str(name).strip() for name in frame.columns]
    if len(frame) == 0:
        raise InputError(f"{path} has column names but no rows. Check the filter that produced it.")
    return frame


def _check_header(text: str, path: Any) -> None:
    """Refuse repeated and empty column names, which pandas would rename, and other separators than commas."""
    rows = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    names = [name.strip() for name in next(row for row in rows if "".join(row).strip())]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise InputError(f'{path} has more than one column "{repeated[0]}". Column names must differ: rename one.')
    if "" in names:
        raise InputError(
            f"{path}: column {names.index('') + 1} of {len(names)} has no name. Name it in the first line, "
            "or write the table without its index, e.g. frame.to_csv(path, index=False)."
        )
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        separator = "semicolons" if ";" in names[0] else "tabs"
        raise InputError(f"{path} seems to be separated by {separator}; thalweg reads commas. Export it with commas.")


def _columns(frame: Any, column: str) -> str:
    numbers = all(_is_number(name) for name in frame.columns)
    hint = " The first line holds numbers: does the file lack a line of column names?" if numbers else ""
    return suggest(column, frame.columns) + hint


def _check_text(frame: Any, path: Any) -> None:
    """Refuse columns that are not numbers, with the first value that is none."""
    for name in frame.columns:
        if frame[name].dtype.kind in "biuf":
            continue
        for row, value in enumerate(frame[name]):
            if isinstance(value, str) and not _is_number(value):
                raise InputError(
                    f'{path}: column "{name}" holds text, first {value!r:.80} in row {row + 1}. '
                    f'Leave it out (--drop "{name}"), or encode it as numbers first, e.g. pandas.get_dummies.'
                )


def _check_missing(frame: Any, path: Any) -> None:
    """Refuse missing values, with column and row."""
    for name in frame.columns:
        missing = frame[name].isna().to_numpy()
        if missing.any():
            values = f"{int(missing.sum())} missing value{'s' if missing.sum() > 1 else ''}"
            raise InputError(
                f'{path}: column "{name}" has {values}, first in row {int(np.flatnonzero(missing)[0]) + 1}. '
                "thalweg does not impute: drop the rows or fill them first, e.g. sklearn.impute.SimpleImputer."
            )


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
