"""Rows on coefficients as SciPy's SLSQP wants them, and the multipliers that older versions do not return."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.result import Array, Index, Mask
from thalweg.solvers._row_limits import Limits

ACTIVE = 1e-8  # rows this close to a limit, relative to their terms, may have a multiplier
PARALLEL = 1e-9  # entries of rows of length 1 that differ by less are the same
RANK = 1e-10  # what is left of a row of length 1 that depends on the equal rows


def scipy_rows(A: Array, lower: Array, upper: Array) -> list[dict[str, Any]]:
    """Rows of length 1 in SciPy's form, without those that others imply: they were seen to lead SLSQP astray."""
    length = np.linalg.norm(A, axis=1)
    A, lower, upper = A[length > 0], lower[length > 0], upper[length > 0]
    length = length[length > 0]
    A, lower, upper = A / length[:, None], lower / length, upper / length
    equal, beyond = _independent(A, lower == upper)
    high = np.flatnonzero(np.isfinite(upper) & beyond)
    low = np.flatnonzero(np.isfinite(lower) & beyond)
    inner = _tightest(np.vstack([A[low], -A[high]]), np.concatenate([-lower[low], upper[high]]))
    forms = [("eq", A[equal], -lower[equal]), ("ineq", *inner)]
    return [_constraint(*form) for form in forms if form[1].size]


def _constraint(kind: str, matrix: Array, constant: Array) -> dict[str, Any]:
    return {"type": kind, "fun": lambda t: matrix @ t + constant, "jac": lambda _: matrix}


def _independent(A: Array, equal: Mask) -> tuple[Index, Mask]:
    """Equal rows that span all equal rows, and whether each other row leaves that span."""
    from scipy.linalg import qr

    fixed = np.flatnonzero(equal)
    if not fixed.size:
        return fixed, ~equal
    Q, R, pivots = qr(A[fixed].T, mode="economic", pivoting=True, check_finite=False)
    sizes = np.abs(np.diag(R))
    rank = int((sizes > RANK).sum())
    rest = A - A @ Q[:, :rank] @ Q[:, :rank].T
    return fixed[pivots[:rank]], ~equal & (np.linalg.norm(rest, axis=1) > RANK)


def _tightest(A: Array, constant: Array) -> tuple[Array, Array]:
    """Of parallel rows A t + constant >= 0 the one with the least constant."""
    order = np.argsort(constant, kind="stable")
    _, first = np.unique(np.round(A[order] / PARALLEL), axis=0, return_index=True)
    kept = order[first]
    return A[kept], constant[kept]


def row_duals(limits: Limits, b: Array, gradient: Array) -> Array:
    """Multipliers of the active rows and bounds, of the right signs, that leave the least gradient; those of rows."""
    from scipy.optimize import nnls

    rows, box, activity = limits.rows, limits.box, limits.A @ b
    near = ACTIVE * limits.sizes(b)
    equal = rows.lower == rows.upper
    low = np.flatnonzero((activity - rows.lower <= near) | equal)
    high = np.flatnonzero((rows.upper - activity <= near) | equal)
    y = np.zeros(rows.lower.size)
    if not low.size + high.size:
        return y
    A, unit = limits.dense(), np.eye(b.size)
    sides = np.vstack([A[low], -A[high], unit[b <= box.lower], -unit[b >= box.upper]])
    length = np.linalg.norm(sides, axis=1)
    length = np.where(length > 0, length, 1.0)
    found = nnls((sides / length[:, None]).T, gradient)[0] / length
    y[low] += found[: low.size]
    y[high] -= found[low.size : low.size + high.size]
    return y
