"""What a problem's own numbers say about the size of its variables, whatever a claim says.

A measure that is relative to the claimed point can be bought: a pair of huge values that cancel makes every residual
look small. So sizes at the point count only as far as the limits of the problem (and, where there is one, its
curvature) lend a size too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.result import Array, Index
from thalweg.terms.constraints import Box, sizes_of, triplets

SWEEPS = 8  # alternating means converge linearly; eight leave the scale within a factor 2 on every problem tried


@dataclass(frozen=True, eq=False)
class Balance:
    """A with the logarithms of its entries balanced: the entries r_i a_ij c_j scatter around 1.

    Column j is measured in units c_j, row i in units 1 / r_i.
    """

    i: Index
    j: Index
    a: Array
    row: Array
    column: Array

    @classmethod
    def of(cls, A: Any, rows: Box) -> Balance:
        """Alternate between the mean logarithms of the rows that have a limit and of the columns."""
        i, j, a = limited_triplets(A, rows)
        m, n = A.shape
        logs = np.log2(np.abs(a))
        per_row, per_column = (np.maximum(np.bincount(k, minlength=size), 1) for k, size in ((i, m), (j, n)))
        row, column = np.zeros(m), np.zeros(n)
        for _ in range(SWEEPS if a.size else 0):
            row = -np.bincount(i, logs + column[j], m) / per_row
            column = -np.bincount(j, logs + row[i], n) / per_column
        return cls(i, j, a, np.exp2(row), np.exp2(column))

    def spread(self, sizes: Array) -> Array:
        """Largest size, in the scaled units, within a few rows of each column."""
        near = sizes / self.column
        for _ in range(SWEEPS):
            tallest = np.zeros(self.row.size)
            np.maximum.at(tallest, self.i, near[self.j])
            before = near.copy()
            np.maximum.at(near, self.j, tallest[self.i])
            if (near == before).all():
                break
        return near * self.column

    def lent(self, rows: Box, box: Box, own: Array) -> Array:
        """Size of each column by the limits of nearby rows and columns, and by ``own`` sizes."""
        sizes = np.maximum(largest_limit(box), own)
        np.maximum.at(sizes, self.j, (largest_limit(rows) * self.row)[self.i] * self.column[self.j])
        return self.spread(sizes)

    def heights(self, sizes: Array) -> Array:
        """Largest |a_ij| size_j per row."""
        tallest = np.zeros(self.row.size)
        np.maximum.at(tallest, self.i, np.abs(self.a) * sizes[self.j])
        return tallest


def limited_triplets(A: Any, rows: Box) -> tuple[Index, Index, Array]:
    """Nonzeros of the rows that have a limit, column by column; a free row says nothing."""
    i, j, a = triplets(A)
    limited = np.isfinite(rows.lower) | np.isfinite(rows.upper)
    if limited.all():
        return i, j, a
    kept = limited[i]
    return i[kept], j[kept], a[kept]


def largest_limit(limits: Box) -> Array:
    """Larger finite magnitude of the two limits; 0 if both are infinite."""
    return np.maximum(sizes_of(limits.lower), sizes_of(limits.upper))
