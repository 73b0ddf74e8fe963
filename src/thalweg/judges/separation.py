"""No minimiser: a direction along which the objective falls for ever without reaching its infimum.

(Rockafellar 1970, theorem 27.3; Albert & Anderson 1984.) For a direction (delta, delta0) with r = X delta + delta0, the
objective has no minimiser if no loss rises along r, none of the penalised coefficients moves, no limit is left, and
some r_i is not 0 (so that something falls, strictly and for ever).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg import naming
from thalweg.judges.rays import EXACT, exact_sums, left, rates
from thalweg.result import Array
from thalweg.terms.rounding import TINY, gamma, normalised

RATE = 1e-12  # a margin of the wrong sign below this share of its own terms is rounding: then an assumption
REAL = 1e-6  # and some margin must be at least this share


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
    both = normalised(np.append(d, intercept if problem.intercept else 0.0))
    d, d0 = both[:-1], float(both[-1])
    leaves = _stays(problem, d) if both.any() and getattr(problem.loss, "strict", False) else None
    if leaves is None:
        return None
    r, error, size = _margins(problem, d, d0)
    used = problem.weights > 0
    rise = problem.loss.recession(r, problem.y)
    if not np.isfinite(rise[used]).all():
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        wrong = np.where(size > 0, (np.where(rise > 0, np.abs(r), 0.0) + error) / size, 0.0)[used]
        good = np.where(size > 0, np.where(rise > 0, 0.0, np.abs(r)) / size, 0.0)[used]
    leftover = max(leaves, float(wrong.max(initial=0.0)))
    if not leftover <= RATE or not (good > REAL).any():
        return None
    premises = (f"margins and rows of {leftover:.1e} of their own terms count as 0",) if leftover > 0 else ()
    moving = np.flatnonzero(d)
    names = ", ".join(naming.label(problem.names, j) for j in moving[:8])
    more = f" and {moving.size - 8} more" if moving.size > 8 else ""
    noun = getattr(problem, "noun", "rows")
    statement = (
        f"no best coefficients exist: along a direction in {names or 'the intercept'}{more} every prediction gets "
        f"better for ever ({int((good > 0).sum())} of {int(used.sum())} {noun} strictly). "
        "Drop or merge these columns, or add a penalty"
    )
    return Separation(d, d0, statement, premises)


def _stays(problem: Any, d: Array) -> float | None:
    """Largest relative rate at which a bound or a row is left along d; None if one is really left."""
    bounds = left(problem.box, d, np.zeros(d.size), np.abs(d))
    rows = left(problem.rows, *rates(problem.A, d)) if problem.A.shape[0] else 0.0
    return None if bounds is None or rows is None else max(bounds, rows)


def _margins(problem: Any, d: Array, d0: float) -> tuple[Array, Array, Array]:
    """r, its rounding bound and the size of its terms; doubtful margins are summed exactly."""
    r = problem.X.dot(d) + d0
    size = problem.X.abs_dot(d) + abs(d0)
    error = gamma(d.size + 2) * size + TINY * d.size
    rising = problem.loss.recession(r - np.sign(r) * error, problem.y)
    clear = (np.abs(r) > error) & (rising == 0)
    error = np.where(clear, 0.0, error)
    doubtful, moving = np.flatnonzero(~clear & (np.abs(r) <= error) & (problem.weights > 0)), np.flatnonzero(d)
    if doubtful.size * moving.size <= EXACT:
        r[doubtful], error[doubtful] = exact_sums(problem.X.X, doubtful, d, moving, d0), 0.0
    return r, error, size
