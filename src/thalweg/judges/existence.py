r"""A point that meets all limits exactly, next to one that meets them up to rounding.

In float64 an equation is hardly ever met exactly, and where its right side is small beside its terms, what is missed
may be all that it says. But a point exists even where it cannot be written down. Let D be the room of each column
inside its bounds, M the rows that are asked for, in units D and of length 1, and r what they miss. The shortest u with
M u = r has |u| <= |r| / sqrt(smallest eigenvalue of M M'), and where |u| <= 1 the point x + D u exists, is inside all
bounds, and meets these rows exactly (existence by a bound on the inverse: Rump 2010, section 10). The eigenvalue is
bounded by a factorisation in float64 whose rounding is charged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from thalweg.judges.feasibility import Outside
from thalweg.judges.semidefinite import largest_shift
from thalweg.result import Array
from thalweg.terms.extended import ExtendedRows, rounded_once
from thalweg.terms.matrices import outer_index, scaled_by
from thalweg.terms.rounding import TINY, UNIT, gamma, smallest
from thalweg.terms.saddle import sparse_rows

EIGENVALUES = (1e-1, 1e-3, 1e-5, 1e-7, 1e-9, 1e-11)  # tried as lower bounds
EXACT = 100_000  # products that are worth summing exactly
NEAR = 1e-9  # a row whose slack is below this share of its length is asked to stay at its limit
TRIES = 3  # each adds the rows that the move might leave
NOTHING, LEAST = 2.0**-240, 2.0**-480  # rooms below the first are none; squares of what is above both keep digits


def shortest_move(scaled: Any, missed: Array, most: float = 1.0) -> float | None:
    """Bound |u| for the shortest u with ``scaled`` u = r, where |r| <= missed; None where it is not below ``most``."""
    length = _lengths(scaled)
    fixed = length == 0
    if missed[fixed].any() or not np.isfinite(length).all():  # nothing can move what is asked here
        return None
    scaled, missed, length = scaled[np.flatnonzero(~fixed)], missed[~fixed], length[~fixed]
    if not missed.any():
        return 0.0
    share = missed / length + TINY * (missed > 0)
    largest = float(share.max())
    wanted = largest * float(np.linalg.norm(share / largest)) * (1 + gamma(missed.size + 8)) if largest > 0 else np.inf
    needed = (wanted / most) ** 2 if wanted < most else np.inf
    least = _smallest_eigenvalue(scaled_by(scaled, 1.0 / length, np.ones(int(scaled.shape[1]))), needed)
    move = wanted / np.sqrt(least) * (1 + 8 * UNIT) if least > 0 else np.inf
    return float(move) if move < most else None


def distance_to_feasible(
    outside: Outside, x: Array, useful: Callable[[Array], float] = lambda room: 1.0
) -> Array | None:
    """How far, per column, a point that meets all limits exactly is from x at most; None where none was proved.

    ``useful`` tells of the room of each column which share of it a distance may be to be of use to anybody.
    """
    A, limits = sparse_rows(outside.A), outside.rows
    room = _room(outside, x)
    scaled = in_room(A, room)
    if scaled is None:
        return None
    most = min(1.0, useful(room))
    length = _lengths(scaled) * (1 + gamma(np.diff(A.indptr) + 8.0))
    (above, missed_below), (below, missed_above) = (
        _residual_bounds(A, side, sign, x) for side, sign in ((limits.lower, -1.0), (limits.upper, 1.0))
    )
    slack = np.minimum(above, below)
    joined = (limits.lower == limits.upper) | (slack < 0) | ((slack <= NEAR * length) & (length > 0))
    missed = np.where(above <= below, missed_below, missed_above)  # of the nearer limit
    for _ in range(TRIES):
        rows = np.flatnonzero(joined)
        move = shortest_move(scaled[rows], missed[rows], most)
        if move is None:
            return None
        left = ~joined & ~(slack >= move * length * (1 + 4 * UNIT))
        if not left.any():
            return move * room * (1 + 4 * UNIT)
        joined |= left
    return None


def in_room(A: Any, room: Array) -> Any | None:
    """A in units of the room of each column; None where the length of a row might get lost below the range."""
    return sparse_rows(scaled_by(A, 1.0, room)) if smallest(A.data) * smallest(room) >= LEAST else None


def _lengths(rows: Any) -> Array:
    return np.sqrt(np.bincount(outer_index(rows), rows.data * rows.data, rows.shape[0]))


def _residual_bounds(A: Any, limit: Array, sign: float, x: Array) -> tuple[Array, Array]:
    """sign (limit - A x) at least, and |limit - A x| at most; both infinite where there is no limit."""
    finite = np.isfinite(limit)
    residual, blur = _residual(A, np.where(finite, limit, 0.0), x)
    return (
        np.where(finite, sign * residual - blur, np.inf),
        np.where(finite, np.abs(residual) * (1 + 4 * UNIT) + blur, np.inf),
    )


def _room(outside: Outside, x: Array) -> Array:
    """Room of each column on both sides, at most its own size; 0 where that is next to nothing."""
    size = np.where(np.isfinite(outside.sizes) & (outside.sizes > 0), outside.sizes, 1.0)
    room = np.minimum(np.minimum(x - outside.box.lower, outside.box.upper - x), size)
    return np.where(room >= NOTHING, room * (1 - 4 * UNIT), 0.0)


def _residual(A: Any, target: Array, x: Array) -> tuple[Array, Array]:
    """target - A x, and what is not known of it; exact where few products decide."""
    sizes = abs(A)
    size, present = np.abs(target) + sizes @ np.abs(x), np.abs(target) + sizes @ (x != 0) > 0
    extended = ExtendedRows(A.tocsc())
    residual = extended.residual(target, x)
    blur = extended.lost * size + UNIT * np.abs(residual) + TINY * (np.diff(A.indptr) + 1.0) * present
    doubtful = np.flatnonzero((np.abs(residual) <= blur) & present)
    if int(np.diff(A.indptr)[doubtful].sum()) <= EXACT:
        residual[doubtful], blur[doubtful] = rounded_once(A[doubtful], target[doubtful], x)
    return residual, blur


def _smallest_eigenvalue(M: Any, needed: float) -> float:
    """Lower bound of the smallest eigenvalue of M M'; 0 where none was proved that is about as large as ``needed``."""
    shifts = [eigenvalue for eigenvalue in EIGENVALUES if eigenvalue > needed]
    if not shifts:
        return 0.0
    G, sizes = (M @ M.T).tocsc(), abs(M)
    rows = sizes @ (sizes.T @ np.ones(int(M.shape[0])))
    formed = gamma(float(np.diff(M.indptr).max(initial=0)) + 8) * float(rows.max()) * (1 + 1e-9)
    found = largest_shift(G, shifts, lambda error, eigenvalue: error + formed < 0.5 * eigenvalue)
    return 0.0 if found is None else (found[0] - found[1] - formed) * (1 - 4 * UNIT)
