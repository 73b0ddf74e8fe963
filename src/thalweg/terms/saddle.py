"""Symmetric equations [H, A'; A, 0] (u, v) = (f, g): regularised, factored once, corrected to the last digits."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from thalweg.inputs import is_sparse
from thalweg.result import Array, Index

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
        K = _joined_dense(H, A) if small else _Upper.of(H, A)
        self._K, self._units = _equilibrated_dense(K) if isinstance(K, np.ndarray) else K.equilibrated()
        signs = np.where(np.arange(self._units.size) < self.size, regularisation, -regularisation)
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


class _Upper:
    """A symmetric matrix by its upper triangle in compressed columns, each with its diagonal entry as the last one."""

    def __init__(self, starts: Index, rows: Index, data: Array) -> None:
        self.starts, self.rows, self.data = starts, rows, data
        self.size = starts.size - 1
        self.diagonal = starts[1:] - 1

    @classmethod
    def of(cls, H: Any, A: Any) -> _Upper:
        """[H, A'; A, 0] from H, or its diagonal, and A."""
        from scipy import sparse

        A, n = sparse.csr_array(A), int(A.shape[1])
        flat = getattr(H, "ndim", 2) == 1
        above = sparse.csc_array((n, n)) if flat else sparse.triu(H, 1, format="csc")
        # each row of A is a column here
        ends = np.concatenate([above.indptr[1:], above.nnz + A.indptr[1:].astype(np.intp)])
        rows = np.insert(np.concatenate([above.indices, A.indices]).astype(np.intp), ends, np.arange(ends.size))
        diagonal = np.concatenate([H if flat else H.diagonal(), np.zeros(A.shape[0])])
        data = np.insert(np.concatenate([above.data, A.data]), ends, diagonal)
        return cls(np.append(0, ends + np.arange(1, ends.size + 1)), rows, data)

    def with_data(self, data: Array) -> _Upper:
        """The same places with other entries."""
        return _Upper(self.starts, self.rows, data)

    def equilibrated(self) -> tuple[_Upper, Array]:
        """Scale rows and columns alike until the largest entry of each is about 1; return the scales, too."""
        column = np.repeat(np.arange(self.size), np.diff(self.starts))
        sizes, units = np.abs(self.data), np.ones(self.size)
        for _ in range(PASSES if self.size else 0):
            largest = np.maximum.reduceat(sizes, self.starts[:-1])
            np.maximum.at(largest, self.rows, sizes)
            step = 1.0 / np.sqrt(np.where(largest > 0, largest, 1.0))
            sizes *= step[self.rows] * step[column]
            units *= step
        return self.with_data(self.data * units[self.rows] * units[column]), units

    def shifted(self, diagonal: Array) -> _Upper:
        """Add to the diagonal."""
        data = self.data.copy()
        data[self.diagonal] += diagonal
        return self.with_data(data)

    @cached_property
    def stored(self) -> Any:
        """The upper triangle as a SciPy matrix."""
        from scipy import sparse

        return sparse.csc_matrix((self.data, self.rows, self.starts), shape=(self.size, self.size))

    def __matmul__(self, x: Array) -> Array:
        product: Array = self.stored @ x + self.stored.T @ x - self.data[self.diagonal] * x
        return product

    def toarray(self) -> Array:
        """Return both triangles."""
        upper = self.stored.toarray()
        return upper + np.triu(upper, 1).T


def _joined_dense(H: Array, A: Array) -> Array:
    """[H, A'; A, 0] as an array."""
    m, n = A.shape
    K = np.zeros((n + m, n + m))
    K[:n, :n] = np.diag(H) if H.ndim == 1 else H
    K[n:, :n], K[:n, n:] = A, A.T
    return K


def _equilibrated_dense(K: Array) -> tuple[Array, Array]:
    """Do what ``_Upper.equilibrated`` does, where sparse storage would only cost time."""
    sizes, units = np.abs(K), np.ones(K.shape[0])
    for _ in range(PASSES if K.size else 0):
        largest = sizes.max(axis=0)
        step = 1.0 / np.sqrt(np.where(largest > 0, largest, 1.0))
        sizes *= step[:, None] * step
        units *= step
    return K * units[:, None] * units, units


def _factored(K: Array | _Upper, signs: Array) -> Callable[[Array], Array]:
    """Factor K + diag(signs)."""
    if isinstance(K, np.ndarray):
        return _dense(K + np.diag(signs))
    if K.size <= SMALL or 2 * K.data.size > DENSE * K.size**2:
        return _dense(K.toarray() + np.diag(signs))
    import qdldl

    for factor in RETRIES:
        try:
            return qdldl.Solver(K.shifted(factor * signs).stored, upper=True).solve
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
