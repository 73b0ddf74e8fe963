"""How far a point is outside its limits: componentwise, and norm-wise where the componentwise scale is rounding.

A row is measured against the sum of its own terms, |limit| + sum_j |a_ij x_j|. Rows such as 0 = a'x at x ~ 1e-15 fail
that test although they hold to 1e-15; they are measured a second time against the equilibrated problem (Higham 2002,
section 7.3), and a verdict that needs the second measure lists it as an assumption.

The second measure is the stricter one, so that it excuses rounding only: a row borrows the size of a connected column
only as far as the *limits of the problem* lend one too. A claim cannot excuse itself by making an idle variable huge.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from thalweg import inputs
from thalweg.result import Array, Index, Violation
from thalweg.terms.constraints import Box, triplets

STRICTER = 1e3  # the second measure allows a thousandth of the tolerance
SWEEPS = 8  # alternating means converge linearly; eight leave the scale within a factor 2 on every problem tried


def violations(
    A: Any,
    x: Array,
    rows: Box,
    box: Box,
    names: tuple[Sequence[str] | None, Sequence[str] | None],
) -> dict[str, Violation]:
    """Worst violation of the rows and of the bounds; ``names`` are those of the variables and of the rows."""
    activity = A @ x
    sizes = abs(A) @ np.abs(x)
    row = _measured(rows, activity, sizes)
    column = _measured(box, x, np.abs(x))
    if row.suspicious or column.suspicious:
        reach, heights = _equilibrated(A, x, rows, box)
        row.against(heights)
        column.against(reach)
    found = {"bounds": column.worst(names[0], "x")}
    return found if not activity.size else {"rows": row.worst(names[1], "row"), **found}


class _Measure:
    """Violations of one family of limits, absolute and relative."""

    def __init__(self, amount: Array, limit: Array, sizes: Array) -> None:
        self.amount, self.limit = amount, limit
        self.relative = _ratio(amount, limit + sizes)
        self.normwise = self.relative

    @property
    def suspicious(self) -> bool:
        """A violation that only the second measure could excuse; 1e-15 is below every tolerance that makes sense."""
        return not bool((self.relative <= 1e-15).all())

    def against(self, heights: Array) -> None:
        self.normwise = np.minimum(self.relative, STRICTER * _ratio(self.amount, self.limit + heights))

    def worst(self, names: Sequence[str] | None, symbol: str) -> Violation:
        if not self.amount.size:
            return Violation(0.0, 0.0, 0.0, "")
        place = int(np.argmax(np.where(np.isnan(self.normwise), np.inf, self.normwise)))
        if self.normwise[place] == self.relative[place]:
            place = int(np.argmax(self.relative))
        where = inputs.label(names, place, symbol)
        return Violation(float(self.amount[place]), float(self.relative.max()), float(self.normwise.max()), where)


def _measured(limits: Box, values: Array, sizes: Array) -> _Measure:
    below, above = limits.lower - values, values - limits.upper
    amount = np.maximum(np.maximum(below, above), 0.0)
    limit = np.where(below > 0, np.abs(limits.lower), np.where(above > 0, np.abs(limits.upper), 0.0))
    return _Measure(amount, limit, sizes)


def _ratio(amount: Array, scale: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(amount == 0, 0.0, amount / scale)  # amount > 0 = scale: infinite


def _equilibrated(A: Any, x: Array, rows: Box, box: Box) -> tuple[Array, Array]:
    """Sizes of columns and rows once the logarithms of the entries of A are balanced.

    Column j is measured in units c_j, row i in units 1 / r_i, such that the entries r_i a_ij c_j scatter around 1. The
    size of a column is c_j times the largest scaled |x_k| among the columns it is connected with, or times the largest
    scaled limit there, whichever is less.
    """
    m, n = int(A.shape[0]), int(A.shape[1])
    i, j, a = triplets(A)
    if not a.size:
        return np.minimum(np.abs(x), _largest(box)), np.zeros(m)
    row, column = _balance(i, j, np.log2(np.abs(a)), (m, n))
    lent = _largest(box) * np.exp2(-column)
    np.maximum.at(lent, j, (_largest(rows) * np.exp2(row))[i])
    near = np.minimum(*(_spread(start, i, j, m) for start in (np.abs(x) * np.exp2(-column), lent)))
    heights = np.zeros(m)
    np.maximum.at(heights, i, np.abs(a) * np.exp2(column[j]) * near[j])
    return near * np.exp2(column), heights


def _balance(i: Index, j: Index, logs: Array, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Logarithms of the row and column scales that bring the mean logarithm of every row and column to 0."""
    per_row, per_column = (np.maximum(np.bincount(k, minlength=size), 1) for k, size in zip((i, j), shape, strict=True))
    row, column = np.zeros(shape[0]), np.zeros(shape[1])
    for _ in range(SWEEPS):
        row = -np.bincount(i, logs + column[j], shape[0]) / per_row
        column = -np.bincount(j, logs + row[i], shape[1]) / per_column
    return row, column


def _spread(sizes: Array, i: Index, j: Index, m: int) -> Array:
    """Largest size within a few rows of each column."""
    near = sizes.copy()
    for _ in range(SWEEPS):
        tallest = np.zeros(m)
        np.maximum.at(tallest, i, near[j])
        np.maximum.at(near, j, tallest[i])
    return near


def _largest(limits: Box) -> Array:
    """Larger finite magnitude of the two limits; 0 if both are infinite."""
    low, high = (np.where(np.isfinite(side), np.abs(side), 0.0) for side in (limits.lower, limits.upper))
    return np.maximum(low, high)
