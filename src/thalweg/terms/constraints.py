"""Limits on variables and on rows: lower <= x <= upper and row_lower <= A x <= row_upper.

One gate (``Box.of``) and one sign convention for programs and fits alike; None means no limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg import inputs, naming
from thalweg.errors import ProblemError
from thalweg.result import Array, Index

SAFE = 2.0**-960  # products above this keep all their digits


@dataclass(frozen=True, eq=False)
class Box:
    """lower <= b <= upper, coordinate by coordinate; infinite entries are no limit.

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> tw.Box(np.array([0.0, 0.0]), np.array([1.0, np.inf])).project(np.array([2.0, -1.0]))
    array([1., 0.])
    """

    lower: Array
    upper: Array

    @classmethod
    def of(cls, lower: Any, upper: Any, size: int, names: Sequence[str] | None = None, what: str = "") -> Box:
        """Check what the user wrote: None, a number, an array, or a mapping by name."""
        symbol, noun = ("row", "rows") if what else ("x", "variables")
        low = inputs.limits(lower, f"{what}lower", size, default=-np.inf, names=names, symbol=symbol)
        high = inputs.limits(upper, f"{what}upper", size, default=np.inf, names=names, symbol=symbol)
        crossed = np.flatnonzero(low > high)
        if crossed.size:
            places = [f"{naming.label(names, j, symbol)} (lower {low[j]:g}, upper {high[j]:g})" for j in crossed[:5]]
            shown = ", ".join(places) + (f", ... and {crossed.size - 5} more" if crossed.size > 5 else "")
            count = f"{crossed.size} of {size} {noun}"
            raise ProblemError(f"{what}lower > {what}upper for {count}: {shown}. No point can satisfy both.")
        return cls(low, high)

    @property
    def limited(self) -> bool:
        """True if any side is finite."""
        return bool(np.isfinite(self.lower).any() or np.isfinite(self.upper).any())

    def project(self, b: Array) -> Array:
        """Nearest point of the box."""
        return np.clip(b, self.lower, self.upper)

    def violation(self, b: Array) -> Array:
        """How far each coordinate is outside; 0 inside, NaN where b is NaN."""
        return np.maximum(np.maximum(self.lower - b, b - self.upper), 0.0)

    def underflow(self, m: Array, products: Array) -> bool:
        """Whether a product of m_j and its limit is so small that float64 may have lost digits of it."""
        limit = np.where(m > 0, self.lower, self.upper)
        return bool(((np.abs(products) < SAFE) & (m != 0) & (limit != 0)).any())

    def lowest(self, m: Array) -> Array:
        """Least value of m_j t over lower_j <= t <= upper_j; -inf where m_j points at an infinite side."""
        least = np.zeros(m.shape)
        np.multiply(m, self.lower, out=least, where=m > 0)  # nowhere 0 times infinity
        np.multiply(m, self.upper, out=least, where=m < 0)
        return least


def sizes_of(limits: Array) -> Array:
    """Magnitudes of limits; 0 where there is none."""
    return np.where(np.isfinite(limits), np.abs(limits), 0.0)


def matrix_of(A: Any, size: int, what: str = "A") -> Any:
    """Check a row matrix; None means no rows."""
    return np.empty((0, size)) if A is None else inputs.owned(inputs.matrix(A, what, columns=size))


def triplets(A: Any) -> tuple[Index, Index, Array]:
    """Rows, columns and values of the nonzeros of a dense or sparse matrix, column by column."""
    if inputs.is_sparse(A):
        columns = np.repeat(np.arange(A.shape[1]), np.diff(A.indptr))
        rows, values = A.indices.astype(np.intp), A.data  # NumPy would convert shorter indices at every use
        keep = values != 0
        return (rows, columns, values) if keep.all() else (rows[keep], columns[keep], values[keep])
    columns, rows = np.nonzero(A.T)
    return rows, columns, A[rows, columns]
