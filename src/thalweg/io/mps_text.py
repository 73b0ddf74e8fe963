"""A program as the text of an MPS file in free format, which `thalweg.io.mps` reads back to the last digit."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from thalweg.terms.constraints import triplets

_BREAKS = re.compile(r"[\x00-\x20\x7f]")  # what ends a word, or a text file
_HALVES = re.compile("[\ud800-\udfff]")  # of a pair of UTF-16: no UTF-8 text may hold them
_MARKER = "'MARKER'"
_NO_LIMIT = "-1e+30"  # for all readers the same as none


def fault(name: str) -> str:
    """Say why MPS cannot hold a name; "" if it can."""
    if not name:
        return "it is empty"
    if _BREAKS.search(name):
        return "it holds a blank or a control character"
    if _HALVES.search(name):
        return "it is not Unicode text"
    return "it is the word that stands before integer variables" if name == _MARKER else ""


def text(problem: Any, names: Sequence[str], row_names: Sequence[str]) -> str:
    """Return the text of a file; the names are known to be writable."""
    objective = unused("COST", row_names)
    rows = _rows(problem, row_names)
    lines = ["* Written by thalweg.", "NAME program", *(["OBJSENSE", "    MAX"] if problem.maximize else [])]
    lines += ["ROWS", f" N {objective}", *(f" {row.kind} {name}" for row, name in zip(rows, row_names, strict=True))]
    lines += ["COLUMNS", *_columns(problem, names, (*row_names, objective))]
    name_of_set = unused("RHS", [*row_names, objective])
    sides = [f" {name_of_set} {name} {row.side}" for row, name in zip(rows, row_names, strict=True) if row.side]
    if problem.constant:
        sides.append(f" {name_of_set} {objective} {-problem.constant!r}")
    ranges = [f" {name_of_set} {name} {row.range}" for row, name in zip(rows, row_names, strict=True) if row.range]
    bounds = list(_bounds(problem, names))
    lines += ["RHS", *sides, *(["RANGES", *ranges] if ranges else []), *(["BOUNDS", *bounds] if bounds else [])]
    if problem.P is not None:
        lines += _quadratic(problem.P, names)
    return "\n".join([*lines, "ENDATA", ""])


def unused(name: str, taken: Collection[str]) -> str:
    """Return the name, with underscores behind it if it is taken."""
    known = set(taken)
    while name in known:
        name += "_"
    return name


class _Row(NamedTuple):
    """Kind, right side and range of a row; "" where nothing is to be written."""

    kind: str
    side: str = ""
    range: str = ""


def _rows(problem: Any, row_names: Sequence[str]) -> list[_Row]:
    rows: list[_Row] = []
    moved: list[str] = []
    for name, lower, upper in zip(row_names, problem.row_lower.tolist(), problem.row_upper.tolist(), strict=True):
        if lower == upper:
            rows.append(_Row("E", _side(lower)))
        elif lower == -np.inf:
            rows.append(_Row("L", _side(upper)) if upper < np.inf else _Row("G", _NO_LIMIT))
        elif upper == np.inf:
            rows.append(_Row("G", _side(lower)))
        else:
            row, is_exact = _two_sided(lower, upper)
            rows.append(row)
            moved += [] if is_exact else [f'"{name}" ({lower!r} to {upper!r})']
    if moved:
        warnings.warn(
            f"MPS keeps one limit of a two-sided row and the distance to the other, and the limits of {len(moved)} of "
            f"{len(rows)} rows move by rounding: {moved[0]}. tw.save (.npz) keeps all digits.",
            stacklevel=4,
        )
    return rows


def _side(value: float) -> str:
    return repr(value) if value else ""


def _two_sided(lower: float, upper: float) -> tuple[_Row, bool]:
    """Return a row with a range, and whether reading it gives both limits to the last digit."""
    for size in (upper - lower, np.nextafter(upper - lower, 0.0), np.nextafter(upper - lower, np.inf)):
        if lower + size == upper:
            return _Row("G", _side(lower), repr(float(size))), True
        if upper - size == lower:
            return _Row("L", _side(upper), repr(float(size))), True
    return _Row("G", _side(lower), repr(upper - lower)), False


def _columns(problem: Any, names: Sequence[str], row_names: Sequence[str]) -> Iterator[str]:
    """Yield the lines of COLUMNS: of each variable its cost (also 0, if nothing else names it) and its entries.

    Markers stand before and behind integer variables.
    """
    rows, columns, values = triplets(problem.A)
    starts = np.searchsorted(columns, np.arange(len(names) + 1)).tolist()
    integer = [*_whole(problem), False]
    entries = [f"{row_names[i]} {value!r}" for i, value in zip(rows.tolist(), values.tolist(), strict=True)]
    for j, (name, cost) in enumerate(zip(names, problem.q.tolist(), strict=True)):
        if integer[j] and not integer[j - 1]:  # before the first stands False
            yield f" MARKER {_MARKER} 'INTORG'"
        if cost or starts[j] == starts[j + 1]:
            yield f" {name} {row_names[-1]} {cost!r}"
        for entry in entries[starts[j] : starts[j + 1]]:
            yield f" {name} {entry}"
        if integer[j] and not integer[j + 1]:
            yield f" MARKER {_MARKER} 'INTEND'"


def _whole(problem: Any) -> list[bool]:
    """Say of each variable whether it must be whole."""
    return problem.integer.tolist() if hasattr(problem, "integer") else [False] * problem.q.size


def _bounds(problem: Any, names: Sequence[str]) -> Iterator[str]:
    """Yield the lines of BOUNDS; without one, a variable is >= 0, and an integer one 0 or 1 for some readers."""
    name_of_set = unused("BND", names)
    sides = zip(names, problem.lower.tolist(), problem.upper.tolist(), _whole(problem), strict=True)
    for name, lower, upper, whole in sides:
        variable = f"{name_of_set} {name}"
        if lower == upper:
            yield f" FX {variable} {lower!r}"
        elif lower == -np.inf and upper == np.inf:
            yield f" FR {variable}"
        else:
            if lower == -np.inf:
                yield f" MI {variable}"
            elif lower:
                yield f" LO {variable} {lower!r}"
            if upper < np.inf:
                yield f" UP {variable} {upper!r}"
            elif whole:
                yield f" PL {variable}"


def _quadratic(P: Any, names: Sequence[str]) -> list[str]:
    """Return the section QUADOBJ: the lower triangle of P in x'Px / 2."""
    rows, columns, values = triplets(P)
    lower = rows >= columns
    entries = zip(rows[lower].tolist(), columns[lower].tolist(), values[lower].tolist(), strict=True)
    lines = [f" {names[j]} {names[i]} {value!r}" for i, j, value in entries]
    return ["QUADOBJ", *lines] if lines else []
