"""Matrices that are dense or sparse: made dense, and put together; what is sparse stays so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from thalweg.inputs import is_sparse
from thalweg.result import Array


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


def scaled_by(matrix: Any, rows: Array, columns: Array) -> Any:
    """diag(rows) matrix diag(columns): CSC if the matrix is sparse; the matrix itself where all factors are 1."""
    if (rows == 1.0).all() and (columns == 1.0).all():
        return matrix
    if not is_sparse(matrix):
        return matrix * rows[:, None] * columns
    result = matrix.tocsc(copy=True)
    result.data = result.data * rows[result.indices] * np.repeat(columns, np.diff(result.indptr))
    return result
