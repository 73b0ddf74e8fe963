"""How far below zero can the eigenvalues of a symmetric matrix be? Bounded by a factorisation in float64.

M = L D L' + R with D > 0 gives M >= -|R| in the infinity norm. Dense matrices: R is measured, whatever the
factorisation did. Sparse ones: |R| <= gamma_k |L| D |L'| by the standard analysis of the method (Higham 2002, theorems
10.3 and 10.5; Rump 2006), k counting the roundings of an entry; its row sums cost two products with L.

Of a singular matrix that leaves a doubt, which elimination in whole numbers resolves where the matrix is small.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from thalweg import inputs
from thalweg.result import Array
from thalweg.terms.matrices import dense, outer_index
from thalweg.terms.rounding import gamma

SMALL = 60  # up to this size a dense factorisation is as fast as a sparse one
FILLED = 0.1  # and above this share of nonzeros
EXACT = 32  # rows up to which elimination in whole numbers is quick ...
FINEST = 2**200  # ... if none of them is longer than this: its entries grow with every row


def negative_part(S: Any, theta: float) -> float | None:
    """Bound e with S - theta diag(S) >= -e I, from a factorisation; None if it breaks down."""
    if inputs.is_sparse(S) and S.shape[0] > SMALL and S.nnz <= FILLED * S.shape[0] ** 2:
        return _sparse(S, theta)
    return _dense(dense(S), theta)


def largest_shift(S: Any, shifts: Sequence[float], small: Callable[[float, float], bool]) -> tuple[float, float] | None:
    """The first theta of the falling ``shifts`` whose bound e is ``small`` (e, theta), with e; None if there is none.

    What is proved for one shift is taken to be possible for all smaller ones, so that few factorisations suffice.
    """

    @cache
    def error(k: int) -> float:
        found = negative_part(S, shifts[k])
        return np.inf if found is None else found

    k = bisect_left(range(len(shifts)), True, key=lambda k: bool(error(k) < np.inf and small(error(k), shifts[k])))
    return (shifts[k], error(k)) if k < len(shifts) else None


def _dense(S: Array, theta: float) -> float | None:
    """By Cholesky: |M - L L'| in every row, and the rounding of that product."""
    M = S - theta * np.diag(np.diag(S))
    try:
        L = np.linalg.cholesky(M)
    except np.linalg.LinAlgError:
        return None
    size = np.abs(L)
    residual = np.abs(M - L @ L.T) + gamma(S.shape[0] + 2) * (size @ size.T)
    return float(residual.sum(axis=1).max(initial=0.0)) * (1 + gamma(S.shape[0] + 2))


def _sparse(S: Any, theta: float) -> float | None:
    """By L D L' without pivoting, in an order that keeps L sparse."""
    import qdldl
    from scipy import sparse

    M = sparse.csc_matrix(S, copy=True)
    on_diagonal = M.indices == outer_index(M)
    M.data[on_diagonal] -= theta * M.data[on_diagonal]
    try:
        L, pivots, _ = qdldl.Solver(M).factors()
    except RuntimeError:  # a pivot of 0
        return None
    if not (pivots > 0).all():
        return None
    size = abs(L)
    column = size.T @ np.ones(pivots.size) + 1.0  # 1: the diagonal of L
    rows = size @ (pivots * column) + pivots * column
    depth = int(np.bincount(L.indices, minlength=1).max()) + 8.0
    return float(gamma(depth) * rows.max() * (1 + gamma(2 * depth)))


def is_semidefinite(S: Any) -> bool | None:
    """Whether a small matrix has no eigenvalue below 0, by fraction-free elimination (Bareiss 1968).

    None where that would take long: many rows, or entries of very different sizes.
    """
    M = _whole(dense(S)) if S.shape[0] <= EXACT else None
    if M is None:
        return None
    left, previous = list(range(len(M))), 1
    while left:
        pivot = max(left, key=lambda i: M[i][i])
        if M[pivot][pivot] <= 0:  # of a semidefinite matrix nothing is left then
            return not any(M[i][j] for i in left for j in left)
        left.remove(pivot)
        row, height = M[pivot], M[pivot][pivot]
        for i in left:
            M[i] = [(height * a - M[i][pivot] * b) // previous for a, b in zip(M[i], row, strict=True)]
        previous = height
    return True


def _whole(S: Array) -> list[list[int]] | None:
    """A multiple of a matrix in whole numbers, entries of float64 being fractions of powers of two; None if long."""
    fractions = [[value.as_integer_ratio() for value in row] for row in S.tolist()]
    unit = max((below for row in fractions for _, below in row), default=1)
    M = [[above * (unit // below) for above, below in row] for row in fractions]
    return M if all(abs(entry) <= FINEST for row in M for entry in row) else None
