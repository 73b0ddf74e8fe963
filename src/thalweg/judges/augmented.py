r"""Curvature that the equations lend: on them f(x) is f(x) + sum_i rho_i (a_i'x - b_i)^2 / 2.

Where P alone is singular, P + A'R A may not be (R = diag(rho), over rows whose two limits are equal). With
P + A'R A - diag(delta) positive semidefinite, every point that meets the equations has

    f(x) >= tangent of f at w + sum_j delta_j (x_j - w_j)^2 / 2 - sum_i rho_i (a_i'w - b_i)^2 / 2,

so that reduced costs of rounding size need no bounds of their columns (the augmented Lagrangian: Hestenes 1969).
"""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from thalweg.judges.convexity import definite_shift, in_units, with_squares
from thalweg.judges.form import Form
from thalweg.result import Array, Index
from thalweg.terms.extended import ExtendedRows
from thalweg.terms.rounding import UNIT, gamma, power_of_two, smallest
from thalweg.terms.saddle import sparse_rows

HOPS = 8  # rows between a column with curvature and one without


class Augmented(NamedTuple):
    """Growth per column, the equations, and their weights rho."""

    delta: Array
    rows: Index
    weights: Array

    def price(self, form: Form, w: Array) -> float:
        """sum_i rho_i (a_i'w - b_i)^2 / 2, rounded up."""
        A, b = sparse_rows(form.A)[self.rows], form.rows.lower[self.rows]
        extended = ExtendedRows(A.tocsc())
        blur = extended.lost * (np.abs(b) + abs(A) @ np.abs(w))
        missed = np.abs(extended.residual(b, w)) + blur
        return 0.5 * float((self.weights * missed * missed).sum()) * (1 + gamma(self.rows.size + 8.0))


_KNOWN: WeakKeyDictionary[Any, Augmented | None] = WeakKeyDictionary()


def augmented(problem: Any, form: Form) -> Augmented | None:
    """Curvature of the program on its equations; None where they add nothing. Computed once per problem."""
    if problem not in _KNOWN:
        _KNOWN[problem] = _augmented(form)
    return _KNOWN[problem]


def _augmented(form: Form) -> Augmented | None:
    rows = np.flatnonzero(form.rows.lower == form.rows.upper)
    if form.P is None or not rows.size:
        return None
    row, column = _units(sparse_rows(form.A)[rows], np.abs(form.P.diagonal()))
    rows, row = rows[row > 0], row[row > 0]
    scaled = in_units(sparse_rows(form.A)[rows], row, column)
    P = in_units(form.P, column, column)
    if scaled is None or P is None or not rows.size:
        return None
    S, formed = with_squares(P, scaled)
    shift = definite_shift(S)
    if shift is None:
        return None
    delta = shift[0] * S.diagonal() * (1 - 4 * UNIT) - shift[1] - formed
    delta = np.nextafter(delta * (1 - np.sign(delta) * 4 * UNIT) / column / column, -np.inf)  # down, also at underflow
    weights = row * row
    return Augmented(delta, rows, weights) if (delta > 0).any() and (weights / row == row).all() else None


def _units(A: Any, bend: Array) -> tuple[Array, Array]:
    """Powers of two that bring rows and columns near 1, spreading from the columns that have curvature.

    0 for rows that no curvature reaches.
    """
    i, j = A.tocoo().coords
    a = np.abs(A.tocoo().data)
    column = np.where(bend > 0, 1.0 / np.sqrt(np.where(bend > 0, bend, 1.0)), 0.0)
    row = np.zeros(A.shape[0])
    for _ in range(HOPS):
        tallest = np.zeros(row.size)
        np.maximum.at(tallest, i, a * column[j])
        row = np.where((row == 0) & (tallest > 0), 1.0 / np.where(tallest > 0, tallest, 1.0), row)
        longest = np.zeros(column.size)
        np.maximum.at(longest, j, a * row[i])
        column = np.where((column == 0) & (longest > 0), 1.0 / np.where(longest > 0, longest, 1.0), column)
        if (column > 0).all() and (row > 0).all():
            break
    column = np.where(column > 0, column, smallest(column))
    return np.where(row > 0, _power(row), 0.0), _power(column)


def _power(values: Array) -> Array:
    """Powers of two near the values; 1 where there are none."""
    return power_of_two(np.where((values > 0) & np.isfinite(values), values, 1.0))
