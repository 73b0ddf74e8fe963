"""Symmetric equations [H, A'; A, 0] (u, v) = (f, g): regularised, factored once, corrected to the last digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from thalweg.inputs import is_sparse
from thalweg.result import Array

PASSES = 6  # of equilibration
CORRECTIONS = 3  # per solution, on the matrix without its regularisation
DENSE = 0.25  # share of nonzeros from which a dense factorisation is faster
RETRIES = (1.0, 1e2, 1e4)  # times the regularisation
SMALL = 60  # equations that are fastest dense whatever their nonzeros


class Saddle:
    """A factored saddle-point matrix.

    [H + r I, A'; A, -r I] in equilibrated units (Ruiz 2001) is quasi-definite: L D L' exists in any order of the
    equations, without pivoting (Vanderbei 1995). Dependent rows of A do no harm as long as they do not contradict each
    other.

    Parameters
    ----------
    H : (n, n) array or SciPy sparse array, or (n,) array for a diagonal matrix
        Positive semidefinite.
    A : (m, n) array or SciPy sparse array
    regularisation : float
        r, relative to matrix entries near 1.
    """

    def __init__(self, H: Any, A: Any, regularisation: float) -> None:
        self.size = int(A.shape[1])
        small = sum(A.shape) <= SMALL and not (is_sparse(A) or is_sparse(H))
        self._K, self._units = _equilibrated_dense(_joined_dense(H, A)) if small else _equilibrated(_joined(H, A))
        signs = np.where(np.arange(self._K.shape[0]) < self.size, regularisation, -regularisation)
        self._solve = _factored(self._K, signs)

    def solve(self, f: Array, g: Array) -> tuple[Array, Array]:
        """Return (u, v), or the best attempt at it where the equations are inconsistent."""
        right = self._units * np.concatenate([f, g])
        solution = self._solve(right)
        best, least = solution, np.inf
        for _ in range(CORRECTIONS):
            residual = right - self._K @ solution
            size = float(np.abs(residual).max(initial=0.0))
            if not size < least:
                break
            best, least = solution, size
            solution = solution + self._solve(residual)
        both = self._units * best
        return both[: self.size], both[self.size :]


def _joined(H: Any, A: Any) -> Any:
    """[H, A'; A, 0] as a sparse array."""
    from scipy import sparse

    top = sparse.diags_array(H) if getattr(H, "ndim", 2) == 1 else sparse.csc_array(H)
    A = sparse.csc_array(A)
    return sparse.block_array([[top, A.T], [A, None]], format="csc") if A.shape[0] else sparse.csc_array(top)


def _joined_dense(H: Array, A: Array) -> Array:
    """[H, A'; A, 0] as an array."""
    m, n = A.shape
    K = np.zeros((n + m, n + m))
    K[:n, :n] = np.diag(H) if H.ndim == 1 else H
    K[n:, :n], K[:n, n:] = A, A.T
    return K


def _equilibrated_dense(K: Array) -> tuple[Array, Array]:
    """Do what ``_equilibrated`` does, where sparse storage would only cost time."""
    sizes, units = np.abs(K), np.ones(K.shape[0])
    for _ in range(PASSES if K.size else 0):
        largest = sizes.max(axis=0)
        step = 1.0 / np.sqrt(np.where(largest > 0, largest, 1.0))
        sizes *= step[:, None] * step
        units *= step
    return K * units[:, None] * units, units


def _equilibrated(K: Any) -> tuple[Any, Array]:
    """Scale rows and columns alike until the largest entry of each is about 1; return the scales, too."""
    column = np.repeat(np.arange(K.shape[1]), np.diff(K.indptr))
    data, units = np.abs(K.data), np.ones(K.shape[0])
    starts = np.flatnonzero(np.diff(column, prepend=-1))
    for _ in range(PASSES if data.size else 0):
        largest = np.zeros(units.size)
        largest[column[starts]] = np.maximum.reduceat(data, starts)
        step = 1.0 / np.sqrt(np.where(largest > 0, largest, 1.0))
        data *= step[K.indices] * step[column]
        units *= step
    K = K.copy()
    K.data = K.data * units[K.indices] * units[column]
    return K, units


def _factored(K: Any, signs: Array) -> Callable[[Array], Array]:
    """Factor K + diag(signs)."""
    if not is_sparse(K):
        return _dense(K + np.diag(signs))
    if K.shape[0] <= SMALL or K.nnz > DENSE * K.shape[0] ** 2:
        return _dense(K.toarray() + np.diag(signs))
    import qdldl
    from scipy import sparse

    triangle = sparse.triu(K, format="csc")
    for factor in RETRIES:
        upper = triangle + sparse.diags_array(factor * signs, format="csc")
        try:
            return qdldl.Solver(sparse.csc_matrix(upper), upper=True).solve
        except RuntimeError:  # rounding made a pivot 0
            continue
    return np.zeros_like


def _dense(K: Array) -> Callable[[Array], Array]:
    from scipy.linalg.lapack import dgetrf, dgetrs

    if not K.size:
        return lambda right: right
    factors, pivots, singular = dgetrf(K, overwrite_a=True)
    if singular:
        return np.zeros_like
    return lambda right: dgetrs(factors, pivots, right)[0]


def sparse_rows(A: Any) -> Any:
    """Return the matrix in a form whose rows are picked quickly."""
    from scipy import sparse

    return A.tocsr() if is_sparse(A) else sparse.csr_array(A)
