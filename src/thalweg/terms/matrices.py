"""Matrices that are dense or sparse: made dense, and put together; what is sparse stays so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from thalweg.inputs import is_sparse
from thalweg.result import Array, Index


def dense(matrix: Any) -> Array:
    """Return a matrix as an array, whatever it is stored as."""
    return np.asarray(matrix.toarray() if is_sparse(matrix) else matrix)


def stacked(blocks: Sequence[Any]) -> Any:
    """One matrix upon the other: CSC if one of them is sparse, else dense."""
    if not any(is_sparse(block) for block in blocks):
        return np.vstack(blocks)
    from scipy import sparse

    return sparse.vstack([sparse.csc_array(block) for block in blocks], format="csc")


def beside(blocks: Sequence[Any]) -> Any:
    """One matrix beside the other: CSC if one of them is sparse, else dense."""
    if not any(is_sparse(block) for block in blocks):
        return np.hstack(blocks)
    from scipy import sparse

    return sparse.hstack([sparse.csc_array(block) for block in blocks], format="csc")


def outer_index(matrix: Any) -> Index:
    """Row of each stored entry where a matrix is stored by rows, column where it is stored by columns."""
    counts: Index = np.diff(matrix.indptr)
    return np.repeat(np.arange(counts.size), counts)


def scaled_by(matrix: Any, rows: Array | float, columns: Array) -> Any:
    """diag(rows) matrix diag(columns), stored as it was by rows or columns; the matrix itself if all factors are 1."""
    if np.all(rows == 1.0) and (columns == 1.0).all():
        return matrix
    if not is_sparse(matrix):
        return matrix * np.reshape(rows, (-1, 1)) * columns
    result = matrix.copy() if matrix.format == "csr" else matrix.tocsc(copy=True)
    rows = np.broadcast_to(rows, matrix.shape[:1])
    outer, inner = (rows, columns) if result.format == "csr" else (columns, rows)
    result.data = result.data * inner[result.indices] * np.repeat(outer, np.diff(result.indptr))
    return result
