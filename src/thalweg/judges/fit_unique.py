"""Coefficients that are not unique: columns that depend on each other share one effect in any proportion.

Where X d = 0 for a step d of coefficients that no penalty and no limit holds, the objective is the same all along d: no
fit can tell how much of the effect belongs to which column. Predictions do not depend on it. Whether columns depend on
each other is decided to rounding: by the singular values of the centred columns, of unit length.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg import inputs, naming
from thalweg.judges.fit_growth import inverse_root
from thalweg.judges.fit_reach import moments_of
from thalweg.result import Array, Index, Mask
from thalweg.terms.rounding import UNIT

LARGE = 1e8  # flops of a factorisation that nobody notices
RANK = 1e-13  # a centred column below this share of its size is constant
ROUNDINGS = 10.0  # of the singular values of unit columns, per root of the rows and column
SHARE = 1e-7  # a smaller share in a direction is rounding, too
MOST = 5  # names that are told


def not_unique(problem: Any) -> Mask | None:
    """Which coefficients no best answer determines; None where nothing penalises too little, or it costs much.

    Whatever is limited counts as held, whether it is at its limit or not: so it holds for every best answer.
    """
    n, p = problem.shape
    lower, upper, factors = (
        np.asarray(part, dtype=float) for part in (problem.lower, problem.upper, problem.l1 + problem.l2)
    )
    free = np.flatnonzero(np.isneginf(lower) & np.isposinf(upper) & (factors == 0))
    if problem.loss.joint or not free.size or (n + problem.A.shape[0]) * free.size**2 > LARGE:
        return None
    found = np.zeros(int(p), dtype=bool)
    if inverse_root(moments_of(problem, problem.weights, free, problem.intercept), int(n)) is None:
        found[free] = _depend(_system(problem, free))  # else X'X is clearly regular, and no copy of X is needed
    return found


def told(problem: Any, found: Mask | None) -> tuple[str, ...]:
    """Say it in a sentence."""
    if found is None or not found.any():
        return ()
    which = np.flatnonzero(found)
    names = ", ".join(naming.label(problem.names, int(j)) for j in which[:MOST])
    more = f" and {which.size - MOST} more" if which.size > MOST else ""
    if which.size == 1:
        return (f"1 coefficient is not unique, since its column says nothing: {names}",)
    return (f"{which.size} coefficients are not unique, since their columns depend on each other: {names}{more}",)


def _system(problem: Any, columns: Index) -> Array:
    """Rows that a step of some coefficients must leave at 0: centred predictors, and rows on coefficients.

    Columns are scaled to unit length, and then the rows on coefficients.
    """
    X = problem.X.columns(columns)[problem.weights > 0]
    M = X - X.mean(axis=0) if problem.intercept else X
    M = np.where(np.linalg.norm(M, axis=0) <= RANK * np.linalg.norm(X, axis=0), 0.0, M)
    A = problem.A[:, columns]
    A = np.asarray(A.todense()) if inputs.is_sparse(A) else A
    size = np.linalg.norm(M, axis=0)
    A = A / np.where(size > 0, size, 1.0)
    length = np.linalg.norm(A, axis=1, keepdims=True)
    return np.vstack([M / np.where(size > 0, size, 1.0), A / np.where(length > 0, length, 1.0)])


def _depend(M: Array) -> Mask:
    """Columns that take part in a combination that is 0."""
    R = np.linalg.qr(M, mode="r") if M.shape[0] > M.shape[1] else M
    _, values, directions = np.linalg.svd(R, full_matrices=True)
    n, p = M.shape
    rounding = ROUNDINGS * UNIT * np.sqrt(n) * p * values.max(initial=0.0)
    rank = int((values > rounding).sum())
    return np.asarray((np.abs(directions[rank:]) > SHARE).any(axis=0))
