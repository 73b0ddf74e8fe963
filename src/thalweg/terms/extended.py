"""Residuals as if computed in twice the precision, on every platform.

Products are split into their rounded value and its error (Dekker 1971). Sums are taken by extraction (Rump, Ogita and
Oishi 2008): a power of two far above all terms of a row cuts off their leading bits, whose sum is exact; what is left
is cut once more. What is lost lies as far below the rounding of the terms as that lies below the terms.
"""

from __future__ import annotations

import math
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from thalweg.inputs import is_sparse
from thalweg.result import Array, Index
from thalweg.terms.constraints import triplets
from thalweg.terms.matrices import beside, outer_index
from thalweg.terms.rounding import TINY, UNIT

SPLITTER = 2.0**27 + 1.0
SMALLEST = 2.0**-900  # the error of a product below may not be a number


class ExtendedRows:
    """The nonzeros of a matrix, prepared for residuals b - A x in twice the precision.

    Parameters
    ----------
    A : (m, n) array or SciPy sparse array

    Attributes
    ----------
    lost : (m,) array
        What a residual may be wrong by, as a share of the sum of the magnitudes of its terms: about u^2 in short rows.
    """

    def __init__(self, A: Any) -> None:
        rows, self._column, a = triplets(A)
        count = A.shape[0]
        self._row: Index = np.concatenate([np.arange(count), rows])
        self._order = np.argsort(self._row, kind="stable")
        self._starts = np.searchsorted(self._row[self._order], np.arange(count))
        self._a, self._a_high = a, _high(a)
        terms = np.bincount(self._row, minlength=count) * 2.0 + 2.0  # each product brings its error along
        self._room = np.exp2(np.ceil(np.log2(terms)))
        # u^2 for the last sum; below the second cut lie at most 2 u^2 room^3 of the largest term, summed in float64
        self.lost = 2 * UNIT**2 * (1 + 4 * UNIT * self._room**3 * (1 + self._room))

    def residual(self, b: Array, x: Array) -> Array:
        """b - A x, rounded once."""
        return self.pair(b, x)[0]

    def pair(self, b: Array, x: Array) -> tuple[Array, Array]:
        """b - A x as an unevaluated sum of two numbers, wrong by at most the share ``lost`` of the sum of its terms."""
        if not b.size:
            return np.zeros(0), np.zeros(0)
        product, error = self._products(x[self._column])
        terms = np.concatenate([b, -product])
        largest = np.maximum.reduceat(np.abs(terms)[self._order], self._starts)
        _, exponent = np.frexp(largest)
        cut = np.ldexp(self._room, exponent)
        terms, first = self._cut(terms, self._row, cut)
        rest, second = self._cut(np.concatenate([terms, -error]), self._with_errors, 2 * UNIT * cut * self._room)
        third = np.bincount(self._with_errors, rest, b.size)
        total, lost = two_sum(first, second)
        return two_sum(total, lost + third)

    @cached_property
    def _with_errors(self) -> Index:
        """Row of each term and of each product's error."""
        return np.concatenate([self._row, self._row[self._starts.size :]])

    def _products(self, x: Array) -> tuple[Array, Array]:
        """a x rounded, and what rounding took from it."""
        return two_product(self._a, x, self._a_high)

    @staticmethod
    def _cut(terms: Array, row: Index, cut: Array) -> tuple[Array, Array]:
        """What lies below the cut of each term, and the exact sums of what lies above it."""
        level = cut[row]
        above = (level + terms) - level
        return terms - above, np.bincount(row, above, cut.size)


def rounded_once(A: Any, b: Array, x: Array) -> tuple[Array, Array]:
    """b - A x for a few sparse rows, rounded once, and what is not known of it: nothing where the sum is 0.

    Products and their errors are summed exactly (Shewchuk 1997), unless they leave the range of float64.
    """
    product, error = two_product(A.data, x[A.indices])
    lost = (np.abs(product) < SMALLEST) & (A.data != 0) & (x[A.indices] != 0)
    lost = np.bincount(outer_index(A), lost, b.size)
    if not np.isfinite(error).all() or not np.isfinite(np.abs(product).sum() + np.abs(b).sum()):
        return np.zeros(b.size), np.full(b.size, np.inf)
    ends, high, low = A.indptr.tolist(), (-product).tolist(), (-error).tolist()
    spans = zip(b.tolist(), pairwise(ends), strict=True)
    sums = np.array([math.fsum([start, *high[i:j], *low[i:j]]) for start, (i, j) in spans])
    return sums, UNIT * np.abs(sums) + 8 * TINY * lost


def gradient_map(A: Any, P: Any = None) -> Any:
    """[A', -P]: the reduced costs q + P x - A'y are q minus this times (y, x)."""
    if P is None:
        return A.T.tocsc() if is_sparse(A) else A.T
    return beside([A.T, -P])


def two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """a + b rounded, and what rounding took from it (Knuth 1969)."""
    total = a + b
    back = total - a
    return total, (a - (total - back)) + (b - back)


def two_product(a: Array, x: Array, a_high: Array | None = None) -> tuple[Array, Array]:
    """a x rounded, and what rounding took from it; ``a_high`` spares splitting a again."""
    product = a * x
    a_high, x_high = _high(a) if a_high is None else a_high, _high(x)
    a_low, x_low = a - a_high, x - x_high
    return product, ((a_high * x_high - product) + a_high * x_low + a_low * x_high) + a_low * x_low


def _high(values: Array) -> Array:
    """Leading half of the digits."""
    big = SPLITTER * values
    return big - (big - values)
