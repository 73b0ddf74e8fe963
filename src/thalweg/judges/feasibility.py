"""How far a point is outside its limits: componentwise, and norm-wise where the componentwise scale is rounding.

A row is measured against the sum of its own terms, |limit| + sum_j |a_ij x_j|. Rows such as 0 = a'x at x ~ 1e-15 fail
that test although they hold to 1e-15; they are measured a second time against the equilibrated problem (Higham 2002,
section 7.3), and a verdict that needs the second measure lists it as an assumption.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from thalweg import inputs
from thalweg.result import Array, Violation
from thalweg.terms.constraints import Box, triplets

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
        reach, heights = _equilibrated(A, x)
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
        self.normwise = np.minimum(self.relative, _ratio(self.amount, self.limit + heights))

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


def _equilibrated(A: Any, x: Array) -> tuple[Array, Array]:
    """Sizes of columns and rows once the logarithms of the entries of A are balanced.

    Column j is measured in units c_j, row i in units 1 / r_i, such that the entries r_i a_ij c_j scatter around 1. The
    reach of a column is c_j times the largest scaled |x_k| among the columns it is connected with.
    """
    m, n = A.shape
    i, j, a = triplets(A)
    if not a.size:
        return np.abs(x), np.zeros(m)
    logs = np.log2(np.abs(a))
    per_row, per_column = np.maximum(np.bincount(i, minlength=m), 1), np.maximum(np.bincount(j, minlength=n), 1)
    column = np.zeros(n)
    row = np.zeros(m)
    for _ in range(SWEEPS):
        row = -np.bincount(i, logs + column[j], m) / per_row
        column = -np.bincount(j, logs + row[i], n) / per_column
    scaled = np.abs(x) * np.exp2(-column)
    near = scaled.copy()
    for _ in range(SWEEPS):
        tallest = np.zeros(m)
        np.maximum.at(tallest, i, near[j])
        np.maximum.at(near, j, tallest[i])
    heights = np.zeros(m)
    np.maximum.at(heights, i, np.abs(a) * np.exp2(column[j]) * near[j])
    return near * np.exp2(column), heights
