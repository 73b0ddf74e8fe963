"""A program as the judge sees it: always a minimisation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from thalweg import inputs
from thalweg.result import Array, Index
from thalweg.terms.constraints import SAFE, Box
from thalweg.terms.extended import ExtendedRows, gradient_map, rounded_once
from thalweg.terms.rounding import TINY, UNIT, gamma, smallest, sum_depth
from thalweg.terms.saddle import sparse_rows

DWARFING = 2.0**-900  # what underflows lose is less than the last digit of numbers above this


@dataclass(frozen=True, eq=False)
class Form:
    """minimise x'P x / 2 + q'x subject to row limits and a box; ``sign`` is -1 if the user maximises."""

    q: Array
    P: Any
    A: Any
    rows: Box
    box: Box
    sign: float

    @classmethod
    def of(cls, problem: Any) -> Form:
        """Flip the sign of a maximisation, once."""
        sign = -1.0 if problem.maximize else 1.0
        P = None if problem.P is None else sign * problem.P
        rows, box = Box(problem.row_lower, problem.row_upper), Box(problem.lower, problem.upper)
        return cls(sign * problem.q, P, problem.A, rows, box, sign)

    def feasibility(self) -> Form:
        """Return the same limits with the zero objective."""
        return Form(np.zeros(self.q.size), None, self.A, self.rows, self.box, self.sign)

    @cached_property
    def depth(self) -> Array:
        """Roundings on the way to each reduced cost."""
        own = np.asarray(_counts(self.A), dtype=np.float64) + 3.0
        return own if self.P is None else own + _counts(self.P)

    @cached_property
    def _last(self) -> list[Any]:
        """The last point that was valued, its value and its rounding."""
        return []

    @cached_property
    def entry_sizes(self) -> Any:
        """|A|."""
        return abs(self.A)

    @cached_property
    def bend_sizes(self) -> Any:
        """|P|."""
        return abs(self.P)

    def sharp_gradient(self, w: Array, y: Array) -> tuple[Array, Array]:
        """z = q + P w - A'y as an unevaluated sum of two numbers; the last one is remembered."""
        both = np.concatenate([y, w] if self.P is not None else [y])
        if not (self._sharp and (self._sharp[0] == both).all()):
            self._sharp[:] = both, self._extended.pair(self.q, both)
        return self._sharp[1]

    @cached_property
    def _sharp(self) -> list[Any]:
        """The last multipliers and point whose reduced costs were taken in twice the precision, and these."""
        return []

    def sharp_bend(self, w: Array) -> tuple[Array, Array]:
        """P w rounded once, and what is not known of it; the last ones are remembered."""
        if not self._bent or self._bent[0] is not w:
            bend = self._extended_bend.residual(np.zeros(w.size), -w)
            blur = 2 * UNIT * np.abs(bend) + self._extended_bend.lost * (self.bend_sizes @ np.abs(w))
            self._bent[:] = w, (bend, blur)
        return self._bent[1]

    @cached_property
    def _bent(self) -> list[Any]:
        """The last point whose bend was taken in twice the precision, and this bend."""
        return []

    @cached_property
    def _extended_bend(self) -> ExtendedRows:
        return ExtendedRows(self.P)

    def rounded_once(self, w: Array, y: Array, columns: Index) -> tuple[Array, Array]:
        """Some of the reduced costs rounded once, and what is not known of them; the last ones are remembered."""
        asked = (w.tobytes(), y.tobytes(), columns.tobytes())
        if asked not in self._sums:
            P = None if self.P is None else self.P[:, columns].T
            right = y if P is None else np.concatenate([y, w])
            self._sums.clear()
            self._sums[asked] = rounded_once(sparse_rows(gradient_map(self.A[:, columns], P)), self.q[columns], right)
        return self._sums[asked]

    @cached_property
    def _sums(self) -> dict[tuple[bytes, ...], tuple[Array, Array]]:
        """The last reduced costs that were summed exactly."""
        return {}

    @property
    def lost(self) -> Array:
        """What a sharp gradient may be wrong by, as a share of the magnitudes of its terms."""
        return self._extended.lost

    @cached_property
    def _extended(self) -> ExtendedRows:
        return ExtendedRows(gradient_map(self.A, self.P))

    @cached_property
    def _smallest(self) -> tuple[float, float]:
        """Smallest nonzero magnitudes in A and P."""
        parts = [np.asarray(m.data if inputs.is_sparse(m) else m) for m in (self.A, self.P) if m is not None]
        return smallest(parts[0]), smallest(parts[1]) if len(parts) > 1 else np.inf

    def underflows(self, w: Array, y: Array) -> bool:
        """Whether a product with these multipliers may lose digits below the range of float64."""
        return min(self._smallest[0] * smallest(y), self._smallest[1] * smallest(w)) < SAFE

    def reduced_costs(self, w: Array, y: Array) -> tuple[Array, Array, Array]:
        """z = q + P w - A'y, its rounding bound, and the sum of the magnitudes of its terms."""
        z = self.q - self.A.T @ y
        terms = np.abs(self.q) + self.entry_sizes.T @ np.abs(y)
        if self.P is not None:
            z = z + self.P @ w
            terms = terms + self.bend_sizes @ np.abs(w)
        error = gamma(self.depth) * terms
        if float(error.min(initial=np.inf)) > DWARFING or not self.underflows(w, y):
            return z, error, terms
        return z, error + TINY * self.depth, terms

    def value(self, x: Array) -> tuple[float, float]:
        """Objective without constant, and the rounding bound of its evaluation; the last point is remembered."""
        if not self._last or self._last[0] is not x:
            self._last[:] = x, float((self.q * x).sum()) + self._half_square(x), self.rounding(np.abs(x))
        return self._last[1], self._last[2]

    def objective(self, x: Array) -> float:
        """Objective without constant."""
        return self.value(x)[0]

    def _half_square(self, x: Array) -> float:
        return 0.0 if self.P is None else 0.5 * float((x * (self.P @ x)).sum())

    def rounding(self, size: Array) -> float:
        """Rounding bound of the objective at any point with |x| <= size."""
        terms = float((np.abs(self.q) * size).sum())
        if self.P is not None:
            terms += 0.5 * float((size * (self.bend_sizes @ size)).sum())
        return float(gamma(sum_depth(self.q.size) + longest(self.P) + 4.0)) * terms

    def rise(self, x: Array, reach: Array) -> float:
        """By how much the objective can rise from x within this distance per column."""
        slope = np.abs(self.q)
        if self.P is not None:
            size = slope + self.bend_sizes @ np.abs(x)
            slope = np.abs(self.q + self.P @ x) + gamma(longest(self.P) + 4.0) * size
        bend = 0.0 if self.P is None else 0.5 * float(reach @ (self.bend_sizes @ reach))
        return (float(slope @ reach) + bend) * (1 + 1e-9)

    def entries(self, columns: Index) -> int:
        """Count stored entries of these columns."""
        return sum(_entries(matrix, columns) for matrix in (self.A, self.P) if matrix is not None)

    @staticmethod
    def column(matrix: Any, j: int) -> Iterator[tuple[int, float]]:
        """Nonzeros of one column."""
        if inputs.is_sparse(matrix):
            span = slice(matrix.indptr[j], matrix.indptr[j + 1])
            yield from zip(matrix.indices[span], matrix.data[span], strict=True)
        else:
            rows = np.flatnonzero(matrix[:, j])
            yield from zip(rows.tolist(), matrix[rows, j], strict=True)


def longest(matrix: Any) -> int:
    """Most stored entries in a column; 0 for no matrix."""
    if matrix is None or not matrix.shape[1]:
        return 0
    return int(_counts(matrix).max(initial=0)) if inputs.is_sparse(matrix) else int(matrix.shape[0])


def _counts(matrix: Any) -> Index:
    """Stored entries per column."""
    if inputs.is_sparse(matrix):
        counts: Index = np.diff(matrix.indptr)
        return counts
    return np.full(int(matrix.shape[1]), int(matrix.shape[0]))


def _entries(matrix: Any, columns: Index) -> int:
    return int(_counts(matrix)[columns].sum())
