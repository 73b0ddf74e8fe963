"""A block of variables: consecutive columns with one name, their labels and their limits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from thalweg.modelling.labels import Labels
from thalweg.result import Array


@dataclass(frozen=True, eq=False)
class Block:
    """Columns ``start`` to ``start + labels.size`` of one model (``owner``)."""

    owner: object
    name: str
    labels: Labels
    lower: Array
    upper: Array
    integer: bool
    start: int

    @property
    def columns(self) -> slice:
        """Where it stands among all columns."""
        return slice(self.start, self.start + self.labels.size)

    @cached_property
    def identity(self) -> Any:
        """Matrix of the block itself; products with it are skipped."""
        from scipy import sparse

        return sparse.eye_array(self.labels.size, format="csr")


def selection(positions: Any, size: int) -> Any:
    """Return the sparse matrix that picks these entries."""
    from scipy import sparse

    count = len(positions)
    return sparse.csr_array((np.ones(count), positions, np.arange(count + 1)), shape=(count, size))


def summation(groups: Any, count: int) -> Any:
    """Return the sparse matrix that sums the entries of each group."""
    from scipy import sparse

    size = len(groups)
    return sparse.csc_array((np.ones(size), groups, np.arange(size + 1)), shape=(count, size))


def matrix_of(data: Array, rows: Any, columns: Any, shape: tuple[int, int]) -> Any:
    """Return the sparse matrix with these entries."""
    from scipy import sparse

    return sparse.csr_array((data, (rows, columns)), shape=shape)


def sparse_of(matrix: Any) -> Any:
    """Return a sparse matrix that shares no array with the one that the user holds and may change."""
    from scipy import sparse

    return matrix.copy() if sparse.issparse(matrix) else sparse.csr_array(matrix)


def diagonal(weights: Array) -> Any:
    """Return the sparse matrix that multiplies entry by entry."""
    from scipy import sparse

    size = weights.size
    return sparse.csr_array((weights, np.arange(size), np.arange(size + 1)), shape=(size, size))


def divided(matrix: Any, divisors: Array) -> Any:
    """Divide each row by its number: one rounding, where a product with 1 / number would have two."""
    from scipy import sparse

    rows = matrix.tocsr()
    data = rows.data / np.repeat(divisors, np.diff(rows.indptr))
    return sparse.csr_array((data, rows.indices, rows.indptr), shape=rows.shape)
