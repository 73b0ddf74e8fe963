"""A program whose limits give way at a price: one more variable per side that may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.explaining.sides import with_whole
from thalweg.problems.linear import LinearProgram
from thalweg.problems.mixed_integer import MixedIntegerProgram
from thalweg.result import Array, Index, Mask
from thalweg.terms.matrices import beside, stacked


@dataclass(frozen=True, eq=False)
class Elastic:
    """Least sum of w_i (below_i + above_i) with row_lower <= A x + below - above <= row_upper, below, above >= 0.

    Only sides that are finite and have a finite price w_i get a variable. Bounds that give way stand as rows behind
    the others; their price is 1.
    """

    program: LinearProgram
    below: Index
    above: Index
    columns: int
    rows: int

    @classmethod
    def of(cls, limits: LinearProgram, price: Array, *, bounds: bool) -> Elastic:
        """Build the program; the rows with an infinite price hold."""
        m, n = limits.shape
        low, high, A = limits.row_lower, limits.row_upper, limits.A
        box = limits.lower, limits.upper
        if bounds:
            A = stacked([A, _unit(np.arange(n), n)])
            low, high = np.append(low, box[0]), np.append(high, box[1])
            price, box = np.append(price, np.ones(n)), (np.full(n, -np.inf), np.full(n, np.inf))
        below, above = (np.flatnonzero(np.isfinite(side) & np.isfinite(price)) for side in (low, high))
        elastic = beside([A, _unit(below, low.size), -_unit(above, low.size)])
        extra = below.size + above.size
        program = LinearProgram(
            np.concatenate([np.zeros(n), price[below], price[above]]),
            elastic,
            row_lower=low,
            row_upper=high,
            lower=np.append(box[0], np.zeros(extra)),
            upper=np.append(box[1], np.full(extra, np.inf)),
            row_names=None if bounds else limits.row_names,
        )
        return cls(program, below, above, n, m + n)

    def with_whole(self, integer: Mask) -> LinearProgram | MixedIntegerProgram:
        """Return the program with whole numbers; limits give way by any amount."""
        return with_whole(self.program, np.append(integer, np.zeros(self.below.size + self.above.size, dtype=bool)))

    def parts(self, values: Array) -> tuple[Array, Array, Array]:
        """x, and by how much each row and then each bound gives way at its lower and at its upper side."""
        x, rest = values[: self.columns], np.maximum(values[self.columns :], 0.0)
        gives = np.zeros((2, self.rows))
        gives[0, self.below], gives[1, self.above] = rest[: self.below.size], rest[self.below.size :]
        both = np.minimum(gives[0], gives[1])  # a variable for either side of one row: only their difference counts
        return x, gives[0] - both, gives[1] - both


def _unit(places: Index, size: int) -> Any:
    """Columns of the identity, sparse."""
    from scipy import sparse

    ones, columns = np.ones(places.size), np.arange(places.size)
    return sparse.csc_array((ones, (places, columns)), shape=(size, places.size))
