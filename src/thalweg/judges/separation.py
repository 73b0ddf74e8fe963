"""No minimiser: a direction along which the objective falls for ever without reaching its infimum.

(Rockafellar 1970, theorem 27.3; Albert & Anderson 1984.) For a direction (delta, delta0) with r = X delta + delta0, the
objective has no minimiser if no loss rises along r, none of the penalised coefficients moves, no limit is left, and
some r_i is not 0 (so that something falls, strictly and for ever).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from thalweg.result import Array
from thalweg.terms.rounding import gamma

RATE = 1e-12  # a margin of the wrong sign below this share of its own terms is rounding: then an assumption
REAL = 1e-6  # and some margin must be at least this share
EXACT_ENTRIES = 200_000


@dataclass(frozen=True, eq=False)
class Separation:
    """A checked direction, in words."""

    direction: Array
    intercept: float
    statement: str
    premises: tuple[str, ...]


def separation(problem: Any, direction: Array, intercept: float) -> Separation | None:
    """Check the direction; None if it proves nothing."""
    d = np.where(problem.l1 + problem.l2 > 0, 0.0, direction)
    d0 = intercept if problem.intercept else 0.0
    if not (d.any() or d0) or not _stays(problem, d):
        return None
    r, error, size = _margins(problem, d, d0)
    used = problem.weights > 0
    rise = problem.loss.recession(r, problem.y)
    if not np.isfinite(rise[used]).all():
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        wrong = np.where(size > 0, (np.where(rise > 0, np.abs(r), 0.0) + error) / size, 0.0)[used]
        good = np.where(size > 0, np.where(rise > 0, 0.0, np.abs(r)) / size, 0.0)[used]
    leftover = float(wrong.max(initial=0.0))
    if not leftover <= RATE or not (good > REAL).any():
        return None
    premises = (f"margins of {leftover:.1e} of their own terms count as 0 (rounding)",) if leftover > 0 else ()
    moving = np.flatnonzero(d)
    names = ", ".join(problem.names[j] if problem.names else f"x{j}" for j in moving[:8])
    more = f" and {moving.size - 8} more" if moving.size > 8 else ""
    statement = (
        f"no best coefficients exist: along a direction in {names or 'the intercept'}{more} every prediction gets "
        f"better for ever ({int((good > 0).sum())} of {int(used.sum())} rows strictly). "
        "Drop or merge these columns, or add a penalty"
    )
    return Separation(d, d0, statement, premises)


def _stays(problem: Any, d: Array) -> bool:
    """No bound and no row is left along d."""
    low, high = np.isfinite(problem.lower), np.isfinite(problem.upper)
    if (low & (d < 0)).any() or (high & (d > 0)).any():
        return False
    if not problem.A.shape[0]:
        return True
    rate = problem.A @ d
    error = gamma(d.size + 2) * (abs(problem.A) @ np.abs(d))
    below = np.isfinite(problem.row_lower) & (rate < -error)
    above = np.isfinite(problem.row_upper) & (rate > error)
    return not (below | above).any()


def _margins(problem: Any, d: Array, d0: float) -> tuple[Array, Array, Array]:
    """r, its rounding bound and the size of its terms; doubtful margins are summed exactly."""
    r = problem.X.dot(d) + d0
    size = problem.X.abs_dot(d) + abs(d0)
    error = gamma(d.size + 2) * size
    rising = problem.loss.recession(r - np.sign(r) * error, problem.y)
    clear = (np.abs(r) > error) & (rising == 0)
    error = np.where(clear, 0.0, error)
    doubtful = np.flatnonzero(~clear & (np.abs(r) <= error) & (size > 0) & (problem.weights > 0))
    moving = np.flatnonzero(d)
    if doubtful.size and doubtful.size * moving.size <= EXACT_ENTRIES:
        part = problem.X.X[doubtful][:, moving] if problem.X.sparse else problem.X.X[np.ix_(doubtful, moving)]
        dense = np.asarray(part.todense()) if problem.X.sparse else part
        exact = [Fraction(value) for value in d[moving]]
        for i, row in zip(doubtful, dense, strict=True):
            total = sum((Fraction(x) * step for x, step in zip(row, exact, strict=True) if x), Fraction(d0))
            r[i], error[i] = float(total), 0.0
    return r, error, size
