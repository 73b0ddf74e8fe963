"""Covariance of maximum-likelihood and M-estimates of linear models, by one factor L with covariance L (...) L'.

With X~ = [1, X] (or X), W_i = w_i h_i the weighted information of each row, and L L' = (X~'W X~)^-1,

- classical: phi L L', phi the dispersion (McCullagh and Nelder 1989, section 4.4);
- sandwich: L [ sum_i A_i'A_i c_i ] L', A = X~ L, c_i the squared weighted slope of row i (HC0; White 1980), times
  n / (n - rank) (HC1), or divided by 1 - h_ii (HC2) or (1 - h_ii)^2 (HC3; MacKinnon and White 1985), h_ii the leverage;
- clustered: the slopes are added up within each group before they are squared, and the sum is multiplied by
  G / (G - 1) (n - 1) / (n - rank) (Liang and Zeger 1986; the factor is Stata's).

L comes from the pivoted QR factorisation of sqrt(W) X~ with centred, scaled columns, never from an inverse of X~'W X~
where X is dense. Columns that depend on others leave estimates that are not unique: NaN there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from thalweg.problems.fit import Fit
from thalweg.result import Array, Index, Mask
from thalweg.terms.design import BLOCK

RANK = 1e-13  # a pivot below this share of the largest is rounding
SPARSE_RANK = 1e-10  # the same of a Gram matrix, whose pivots are squares
UNIQUE = 1e-7  # share of a direction of dependence that a coefficient may take and still count as unique


class Root(NamedTuple):
    """L (rows: intercept, features; columns: rank), and which coefficients the data determine."""

    L: Array
    unique: Mask

    @property
    def rank(self) -> int:
        """Number of directions that the data determine."""
        return self.L.shape[1]

    def covariance(self, middle: Array | None = None) -> Array:
        """L middle L', NaN for what is not unique."""
        with np.errstate(invalid="ignore"):
            covariance = self.L @ self.L.T if middle is None else self.L @ middle @ self.L.T
        covariance[~self.unique], covariance[:, ~self.unique] = np.nan, np.nan
        return covariance


def root_of(problem: Fit, information: Array, held: Array) -> Root:
    """Factorise X~'W X~ over the directions in which the rows of ``held`` (on intercept and features) stay as they are.

    Parameters
    ----------
    problem : Fit
    information : (n,) array
        W_i >= 0.
    held : (m, p + intercept) array
        Equalities on intercept and features; no rows: none.
    """
    mean, scale = _centre(problem, information)
    transform = _back(problem, mean, scale)
    basis = _null_space(held @ transform)
    R, pivots, rank = _factor(problem, information, mean, scale, basis)
    from scipy.linalg import solve_triangular

    inverse = solve_triangular(R[:rank, :rank], np.eye(rank), check_finite=False)
    L = transform @ basis[:, pivots[:rank]] @ inverse
    return Root(L, _unique(transform @ basis, R, pivots, rank))


def _centre(problem: Fit, information: Array) -> tuple[Array, Array]:
    """Weighted means (0 without an intercept, or for sparse data), and sizes of the centred columns."""
    X, total = problem.X, float(information.sum())
    mean = X.t_dot(information) / total if problem.intercept and not X.sparse else np.zeros(X.shape[1])
    squares = X.squares(information) - total * mean**2
    size = np.sqrt(np.maximum(squares, 0.0))
    return mean, np.where(size > 0, size, 1.0)


def _back(problem: Fit, mean: Array, scale: Array) -> Array:
    """From centred, scaled columns to intercept and features: b = u / scale, b0 = u0 - mean'b."""
    transform = np.diag(1.0 / scale)
    if not problem.intercept:
        return transform
    return np.block([[np.ones((1, 1)), -(mean / scale)[None, :]], [np.zeros((scale.size, 1)), transform]])


def _null_space(rows: Array) -> Array:
    """Orthonormal directions that leave these rows at 0."""
    if not rows.shape[0]:
        return np.eye(rows.shape[1])
    length = np.linalg.norm(rows, axis=1)
    rows = rows[length > 0] / length[length > 0, None]
    from scipy.linalg import qr

    Q, R, _ = qr(rows.T, pivoting=True, check_finite=False)
    size = np.abs(np.diag(R))
    rank = int((size > RANK * size.max(initial=0.0)).sum())
    return np.asarray(Q[:, rank:])


def _factor(problem: Fit, information: Array, mean: Array, scale: Array, basis: Array) -> tuple[Array, Index, int]:
    """R of the pivoted QR factorisation of sqrt(W) times the centred, scaled columns times ``basis``."""
    from scipy.linalg import lapack, qr

    if problem.X.sparse:
        G = problem.X.gram(information) / scale / scale[:, None]
        if problem.intercept:
            border = problem.X.t_dot(information) / scale
            G = np.block([[np.full((1, 1), information.sum()), border[None, :]], [border[:, None], G]])
        G = basis.T @ G @ basis
        R, pivots, rank, _ = lapack.dpstrf(G, tol=SPARSE_RANK * max(float(np.diag(G).max(initial=0.0)), 1e-300))
        return np.triu(R), np.asarray(pivots, dtype=int) - 1, int(rank)
    used = information > 0
    M = (problem.X.X[used] - mean) / scale
    if problem.intercept:
        M = np.column_stack([np.ones(M.shape[0]), M])
    M = (M @ basis if basis.shape[0] != basis.shape[1] else M) * np.sqrt(information[used])[:, None]
    R, pivots = qr(M, mode="r", pivoting=True, check_finite=False)
    size = np.abs(np.diag(R))
    return R[: size.size], np.asarray(pivots, dtype=int), int((size > RANK * size.max(initial=0.0)).sum())


def _unique(basis: Array, R: Array, pivots: Index, rank: int) -> Mask:
    """Coefficients that no direction of dependence moves."""
    from scipy.linalg import solve_triangular

    if rank == pivots.size:
        return np.ones(basis.shape[0], dtype=bool)
    inner = -solve_triangular(R[:rank, :rank], R[:rank, rank:], check_finite=False)
    directions = basis[:, pivots[:rank]] @ inner + basis[:, pivots[rank:]]
    directions = np.abs(directions) / np.abs(basis).max(axis=1, keepdims=True)  # in units of each coefficient
    return ~(directions > UNIQUE * directions.max(axis=0)).any(axis=1)


class Scores(NamedTuple):
    """What a sandwich needs of the rows: squared weights of their slopes, and how many rows they stand for."""

    slopes: Array  # of one row
    weights: Array
    information: Array  # of one row
    frequency: bool
    size: float


def sandwich(problem: Fit, root: Root, scores: Scores, kind: str, groups: Any = None) -> Array:
    """Middle matrix of the sandwich in the directions of L."""
    if kind == "clustered":
        return _clustered(problem, root, scores, groups)
    w = scores.weights if scores.frequency else scores.weights**2
    middle = np.zeros((root.rank, root.rank))
    for rows, A in _images(problem, root.L):
        square = scores.slopes[rows] ** 2
        if kind in ("HC2", "HC3"):
            own = scores.information[rows] * (1.0 if scores.frequency else scores.weights[rows])
            rest = 1.0 - own * (A * A).sum(axis=1)
            square = square / np.where(rest > 0, rest, np.nan) ** (1 if kind == "HC2" else 2)
        middle += A.T @ (A * np.where(w[rows] > 0, w[rows] * square, 0.0)[:, None])
    return middle * (scores.size / (scores.size - root.rank) if kind == "HC1" else 1.0)


def _clustered(problem: Fit, root: Root, scores: Scores, groups: Any) -> Array:
    labels, codes = np.unique(np.asarray(groups)[scores.weights > 0], return_inverse=True)
    members = np.full(scores.weights.size, -1)
    members[scores.weights > 0] = codes
    sums = np.zeros((labels.size, root.rank))
    for rows, A in _images(problem, root.L):
        inside = members[rows] >= 0
        np.add.at(sums, members[rows][inside], (A * (scores.weights * scores.slopes)[rows, None])[inside])
    factor = labels.size / (labels.size - 1) * (scores.size - 1) / (scores.size - root.rank)
    return factor * sums.T @ sums


def _images(problem: Fit, L: Array) -> Iterator[tuple[slice, Array]]:
    """X~ L, some rows at a time."""
    X = problem.X.X.tocsr() if problem.X.sparse else problem.X.X
    features = L[1:] if problem.intercept else L
    for start in range(0, problem.shape[0], BLOCK):
        rows = slice(start, start + BLOCK)
        image = np.asarray(X[rows] @ features)
        yield rows, image + L[0] if problem.intercept else image
