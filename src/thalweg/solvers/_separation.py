"""A direction along which every prediction of an unpenalised fit gets better for ever: then there is no minimiser.

With r = X d + d0 the objective falls along (d, d0) without end if no loss rises along r and some r_i is not 0 (Albert
and Anderson 1984). Such a direction is found by linear programs (Konis 2007).
"""

from __future__ import annotations

import numpy as np

from thalweg.problems.fit import Fit
from thalweg.result import Array, Claim, Stop, Tolerance
from thalweg.solvers._highs import least
from thalweg.solvers._program import Program, power_of_two
from thalweg.solvers._standard import claim_of
from thalweg.watch import Watch

FAR = 15.0  # predictors beyond this, on the side where the loss falls for ever, raise the suspicion
REAL = 1e-7  # a smaller margin may be rounding of the linear program
SECONDS = 30.0  # the search may cost so much
DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 24)  # ratios tried for margins that are exactly 0


def suspected(problem: Fit, eta: Array) -> bool:
    """Whether some prediction has gone so far that it may go for ever."""
    if not (problem.intercept or _mobile(problem).any()):
        return False
    sign = _better(problem)
    return bool((sign * (eta - problem.offset) > FAR)[problem.weights > 0].any())


def no_minimiser(problem: Fit, claim: Claim, watch: Watch, aim: Tolerance) -> Claim | None:
    """Return the claim that no best coefficients exist, with its direction, or None if there is no such direction."""
    coef, intercept = np.asarray(claim.values["coef"]), float(claim.values["intercept"])
    found = (coef, intercept) if _separates(problem, coef, intercept) else _searched(problem, watch, aim)
    if found is None:
        return None
    ended = claim_of(problem, coef, intercept, Stop.UNBOUNDED, claim.by, "no minimiser: some predictions improve for ever")
    hints = {**ended.hints, "direction": found[0], "direction_intercept": np.array(found[1])}
    return Claim(ended.values, hints, ended.stop, ended.by, ended.message)


def _mobile(problem: Fit) -> Array:
    """Coefficients that may move for ever in some direction."""
    boxed = np.isfinite(problem.lower) & np.isfinite(problem.upper)
    return (problem.l1 + problem.l2 == 0) & ~boxed


def _better(problem: Fit) -> Array:
    """Per sample the side on which its loss falls for ever: 1, -1, or NaN if there is none."""
    y = problem.y
    up = problem.loss.recession(np.ones_like(y), y) == 0
    down = problem.loss.recession(-np.ones_like(y), y) == 0
    return np.where(up, 1.0, np.where(down, -1.0, np.nan))


def _separates(problem: Fit, d: Array, d0: float) -> bool:
    """Whether no loss rises along the direction and some prediction moves, as far as float64 can tell."""
    if d[~_mobile(problem)].any():
        return False
    if (d[np.isfinite(problem.lower)] < 0).any() or (d[np.isfinite(problem.upper)] > 0).any():
        return False
    r = (problem.X.dot(d) + d0)[problem.weights > 0]
    rise = problem.loss.recession(r, problem.y[problem.weights > 0])
    return bool((rise == 0).all() and (np.abs(r) > REAL * np.abs(r).max()).any() and r.any())


def _searched(problem: Fit, watch: Watch, aim: Tolerance) -> tuple[Array, float] | None:
    """Look for the largest least margin, then, if that is 0, for the largest sum of margins."""
    columns = np.flatnonzero(_mobile(problem))
    limited = Watch(SECONDS, parent=watch)
    scale, matrix, sign = _margin_matrix(problem, columns)
    lower = np.where(np.isfinite(problem.lower[columns]), 0.0, -1.0)
    upper = np.where(np.isfinite(problem.upper[columns]), 0.0, 1.0)
    if problem.intercept:
        lower, upper = np.append(lower, -1.0), np.append(upper, 1.0)
    for least_margin in (True, False):
        program = _program(matrix, sign, lower, upper, least_margin)
        answer = least(program, limited, aim)
        if answer.stop is not Stop.CONVERGED or answer.x is None or not program.q @ answer.x < -REAL:
            continue
        step = answer.x[: lower.size]
        for candidate in [step, *(np.round(step * k) for k in DENOMINATORS)]:
            d = np.zeros(problem.shape[1])
            d[columns] = candidate[: columns.size] * scale
            d0 = float(candidate[-1]) if problem.intercept else 0.0
            if _separates(problem, d, d0):
                return d, d0
    return None


def _margin_matrix(problem: Fit, columns: Array) -> tuple[Array, Array, Array]:
    """Scales of the columns, the matrix whose rows times (d, d0) are margins, and 1 (margin >= 0) or NaN (= 0) per row."""
    rows = np.flatnonzero(problem.weights > 0)
    X = problem.X.X[rows][:, columns]
    size = abs(X).max(axis=0)
    size = np.asarray(size.todense()).ravel() if problem.X.sparse else size
    scale = 1.0 / power_of_two(np.where(size > 0, size, 1.0))
    sign = _better(problem)[rows]
    turn = np.where(np.isnan(sign), 1.0, sign)
    if problem.X.sparse:
        from scipy import sparse

        blocks = [sparse.csc_array(X.multiply(scale).multiply(turn[:, None]))]
        if problem.intercept:
            blocks.append(sparse.csc_array(turn[:, None]))
        return scale, sparse.hstack(blocks, format="csc"), sign
    dense = X * scale * turn[:, None]
    return scale, np.column_stack([dense, turn]) if problem.intercept else dense, sign


def _program(matrix: Array, sign: Array, lower: Array, upper: Array, least_margin: bool) -> Program:
    """The most margin within a box: the least margin (one more variable, at most 1), or the sum of margins."""
    n = sign.size
    falls = ~np.isnan(sign)
    row_lower, row_upper = np.zeros(n), np.where(falls, np.inf, 0.0)
    if not least_margin:
        return Program(None, -(matrix.T @ falls.astype(float)), matrix, row_lower, row_upper, lower, upper)
    q = np.zeros(lower.size + 1)
    q[-1] = -1.0
    last = -falls.astype(float)[:, None]
    if isinstance(matrix, np.ndarray):
        matrix = np.column_stack([matrix, last])
    else:
        from scipy import sparse

        matrix = sparse.hstack([matrix, sparse.csc_array(last)], format="csc")
    return Program(None, q, matrix, row_lower, row_upper, np.append(lower, 0.0), np.append(upper, 1.0))
