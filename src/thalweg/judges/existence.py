r"""A point that meets all limits exactly, next to one that meets them up to rounding.

In float64 an equation is hardly ever met exactly, and where its right side is small beside its terms, what is missed
may be all that it says. But a point exists even where it cannot be written down. Let D be the room of each column
inside its bounds, M the rows that are asked for, in units D and of length 1, and r what they miss. The shortest u with
M u = r has |u| <= |r| / sqrt(smallest eigenvalue of M M'), and where |u| <= 1 the point x + D u exists, is inside all
bounds, and meets these rows exactly (existence by a bound on the inverse: Rump 2010, section 10). The eigenvalue is
bounded by a factorisation in float64 whose rounding is charged.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.judges.feasibility import Outside
from thalweg.judges.semidefinite import negative_part
from thalweg.result import Array
from thalweg.terms.extended import LOST, ExtendedRows
from thalweg.terms.rounding import UNIT, gamma
from thalweg.terms.saddle import sparse_rows

EIGENVALUES = (1e-1, 1e-3, 1e-5, 1e-7, 1e-9, 1e-11)  # tried as lower bounds
NEAR = 1e-9  # a row whose slack is below this share of its length is asked to stay at its limit
TRIES = 3  # each adds the rows that the move might leave


def shortest_move(scaled: Any, missed: Array) -> float | None:
    """Bound |u| for the shortest u with ``scaled`` u = r, where |r| <= missed; None where it is not below 1."""
    length = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    fixed = length == 0
    if missed[fixed].any():  # nothing can move what is asked here
        return None
    scaled, missed, length = scaled[np.flatnonzero(~fixed)], missed[~fixed], length[~fixed]
    wanted = float(np.linalg.norm(missed / length)) * (1 + gamma(missed.size + 8))
    if not wanted:
        return 0.0
    smallest = _smallest_eigenvalue(scaled.multiply((1.0 / length)[:, None]).tocsr())
    move = wanted / np.sqrt(smallest) if smallest > 0 else np.inf
    return float(move) if move < 1 else None


def distance_to_feasible(outside: Outside, x: Array) -> Array | None:
    """How far, per column, a point that meets all limits exactly is from x at most; None where none was proved."""
    A, limits = sparse_rows(outside.A), outside.rows
    room = _room(outside, x)
    scaled = A.multiply(room).tocsr()
    length = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    value = A @ x
    above, below = value - limits.lower, limits.upper - value
    slack = np.minimum(above, below)
    target = np.where(above <= below, limits.lower, limits.upper)
    joined = (limits.lower == limits.upper) | (slack <= NEAR * length)
    rounding = gamma(np.diff(A.indptr) + 2.0) * (abs(A) @ np.abs(x))
    for _ in range(TRIES):
        rows = np.flatnonzero(joined)
        move = shortest_move(scaled[rows], _missed(A[rows], target[rows], x))
        if move is None:
            return None
        left = ~joined & ~(slack - rounding > move * length)
        if not left.any():
            return move * room
        joined |= left
    return None


def _room(outside: Outside, x: Array) -> Array:
    """Room of each column on both sides, at most its own size; 0 at a bound."""
    size = np.where(np.isfinite(outside.sizes) & (outside.sizes > 0), outside.sizes, 1.0)
    room = np.minimum(np.minimum(x - outside.box.lower, outside.box.upper - x), size)
    return np.maximum(room * (1 - 4 * UNIT), 0.0)


def _missed(A: Any, target: Array, x: Array) -> Array:
    """By how much the rows miss their targets at most, rounding included."""
    size = np.abs(target) + abs(A) @ np.abs(x)
    return np.abs(ExtendedRows(A.tocsc()).residual(target, x)) * (1 + 4 * UNIT) + LOST * size


def _smallest_eigenvalue(M: Any) -> float:
    """Lower bound of the smallest eigenvalue of M M'; 0 where none was proved."""
    G = (M @ M.T).tocsc()
    formed = gamma(float(np.diff(M.indptr).max(initial=0)) + 4) * np.asarray((abs(M) @ abs(M).T).sum(axis=1)).max()
    for eigenvalue in EIGENVALUES:
        error = negative_part(G, eigenvalue)
        if error is not None and error + formed < 0.5 * eigenvalue:
            return eigenvalue - error - formed
    return 0.0
