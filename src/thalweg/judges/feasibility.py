"""How far a point is outside its limits: relative to the terms of each limit, and once more to the balanced problem.

A row is measured against the sum of its own terms, |limit| + sum_j |a_ij x_j|, where |x_j| counts only as far as the
problem lends column j a size (`lending`): a claim cannot excuse itself by making variables huge. Rows such as 0 = a'x
at x ~ 1e-15 fail that test although they hold to 1e-15; they are measured a second time, against the sizes around them
in the balanced problem (Higham 2002, section 7.3). That measure is the stricter one, so that it excuses rounding only,
and a verdict that needs it lists it as an assumption.

What either measure excuses may be all that a row says, where sizes are large: the judges then ask for a point nearby
that meets the limits (``repair``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg import naming
from thalweg.certificate import Violation
from thalweg.inputs import is_sparse
from thalweg.judges.lending import Balance
from thalweg.result import Array
from thalweg.terms.constraints import Box
from thalweg.terms.extended import ExtendedRows
from thalweg.terms.rounding import gamma
from thalweg.terms.saddle import sparse_rows

STRICTER = 1e3  # the second measure allows a thousandth of the tolerance
NOTHING = 1e-15  # a size below this share of the largest one is no size
COARSE = 1e-3  # and no limit other than 0 may be missed by more than a thousand tolerances of itself
GARBAGE = 1e-13  # a limit below this share of the largest terms is rounding of the data
CLEAR = 1e-13  # a violation below this share of the limit itself is within every tolerance that makes sense
ROUNDED = 1e-12  # a violation below this share of the sizes around it is rounding


@dataclass(frozen=True, eq=False)
class Outside:
    """How far a point is outside of row limits on A x and of a box.

    ``x`` is the point and ``value`` is A x; ``found`` is the worst violation of each family, ``amounts`` are those of
    all rows and of all bounds; ``alone`` is the worst one relative to its limit alone, ``rounding`` tells whether the
    sizes around it explain each as rounding; ``sizes`` are what the problem lends the columns.
    """

    A: Any
    rows: Box
    box: Box
    x: Array
    value: Array
    found: dict[str, Violation]
    amounts: tuple[Array, Array]
    alone: float
    rounding: bool
    sizes: Array

    def activity(self, x: Array) -> Array:
        """A x for a point near this one, mostly for this one itself."""
        return self.value if (x == self.x).all() else activity(self.A, x, self.rows)


def violations(
    A: Any,
    x: Array,
    rows: Box,
    box: Box,
    names: tuple[Sequence[str] | None, Sequence[str] | None],
    own: Callable[[], Array] | None = None,
) -> Outside:
    """Measure how far the rows and the bounds are violated.

    ``names`` are those of the variables and of the rows; ``own`` are sizes that the problem lends its columns besides
    the limits, asked for only if a limit is violated.
    """
    value = activity(A, x, rows)
    row, column, lent = _Measure(rows, value), _Measure(box, x), np.abs(x)
    if not (row.clear and column.clear):
        balance = Balance.of(A, rows)
        lent = balance.lent(rows, box, np.zeros(x.size) if own is None else own())
        lent = np.where(lent <= NOTHING * lent.max(initial=0.0), np.inf, lent)  # no limit nearby: 0 satisfies them all
        size = np.minimum(np.abs(x), lent)
        row.against_terms(abs(A) @ size)
        column.against_terms(size)
        if not (row.clear and column.clear):
            near = np.minimum(balance.spread(np.abs(x)), lent)
            largest = np.full(x.size, np.abs(x).max(initial=0.0))
            row.against_surroundings(balance.heights(near), balance.heights(largest))
            column.against_surroundings(near, largest)
    found = {"bounds": column.worst(names[0], "x")}
    found = found if not row.amount.size else {"rows": row.worst(names[1], "row"), **found}
    sizes = np.where(np.isfinite(lent), lent, np.abs(x))
    alone, rounding = max(row.alone, column.alone), row.rounding and column.rounding
    return Outside(A, rows, box, x, value, found, (row.amount, column.amount), alone, rounding, sizes)


def activity(A: Any, x: Array, rows: Box) -> Array:
    """A x, in twice the precision where rounding of large terms could hide that a limit is missed by `CLEAR` of it."""
    value = A @ x
    rounding = gamma(_entries_per_row(A) + 2.0) * (abs(A) @ np.abs(x))
    low, high = np.abs(value - rows.lower), np.abs(value - rows.upper)
    distance, limit = np.minimum(low, high), np.abs(np.where(low <= high, rows.lower, rows.upper))
    doubtful = np.flatnonzero((distance <= rounding) & (rounding > CLEAR * limit))
    if doubtful.size:
        part = sparse_rows(A)[doubtful]
        extended, terms = ExtendedRows(part.tocsc()), abs(part) @ np.abs(x)
        sharp = -extended.residual(np.zeros(doubtful.size), x)
        sharp = np.where(np.abs(sharp) <= extended.lost * terms, 0.0, sharp)
        value[doubtful] = np.where(np.isfinite(sharp), sharp, value[doubtful])
    return value


def _entries_per_row(A: Any) -> Array:
    """Terms of each row's sum: all of a dense row, what a row of CSC stores."""
    m, n = int(A.shape[0]), int(A.shape[1])
    if not is_sparse(A):
        return np.full(m, float(n))
    return np.asarray(np.bincount(A.indices, minlength=m), dtype=np.float64)


class _Measure:
    """Violations of one family of limits, absolute and relative."""

    def __init__(self, limits: Box, values: Array) -> None:
        below, above = limits.lower - values, values - limits.upper
        self.amount = np.maximum(np.maximum(below, above), 0.0)
        self.rounding, self.inside = True, not self.amount.any()
        self.sizes = np.zeros(0)
        if self.inside:
            self.limit = self.relative = self.normwise = self.amount
            self.alone = 0.0
            return
        self.limit = np.where(below > 0, np.abs(limits.lower), np.where(above > 0, np.abs(limits.upper), 0.0))
        self.relative = self.normwise = _ratio(self.amount, self.limit)
        self.alone = float(self.relative.max(initial=0.0))

    @property
    def clear(self) -> bool:
        """Whether nothing is violated by more than rounding of what it was measured against last."""
        return self.inside or bool((self.relative <= CLEAR).all())

    def against_terms(self, sizes: Array) -> None:
        """Measure against the terms of each limit."""
        self.sizes = sizes
        self.relative = self.normwise = _ratio(self.amount, self.limit + sizes)

    def against_surroundings(self, heights: Array, largest: Array) -> None:
        """Measure against the sizes around each limit, too.

        No limit other than 0 may be missed by much of itself, unless it is nothing beside the ``largest`` terms.
        """
        self.rounding = bool((self.amount <= ROUNDED * (self.limit + np.maximum(self.sizes, heights))).all())
        around = STRICTER * _ratio(self.amount, self.limit + heights)
        tangible = self.limit > GARBAGE * largest
        around = np.where(tangible, np.maximum(around, COARSE * _ratio(self.amount, self.limit)), around)
        self.normwise = np.minimum(self.relative, around)

    def worst(self, names: Sequence[str] | None, symbol: str) -> Violation:
        """Worst place, judged by the second measure where it differs."""
        if not self.amount.size:
            return Violation(0.0, 0.0, 0.0, "")
        if self.inside:
            return Violation(0.0, 0.0, 0.0, naming.label(names, 0, symbol))
        place = int(np.argmax(np.where(np.isnan(self.normwise), np.inf, self.normwise)))
        if self.normwise[place] == self.relative[place]:
            place = int(np.argmax(self.relative))
        where = naming.label(names, place, symbol)
        return Violation(float(self.amount[place]), float(self.relative.max()), float(self.normwise.max()), where)


def _ratio(amount: Array, scale: Array) -> Array:
    return np.where(amount == 0, 0.0, amount / scale)  # amount > 0 = scale: infinite
